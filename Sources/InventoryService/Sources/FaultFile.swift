import ChannelIntake
import StockLedger

/// The rows of a file that were not taken, in the way in which the file itself was written.
struct FaultFile: Sendable {
  private let tally: IntakeTally
  private let format: DeliveryFormat

  init(_ tally: IntakeTally, _ format: DeliveryFormat) {
    self.tally = tally
    self.format = format
  }

  /// What stands behind the file's name.
  var ending: String {
    switch format {
    case .csv: ".errors.csv"
    case .jsonLines: ".errors.jsonl"
    }
  }

  var content: [UInt8] {
    switch format {
    case .jsonLines:
      tally.faults.flatMap { fault in JSONWriter.object { fault.write(to: &$0) } + [UInt8(ascii: "\n")] } + leftOut
    case .csv:
      Array("line,field,sku,location,code,reason,what_to_do\r\n".utf8) + tally.faults.flatMap { Self.row($0) } + leftOut
    }
  }

  private static func row(_ fault: RowFault) -> [UInt8] {
    let fields = [
      String(fault.line), fault.field ?? "", fault.key?.sku ?? "", fault.key?.location ?? "", fault.code, fault.reason,
      fault.whatToDo,
    ]
    return Array((fields.map { CSVRow.quoted(CSVRow.guarded($0)) }.joined(separator: ",") + "\r\n").utf8)
  }

  /// A last row that says how many more there are.
  private var leftOut: [UInt8] {
    guard tally.faultsLeftOut > 0 else { return [] }
    let words = "\(tally.faultsLeftOut) more rows were not taken"
    switch format {
    case .jsonLines: return JSONWriter.object { $0.field("leftOut", words) } + [UInt8(ascii: "\n")]
    case .csv: return Array(",,,,leftOut,\(words),\r\n".utf8)
    }
  }
}

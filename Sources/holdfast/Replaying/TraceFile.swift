import ChannelIntake
import Foundation
import StockLedger

/// A file that `replay` reads: a retailer's order lines in CSV, or the neutral form in JSON lines.
struct TraceFile: Sendable {
  enum Content: Sendable {
    case retail(RetailTrace)
    case rows([KeyedCommand])
  }

  let path: String
  let content: Content
  /// Rows that were left out.
  let errors: [RowError]
  /// Rows read, bad ones included.
  let rowCount: Int

  /// Reads a file whole; its first byte tells the form.
  init(path: String) throws(Complaint) {
    let bytes = try readFile(path)
    self.path = path
    var start = bytes[...]
    if start.starts(with: [0xEF, 0xBB, 0xBF]) { start = start.dropFirst(3) }
    let first = start.first { $0 > 0x20 }
    switch first {
    case nil: throw Complaint("\(path) is empty", do: "give a CSV of order lines, or JSON lines")
    case UInt8(ascii: "{"):
      var reader = DeliveryReader()
      var rows: [KeyedCommand] = []
      var errors: [RowError] = []
      for row in reader.read(bytes) + reader.finish() {
        switch row.outcome {
        case .success(let command): rows.append(command)
        case .failure(let error): errors.append(error)
        }
      }
      content = .rows(rows)
      self.errors = errors
      rowCount = rows.count + errors.count
    default:
      let trace = RetailTrace(csv: bytes)
      content = .retail(trace)
      errors = trace.errors
      rowCount = trace.summary.rows + trace.summary.badRows
    }
  }

  /// What happens, in the order of the trace.
  var steps: [TraceStep] {
    switch content {
    case .rows(let rows): rows.map(TraceStep.row)
    case .retail(let trace):
      trace.events.map { event in
        switch event {
        case .order(let order): .order(order)
        case .cancel(let cancel): .cancel(cancel)
        case .adjustment(let adjustment): .adjustment(adjustment)
        }
      }
    }
  }
}

/// Reads a file, or `-` for the standard input.
func readFile(_ path: String) throws(Complaint) -> [UInt8] {
  do {
    if path == "-" { return [UInt8](try FileHandle.standardInput.readToEnd() ?? Data()) }
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  } catch {
    let isThere = FileManager.default.fileExists(atPath: path)
    throw Complaint(
      isThere ? "\(path) cannot be read" : "there is no file \(path)",
      do: isThere ? "check its permissions" : "check the path; it is relative to the current directory")
  }
}

/// Writes a file whole: beside it first, then in its place, so that nobody sees half of it.
func writeFile(_ path: String, _ text: String) throws(Complaint) {
  do { try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
    throw Complaint("\(path) cannot be written", do: "check that its directory exists and has room")
  }
}

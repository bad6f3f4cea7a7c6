import ChannelIntake
import StockLedger

/// What became of the rows of one delivery.
struct IntakeTally: Sendable {
  /// Rows that are told one by one in an answer; of more only the sum, because thousands are mostly one fault.
  static let faultsInAnswerMax = 1_000

  let faultsMax: Int
  /// Rows that changed something.
  private(set) var taken: Int64 = 0
  /// Rows that had been taken before.
  private(set) var duplicates: Int64 = 0
  /// Absolute reports that are not newer than what is known.
  private(set) var stale: Int64 = 0
  /// Rows taken whose source left numbers out before them.
  private(set) var gaps: Int64 = 0
  /// Rows that the rules said no to, by their codes.
  private(set) var refused: [String: Int64] = [:]
  /// Rows that could not be read.
  private(set) var rejected: Int64 = 0
  /// The latest time that a row which was taken, now or before, speaks of.
  private(set) var newest: Timestamp?
  /// The first rows that were refused or rejected.
  private(set) var faults: [RowFault] = []

  init(faultsMax: Int = faultsInAnswerMax) { self.faultsMax = faultsMax }

  var refusedCount: Int64 { refused.values.reduce(0, +) }
  var rowCount: Int64 { taken + duplicates + stale + refusedCount + rejected }
  /// True where nothing has to be sent again with something changed.
  var isClean: Bool { refused.isEmpty && rejected == 0 }
  /// Faults that there was no room for.
  var faultsLeftOut: Int64 { refusedCount + rejected - Int64(faults.count) }

  /// Counts a row that could not be read.
  mutating func reject(_ error: RowError) {
    rejected += 1
    note(RowFault(error))
  }

  /// Counts what the engine said to a row.
  mutating func count(_ command: KeyedCommand, line: Int, _ receipt: Receipt) {
    if receipt.isDuplicate { duplicates += 1 } else { taken += 1 }
    if receipt.flags.contains(.gap) && !receipt.isDuplicate { gaps += 1 }
    if case .report(let report) = command.command { newest = max(newest ?? report.speaksOf, report.speaksOf) }
  }

  /// Counts what the engine refused; staleness is no fault, but how old news is told.
  mutating func count(_ command: KeyedCommand, line: Int, _ refusal: Refusal) {
    if case .stale = refusal {
      stale += 1
      return
    }
    refused[refusal.code, default: 0] += 1
    note(RowFault(refusal, of: command, line: line))
  }

  private mutating func note(_ fault: RowFault) { if faults.count < faultsMax { faults.append(fault) } }

  /// Takes in what became of further rows.
  mutating func add(_ other: IntakeTally) {
    taken += other.taken
    duplicates += other.duplicates
    stale += other.stale
    gaps += other.gaps
    rejected += other.rejected
    for (code, count) in other.refused { refused[code, default: 0] += count }
    if let time = other.newest { newest = max(newest ?? time, time) }
    faults += other.faults.prefix(max(0, faultsMax - faults.count))
  }

  /// The counts as members of an object.
  func write(to json: inout JSONWriter) {
    json.field("rows", rowCount)
    json.field("taken", taken)
    json.field("duplicates", duplicates)
    json.field("stale", stale)
    json.field("gaps", gaps)
    json.field("refused", refusedCount)
    json.field("rejected", rejected)
  }

  /// The counts by code and the faults, as members of an object.
  func writeFaults(to json: inout JSONWriter) {
    json.field("refusedByCode") { json in
      for (code, count) in refused.sorted(by: { $0.key < $1.key }) { json.field(code, count) }
    }
    json.array("faults") { json in for fault in faults { json.object { fault.write(to: &$0) } } }
    json.field("faultsLeftOut", faultsLeftOut)
  }
}

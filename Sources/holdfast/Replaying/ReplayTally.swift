import ChannelIntake
import StockLedger

/// What a replay has asked and what it was answered, counted.
struct ReplayTally: Sendable {
  /// Carts, and their lines and units.
  var cartsAsked = 0
  var linesAsked = 0
  var unitsAsked: Int64 = 0
  var cartsGranted = 0
  var linesGranted = 0
  var unitsGranted: Int64 = 0
  var cartsConfirmed = 0
  var unitsConfirmed: Int64 = 0
  /// Refusals of carts, by code.
  var cartRefusals: [String: Int] = [:]
  /// Lines of refused carts that had too little.
  var shortLines = 0
  var unitsCancelled: Int64 = 0
  var unitsReturned: Int64 = 0
  var unitsAdjusted: Int64 = 0
  /// Rows of the neutral form and reports, by kind.
  var accepted: [String: Int] = [:]
  var duplicates = 0
  var refusals: [String: Int] = [:]
  /// Answers that were not given because the store failed.
  var unknown = 0

  mutating func count(_ command: Command, _ answer: Answer) {
    // Steps of carts and what operators ask: no trace has them.
    let word = DeliveryKind(of: command)?.rawValue ?? "other"
    switch answer {
    case .accepted(let receipt):
      accepted[word, default: 0] += 1
      if receipt.isDuplicate { duplicates += 1 }
    case .refused(let refusal): refusals["\(word) \(refusal.code)", default: 0] += 1
    case .unknown: unknown += 1
    }
  }
}

extension [String: Int] {
  /// The counts as an object, by name.
  var json: JSONValue { .object(sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }) }
}

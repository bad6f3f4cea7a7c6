import ChannelIntake
import StockLedger

/// A row that was not taken: where it stands, what is wrong, and what its sender can do.
struct RowFault: Sendable {
  let line: Int
  /// The field, where the fault is in one.
  let field: String?
  /// The key, where the row could be read.
  let key: StockKey?
  /// A stable name for grouping.
  let code: String
  let reason: String
  let whatToDo: String

  /// A row that could not be read.
  init(_ error: RowError) {
    line = error.line
    field = error.field
    key = nil
    code = error.reason.code
    reason = error.reason.description
    whatToDo = error.whatToDo
  }

  /// A row that the rules said no to.
  init(_ refusal: Refusal, of command: KeyedCommand, line: Int) {
    self.line = line
    if case .outOfRange(let field) = refusal { self.field = "\(field)" } else { field = nil }
    key = command.key
    code = refusal.code
    reason = Problem(refusal).title
    whatToDo = refusal.whatASourceCanDo
  }

  /// Its members.
  func write(to json: inout JSONWriter) {
    json.field("line", Int64(line))
    if let field { json.field("field", field) }
    if let key {
      json.field("sku", key.sku)
      if !key.isItem { json.field("location", key.location) }
    }
    json.field("code", code)
    json.field("reason", reason)
    json.field("whatToDo", whatToDo)
  }
}

extension Refusal {
  /// What the sender of a report can do about it.
  var whatASourceCanDo: String {
    switch self {
    case .outOfRange: "check the number or time"
    case .timeInFuture: "check the sender's clock, or send it when the time has come"
    case .notOwner(let source): "let \(source) report it, or name this source in the policy's owners"
    case .idReused: "give what is new a name of its own; a count that corrects another needs a later time"
    case .includesWentBack(let source): "send the time up to which \(source) is included, never an earlier one"
    case .exceedsClaim(let total): "the line has \(total) units: send its new total first"
    case .locationUnknown: "name the location, or give the shop a default one"
    case .claimKindDiffers: "say whether it is an order line or a sale line, as was said at first"
    case .tooManyReports: "send the cumulative quantity instead of further documents"
    default: "look at the reason, and send the row again"
    }
  }
}

import StockLedger

/// One question about a key and what became of it, as a witness saw it from outside.
struct AuditedAnswer: Sendable {
  /// What was asked, in the auditor's words.
  enum Question: Sendable {
    case command(Command)
    /// A line of a cart that was granted whole.
    case cartLine(CartID, Quantity, lifetime: Int64)
    /// A look at the number, which changes nothing.
    case look
    /// The number that is read when nothing is under way any more.
    case rest
  }

  var question: Question
  var receipt: Receipt
  var askedTick: UInt64
  var answeredTick: UInt64
  var askedAt: Timestamp
  var answeredAt: Timestamp

  /// True for the answer whose own entry it names.
  var isChange: Bool {
    switch question {
    case .command, .cartLine: !receipt.isDuplicate
    case .look, .rest: false
    }
  }

  /// The place in the key's witnessed order; what is read at rest comes last.
  var order: UInt64 { if case .rest = question { .max } else { receipt.entry.number } }
}

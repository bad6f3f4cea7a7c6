import StockLedger

/// One reservation in the auditor's books.
struct AuditedReservation: Sendable {
  /// How sure it is that what is left of it is held.
  enum Standing: Sendable {
    /// Granted, and its expiry lies after the latest time this turn can have had.
    case sure
    /// Its expiry lies within the doubt about the turn's time, or its expiry is not known.
    case doubtful
    /// Its expiry has passed.
    case past
  }

  var units: Int64
  var confirmed: Int64 = 0
  var released: Int64 = 0
  var expiresAt: Timestamp
  var standing: Standing
  /// Grows with every new expiry, so that an old place in the queue is known to be old.
  var version: UInt64 = 0
  var reference: Identifier
  var isCartLine = false
  /// Until when a second grant of the id is a lie: its memory.
  var rememberedUntil: Timestamp

  var left: Int64 { max(0, units - confirmed - released) }
}

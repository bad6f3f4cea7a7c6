public import StockLedger

/// A channel's own record of our stock, as the publisher needs it: compared writes and reads.
///
/// One port serves one shop's channel. It never waits long: what takes longer than the channel's own limits is answered
/// as unknown or unanswered, and asked again by the publisher, under the same key.
public protocol ChannelPort: Sendable {
  /// Writes rows, all or none, each only where the channel holds what the row changes from.
  ///
  /// - Parameters:
  ///   - rows: 1 to 250, no key twice.
  ///   - key: The call's idempotency key: the same rows under the same key take effect once.
  /// - Returns: What became of it; of a key that the channel does not know, a refusal of that row, without a call.
  func write(_ rows: [PublicationOutbox.Row], key: Identifier) async -> PublicationOutbox.WriteAnswer

  /// Reads what the channel holds.
  ///
  /// - Parameter keys: 1 to 250, none twice.
  func read(_ keys: [StockKey]) async -> ChannelReading

  /// Reads all that the channel holds of our keys, in pieces of some thousand and in flat memory. It is no one point in
  /// time: each number was true at some time between the call and its delivery.
  ///
  /// - Throws: ``ChannelFailure`` where it cannot be read to its end; what was delivered is true all the same.
  func readAll(_ deliver: ([ChannelHolding]) async -> Void) async throws(ChannelFailure)
}

/// What came of reading a channel.
public enum ChannelReading: Hashable, Sendable {
  /// What it holds of each key, in the call's order; nil where it could not say.
  case held([Int64?])
  /// No answer, or a server's failure.
  case unanswered
  /// The channel takes no call before a time.
  case throttled(until: Timestamp)
}

/// One key's number at a channel.
public struct ChannelHolding: Hashable, Sendable {
  /// The key.
  public let key: StockKey
  /// What the channel would sell.
  public let available: Int64

  /// A number that a channel holds.
  public init(key: StockKey, available: Int64) {
    self.key = key
    self.available = available
  }
}

/// Why a channel could not be read to its end.
public struct ChannelFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line, for people: what happened and what to do.
  public let description: String

  /// A failure.
  public init(_ description: String) { self.description = description }
}

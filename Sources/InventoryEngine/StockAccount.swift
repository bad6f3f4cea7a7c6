public import StockLedger

/// Everything that one key's numbers are made of: a durable moment of it.
public struct StockAccount: Sendable {
  /// The key.
  public let key: StockKey
  /// The components, and what follows from them.
  public let numbers: StockNumbers
  /// Each component, in their order.
  public let components: [ComponentAccount]
  /// The one source that may report each component.
  public let owners: ComponentOwners
  /// What is remembered of each source's deliveries.
  public let deliveries: [SourceDeliveries]
  /// Claims that only our own confirm knows, six hours after it.
  public let unnamedClaims: [ClaimID]
  /// The key's last entry.
  public let entry: EntryNumber
  /// How long ago the store last confirmed it, in milliseconds; 0 = it is current.
  public let age: Int64

  init(key: StockKey, level: StockLevel, entry: EntryNumber, at: Timestamp, age: Int64) {
    self.key = key
    numbers = level.numbers
    components = level.sources.accounts
    owners = level.policy.owners
    deliveries = level.sources.deliveries
    unnamedClaims = level.sources.unnamedOverdue(now: at)
    self.entry = entry
    self.age = age
  }
}

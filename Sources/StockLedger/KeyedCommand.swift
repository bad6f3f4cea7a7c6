/// A command and the stock key it is for: what intake hands to the engine.
public struct KeyedCommand: Hashable, Sendable {
  /// The key that decides.
  public var key: StockKey
  /// What is asked of it.
  public var command: Command

  /// A command for a key.
  @inlinable
  public init(key: StockKey, command: Command) {
    self.key = key
    self.command = command
  }
}

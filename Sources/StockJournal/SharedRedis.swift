public import StockLedger
import Synchronization

/// The modelled Redis that several ``SharedMemoryJournal``s share, with the time that its leases go by.
public final class SharedRedis: Sendable {
  private let model: Mutex<ModelledRedis>
  /// The time now, of the server and of all nodes.
  public let now: @Sendable () -> Timestamp

  /// Shares a model.
  ///
  /// - Parameter now: A virtual clock; never goes back.
  public init(_ model: ModelledRedis = ModelledRedis(), now: @escaping @Sendable () -> Timestamp) {
    self.model = Mutex(model)
    self.now = now
  }

  /// Looks at the model or changes it: where a test lets a server fail.
  public func withLock<Value, Failure: Error>(
    _ body: (inout ModelledRedis) throws(Failure) -> sending Value
  ) throws(Failure) -> sending Value {
    try model.withLock(body)
  }

  func change<Value: Sendable>(_ body: (inout ModelledRedis, Timestamp) -> Value) -> Value {
    let now = now()
    return model.withLock { body(&$0, now) }
  }

  func read<Value: Sendable>(_ body: (ModelledRedis, Timestamp) -> Value) -> Value {
    let now = now()
    return model.withLock { body($0, now) }
  }
}

/// A reply that a lost connection or an error line can stand for.
protocol Interruptible: Sendable {
  static var none: Self { get }
  static func word(_ line: String) -> Self
}

extension AppendReply: Interruptible {}
extension ClaimReply: Interruptible {}
extension OwnReply: Interruptible {}

import Foundation
import StockJournal
import Synchronization

/// What the store's threads share: when each shard was last confirmed as ours, what was lost, and whether it closes.
final class RedisLease: Sendable {
  /// The times of ownership; the defaults are what docs/durability.md gives reasons for.
  struct Times: Sendable {
    var lease: Int64 = 10_000
    var renewal: Int64 = 2_500
    var selfStop: Int64 = 7_000
  }

  let times: Times
  let losses: AsyncStream<[Int]>
  private let lost: AsyncStream<[Int]>.Continuation
  private let start = ContinuousClock.now
  /// By shard, milliseconds since ``start`` when the last confirmed call was sent; negative = not ours.
  private let confirmed = Mutex<[Int64]>(Array(repeating: -1, count: 256))
  private let doubt = Atomic<Bool>(false)
  private let closing = Atomic<Bool>(false)
  private let fatal = Mutex<StoreFailure?>(nil)
  /// Addresses of other owners as they were last seen, by shard.
  private let addresses = Mutex<[String?]>(Array(repeating: nil, count: 256))

  init(_ times: Times) {
    self.times = times
    (losses, lost) = AsyncStream.makeStream(of: [Int].self, bufferingPolicy: .unbounded)
  }

  /// A lease's length, as the scripts are told it.
  var milliseconds: Int { Int(clamping: times.lease) }

  /// Milliseconds on a clock that nobody sets.
  var now: Int64 {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }

  /// A call for a shard, sent then, was confirmed: the lease that it asked for lives at least from then.
  func confirm(_ shard: Int, sentAt: Int64) { confirmed.withLock { $0[shard] = max($0[shard], sentAt) } }

  /// A shard is another's now.
  func lose(_ shard: Int) {
    forget(shard)
    lost.yield([shard])
  }

  /// True while a claim of ours was neither given up nor lost.
  func isOurs(_ shard: Int) -> Bool { confirmed.withLock { $0[shard] >= 0 } }

  /// A shard was given up.
  func forget(_ shard: Int) { confirmed.withLock { $0[shard] = -1 } }

  /// Shards that are ours and were not confirmed for so long.
  func due(after milliseconds: Int64) -> [Int] {
    let bound = now - milliseconds
    return confirmed.withLock { times in times.indices.filter { times[$0] >= 0 && times[$0] <= bound } }
  }

  /// Milliseconds since a shard was confirmed, once that is long enough that another may own it; 0 before. The largest
  /// number for a shard that is not ours.
  func unconfirmedFor(_ shard: Int) -> Int64 {
    let sentAt = confirmed.withLock { $0[shard] }
    if sentAt < 0 { return .max }
    return now - sentAt > times.selfStop ? now - sentAt : 0
  }

  /// True while a commit waits for Redis.
  var isInDoubt: Bool {
    get { doubt.load(ordering: .acquiring) }
    set { doubt.store(newValue, ordering: .releasing) }
  }

  /// True once the journal is being closed: nobody tries again.
  var isClosing: Bool { closing.load(ordering: .acquiring) }

  func close() {
    closing.store(true, ordering: .releasing)
    lost.finish()
  }

  /// Redis tells another story than this node remembers: nothing is appended any more, and memory must be dropped.
  func stop(_ failure: StoreFailure) {
    fatal.withLock { $0 = $0 ?? failure }
    let ours = confirmed.withLock { times in times.indices.filter { times[$0] >= 0 } }
    for shard in ours { lose(shard) }
  }

  /// Why nothing may be appended any more.
  var failure: StoreFailure? { fatal.withLock { $0 } }

  /// Remembers where a shard's owner can be asked, as its row says.
  func note(_ reply: OwnReply, of shard: Int) {
    guard case .own(let state) = reply else { return }
    addresses.withLock { $0[shard] = state.leaseLeft > 0 && !state.address.isEmpty ? state.address : nil }
  }

  /// The address of a shard's owner as it was last seen; nil where it is ours, or nobody's.
  func address(of shard: Int) -> String? {
    isOurs(shard) ? nil : addresses.withLock { $0[shard] }
  }

  /// Blocks the calling thread, a store's own, in steps so that a close is noticed.
  func sleep(milliseconds: Int64) {
    var left = milliseconds
    while left > 0 && !isClosing {
      Thread.sleep(forTimeInterval: Double(min(left, 20)) / 1_000)
      left -= 20
    }
  }
}

/// Who claims: the node's name and the address at which its owner can be asked.
public struct RedisNode: Hashable, Sendable {
  /// A short name, unique among the nodes of one store.
  public var name: String
  /// What a client is told when it asks another node; empty where nothing listens.
  public var address: String

  /// A node.
  public init(name: String, address: String = "") {
    self.name = name
    self.address = address
  }
}

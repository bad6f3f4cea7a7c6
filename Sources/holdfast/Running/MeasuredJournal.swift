import InventoryService
import Metrics
import StockJournal
import StockLedger

/// A store whose commits are measured; everything else goes through.
struct MeasuredJournal: JournalStore {
  private let store: any JournalStore
  private let duration: Metrics.Timer
  private let entries: Recorder
  private let records: Recorder

  init(_ store: any JournalStore, _ metrics: PrometheusMetrics) {
    self.store = store
    duration = metrics.timer(.commitDuration)
    entries = metrics.recorder(.commitEntries)
    records = metrics.recorder(.commitRecords)
  }

  func append(_ records: [JournalRecord]) async throws(StoreFailure) -> [AppendOutcome] {
    let start = ContinuousClock.now
    let outcomes = try await store.append(records)
    duration.record(.now - start)
    self.records.record(records.count)
    entries.record(records.reduce(0) { $0 + $1.count })
    return outcomes
  }

  var hasRoom: Bool { get async { await store.hasRoom } }

  func heads() async throws(StoreFailure) -> [ShardHead] { try await store.heads() }

  func records(shard: Int, after number: UInt64, limit: Int) async throws(StoreFailure) -> [JournalRecord] {
    try await store.records(shard: shard, after: number, limit: limit)
  }

  func page(after numbers: [UInt64], from cursor: PageCursor) async throws(StoreFailure) -> RecordPage {
    try await store.page(after: numbers, from: cursor)
  }

  func save(_ snapshot: ShardSnapshot) async throws(StoreFailure) { try await store.save(snapshot) }

  func snapshot(shard: Int) async throws(StoreFailure) -> ShardSnapshot? { try await store.snapshot(shard: shard) }

  func trim(shard: Int, through number: UInt64) async throws(StoreFailure) {
    try await store.trim(shard: shard, through: number)
  }

  func close() async throws(StoreFailure) { try await store.close() }

  func claim(_ shards: [Int], nonce: RecordNonce, at time: Timestamp) async throws(StoreFailure) -> [ClaimOutcome] {
    try await store.claim(shards, nonce: nonce, at: time)
  }

  func release(_ shards: [Int]) async throws(StoreFailure) { try await store.release(shards) }

  var losses: AsyncStream<[Int]>? { store.losses }

  func unconfirmedFor(shard: Int) -> Int64 { store.unconfirmedFor(shard: shard) }

  func owner(of shard: Int) -> String? { store.owner(of: shard) }
}

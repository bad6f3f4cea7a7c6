import StockJournal
import StockLedger

/// A journal as it was at one moment, to be read: where each log ended then, although its owner writes on.
struct FrozenJournal: JournalStore {
  private let store: any JournalStore
  /// Where each log ended.
  let heads: [ShardHead]

  /// Looks at a journal now.
  init(_ store: any JournalStore) async throws(StoreFailure) {
    self.store = store
    heads = try await store.heads()
  }

  func heads() async throws(StoreFailure) -> [ShardHead] { heads }

  func records(shard: Int, after number: UInt64, limit: Int) async throws(StoreFailure) -> [JournalRecord] {
    guard heads.indices.contains(shard), number < heads[shard].number else { return [] }
    return try await store.records(shard: shard, after: number, limit: limit).filter { isThere($0) }
  }

  func page(after numbers: [UInt64], from cursor: PageCursor) async throws(StoreFailure) -> RecordPage {
    var page = try await store.page(after: numbers, from: cursor)
    page.records.removeAll { !isThere($0) }
    return page
  }

  private func isThere(_ record: JournalRecord) -> Bool { record.lastNumber <= heads[record.shard].number }

  /// The newest snapshot, unless it was taken since: then there is none, and a replay starts from the oldest record.
  func snapshot(shard: Int) async throws(StoreFailure) -> ShardSnapshot? {
    let snapshot = try await store.snapshot(shard: shard)
    return snapshot.flatMap { $0.through <= heads[shard].number ? $0 : nil }
  }

  func close() async throws(StoreFailure) { try await store.close() }

  // MARK: What a moment does not take

  var hasRoom: Bool { get async { false } }

  func append(_ records: [JournalRecord]) async throws(StoreFailure) -> [AppendOutcome] { throw Self.readOnly }
  func save(_ snapshot: ShardSnapshot) async throws(StoreFailure) { throw Self.readOnly }
  func trim(shard: Int, through number: UInt64) async throws(StoreFailure) { throw Self.readOnly }

  private static let readOnly = StoreFailure.other("this journal is only read")
}

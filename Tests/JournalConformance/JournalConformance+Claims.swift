import StockJournal

/// The cases of ownership, and how the others come to own the shards that they write.
extension JournalConformance {
  func claimsTwice(_ store: any JournalStore) async throws {
    var log = try await claim(21, in: store)
    let again = try await claim(21, in: store)
    try check(again.head, log.head, "the head that a repeated claim is granted")
    try check(again.epoch, log.epoch, "the epoch that a repeated claim is granted")
    try check(await store.heads()[21], log.head.number == 0 ? ShardHead() : log.head, "the head after two claims")
    try check(await store.append([log.next()]), [.durable], "an append after two claims")
  }

  func claimsAgain(_ store: any JournalStore) async throws {
    var log = try await claim(22, in: store)
    let first = log.next(count: 3)
    try check(await store.append([first]), [.durable], "an append under the first claim")
    try await store.release([22])
    var later = try await claim(22, in: store, time: 2)
    guard later.epoch > log.epoch else { throw ConformanceError("epoch \(later.epoch) after epoch \(log.epoch)") }
    let second = later.next()
    try check(await store.append([second]), [.durable], "an append under the second claim")
    let records = try await store.records(shard: 22, after: first.firstNumber - 1, limit: .max)
    try check(records.first, first, "the record of the first claim")
    try check(records.last, second, "the record of the second claim")
    try check(records.count, isShared ? 3 : 2, "how many records there are, a shared store's second claim included")
    try check(await store.heads()[22], later.head, "the head after two claims")
  }

  func tellsNonces(_ store: any JournalStore) async throws {
    let log = try await claim(23, in: store)
    var strange = log
    let record = strange.next(nonce: RecordNonce(first: log.nonce.first, second: log.nonce.second ^ 1))
    let isDurable = try await store.append([record]) == [.durable]
    try check(isDurable, !isShared, "that a record under another nonce is durable")
    try check(await store.heads()[23], isShared ? log.head : strange.head, "the head after it")
    var own = isShared ? log : strange
    try check(await store.append([own.next()]), [.durable], "an append under the claim's nonce")
  }

  /// Claims shards; their logs go on from what was granted.
  ///
  /// - Parameter time: The so-manieth claim of these shards: each has a nonce of its own.
  func claim(_ shards: [Int], in store: any JournalStore, time: UInt64 = 1) async throws -> [SampleLog] {
    let nonce = RecordNonce(first: 7, second: time)
    let outcomes = try await store.claim(shards, nonce: nonce, at: SampleLog.start)
    return try zip(shards, outcomes).map { shard, outcome in
      guard case .granted(let head, let epoch) = outcome else {
        throw ConformanceError("the claim of shard \(shard) was answered \(outcome)")
      }
      return SampleLog(shard: shard, from: head, epoch: epoch, nonce: nonce)
    }
  }

  func claim(_ shard: Int, in store: any JournalStore, time: UInt64 = 1) async throws -> SampleLog {
    try await claim([shard], in: store, time: time)[0]
  }
}

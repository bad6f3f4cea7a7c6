import JournalConformance
import StockJournal
import StockLedger
import Testing

/// What a power loss and a damaged disk leave of a journal in memory.
@Suite struct MemoryFaultTests {
  @Test func everyPrefixOfAnUnsyncedCommitIsWholeOrAbsent() async throws {
    let journal = MemoryJournal()
    var logs = [SampleLog(shard: 1), SampleLog(shard: 2)]
    let first = [logs[0].next(), logs[1].next()]
    _ = try await journal.append(first)
    let before = try await journal.heads()
    await journal.arm(.sync)
    await #expect(throws: StoreFailure.self) { try await journal.append([logs[0].next(), logs[1].next()]) }
    let count = await journal.unsyncedByteCount
    #expect(count > 200)
    for cut in 0...count {
      let after = try await journal.crashImage(.prefix(cut)).heads()
      if cut < count {
        #expect(after == before)
      } else {
        #expect(after[1] == logs[0].head)
        #expect(after[2] == logs[1].head)
      }
    }
    for kept in UInt64(0)..<64 {
      let after = try await journal.crashImage(.sectors(kept: kept, size: (count + 5) / 6)).heads()
      #expect(kept == 63 ? after[1] == logs[0].head : after == before)
    }
  }

  @Test func aFailedSyncIsTheEnd() async throws {
    let journal = MemoryJournal()
    var log = SampleLog(shard: 1)
    await journal.arm(.sync)
    await #expect(throws: StoreFailure.syncFailed("the memory journal was told to fail")) {
      try await journal.append([log.next()])
    }
    await #expect(throws: StoreFailure.self) { try await journal.append([]) }
    await #expect(throws: StoreFailure.self) { try await journal.heads() }
    #expect(await journal.commitCount == 0)
  }

  @Test func aFullDiskRefusesOneCommit() async throws {
    let journal = MemoryJournal()
    var log = SampleLog(shard: 1)
    let record = log.next()
    await journal.arm(.appendFull)
    #expect(try await journal.append([record]) == [.failed(.full("the memory journal was told to be full"))])
    #expect(try await journal.append([record]) == [.durable])
    await journal.arm(.saveFull)
    await #expect(throws: StoreFailure.self) { try await journal.save(log.snapshot()) }
    try await journal.save(log.snapshot())
  }

  @Test func everyFlippedBitIsFound() async throws {
    let journal = MemoryJournal()
    var log = SampleLog(shard: 1)
    _ = try await journal.append([log.next()])
    _ = try await journal.append([log.next(count: 2)])
    let records = await journal.storedByteCount
    try await journal.save(log.snapshot())
    let stored = await journal.storedByteCount
    for bit in 0..<(stored * 8) {
      let copy = await journal.reopened()
      await copy.flipBit(at: bit / 8, bit: bit % 8)
      if bit / 8 < records {
        await #expect(throws: StoreFailure.self) { try await copy.records(shard: 1, after: 0, limit: 9) }
      } else {
        await #expect(throws: StoreFailure.self) { try await copy.snapshot(shard: 1) }
      }
    }
  }
}

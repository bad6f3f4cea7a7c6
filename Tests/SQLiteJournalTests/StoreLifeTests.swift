import Foundation
import JournalConformance
import StockJournal
import StockLedger
import Testing

@testable import SQLiteJournal

@Suite struct StoreLifeTests {
  @Test func theSecondOwnerIsToldWhoTheFirstIs() async throws {
    let directory = try TemporaryDirectory()
    let first = try await SQLiteJournal.open(directory: directory.path)
    let expected = StoreFailure.owned(
      "process \(ProcessInfo.processInfo.processIdentifier) uses \(directory.path); stop it first")
    await #expect(throws: expected) { try await SQLiteJournal.open(directory: directory.path) }
    try await first.close()
    let next = try await SQLiteJournal.open(directory: directory.path)
    try await next.close()
  }

  @Test func anOlderCopyIsRefused() async throws {
    let directory = try TemporaryDirectory()
    let database = URL(fileURLWithPath: directory.path + "/journal.sqlite")
    var log = SampleLog(shard: 6)
    for round in 1...2 {
      let store = try await SQLiteJournal.open(directory: directory.path)
      _ = try await store.append([log.next()])
      try await store.close()
      if round == 1 { try Data(contentsOf: database).write(to: database.appendingPathExtension("old")) }
    }
    try Data(contentsOf: database.appendingPathExtension("old")).write(to: database)
    let error = await #expect(throws: StoreFailure.self) { try await SQLiteJournal.open(directory: directory.path) }
    #expect(error?.description.contains("is an older copy than the file heads; restore the whole directory") == true)
    var options = SQLiteJournal.Options()
    options.acceptsOlderCopy = true
    let store = try await SQLiteJournal.open(directory: directory.path, options: options)
    #expect(try await store.heads()[6].number == 1)
    try await store.close()
    let again = try await SQLiteJournal.open(directory: directory.path)
    #expect(try await again.heads()[6].number == 1)
    try await again.close()
  }

  @Test func missingFilesAreRefused() async throws {
    let world = try await StoredWorld.stored(.crash)
    for missing in ["journal.sqlite", "journal.sqlite-wal", "heads"] {
      var less = world
      less.files[missing] = nil
      guard case .refused(let text, atStart: true) = try await less.outcome(replacing: "", with: []) else {
        Issue.record("\(missing) is not missed")
        continue
      }
      #expect(text.contains("is missing"))
    }
  }

  /// A stop writes the heads first, then empties the log, then lets it go: what a crash in between leaves opens whole.
  @Test func aStopThatIsCutShortOpensWhole() async throws {
    let heads = try #require(try await StoredWorld.stored(.clean).files["heads"])
    var world = try await StoredWorld.stored(.crash)
    #expect(world.files["heads"] != heads)
    #expect(try await world.outcome(replacing: "heads", with: heads) == .opened(missing: 0))
    // The heads vouch for the end now: without the log that holds it, they refuse.
    world.files["journal.sqlite-wal"] = nil
    guard case .refused(let text, atStart: true) = try await world.outcome(replacing: "heads", with: heads) else {
      Issue.record("a log that is gone is not missed")
      return
    }
    #expect(text.contains("but ended at 8 when the store was closed"))
  }

  @Test func aFullDiskGivesUpTheBallastOnce() async throws {
    let directory = try TemporaryDirectory()
    var options = SQLiteJournal.Options()
    options.pagesMax = 60
    let store = try await SQLiteJournal.open(directory: directory.path, options: options)
    #expect(FileManager.default.fileExists(atPath: directory.path + "/ballast"))
    #expect(await store.isBallastFree == false)
    var log = SampleLog(shard: 6)
    var kept: [JournalRecord] = []
    var failure: StoreFailure?
    while failure == nil {
      var trial = log
      let record = trial.next(count: 500)
      switch try await store.append([record])[0] {
      case .durable:
        kept.append(record)
        log = trial
      case .failed(let found): failure = found
      case .lost: failure = .owned("a directory has one owner")
      }
    }
    guard case .full(let text) = failure else {
      Issue.record("a full disk is \(String(describing: failure))")
      return
    }
    #expect(text.contains("the ballast was given up"))
    #expect(await store.isBallastFree)
    #expect(!FileManager.default.fileExists(atPath: directory.path + "/ballast"))
    #expect(try await store.records(shard: 6, after: 0, limit: .max) == kept)
    #expect(try await store.heads()[6] == log.head)
    try await store.close()
    let again = try await SQLiteJournal.open(directory: directory.path)
    #expect(try await again.append([log.next(count: 500)]) == [.durable])
    try await again.close()
  }

  @Test func theArchiveIsKeptByTheJournalsOwnTime() async throws {
    let directory = try TemporaryDirectory()
    var options = SQLiteJournal.Options()
    options.archiveKept = 5
    let store = try await SQLiteJournal.open(directory: directory.path, options: options)
    var log = SampleLog(shard: 6)
    var records: [JournalRecord] = []
    // Entries are a millisecond apart: records end at 2, 4, … 12.
    for _ in 1...6 {
      records.append(log.next(count: 2))
      _ = try await store.append([records[records.count - 1]])
      try await store.save(log.snapshot())
    }
    try await store.trim(shard: 6, through: 10)
    #expect(try await store.records(shard: 6, after: 0, limit: .max) == Array(records[3...]))
    try await store.close()
    let again = try await SQLiteJournal.open(directory: directory.path)
    #expect(try await again.records(shard: 6, after: 0, limit: .max) == Array(records[3...]))
    try await again.close()
  }

  @Test func aNewerFormatIsRefused() throws {
    let row = MetaRow(generation: 9)
    #expect(try MetaRow(row.bytes) == row)
    var newer = row.bytes
    newer[4] = 2
    #expect(throws: StoreFailure.self) { try MetaRow(newer) }
    let sum = CRC32C.checksum(newer, 0..<16)
    for index in 0..<4 { newer[16 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * index)) }
    let expected = StoreFailure.newerFormat("journal.sqlite has format 2, this program reads 1; run the newer program")
    #expect(throws: expected) { try MetaRow(newer) }
  }
}

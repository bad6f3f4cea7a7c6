import Foundation
import JournalConformance
import StockJournal
import Testing

@testable import SQLiteJournal

/// A disk that is really full: a small tmpfs. Where mounting is not permitted these are skipped with these words, and
/// the page limit in `StoreLifeTests` stands for them.
@Suite(.serialized, .enabled(if: SmallDisk.isPermitted, "mounting a tmpfs is not permitted here: page limit only"))
struct FullDiskTests {
  @Test func releasesAreWrittenInTheBallastsRoom() async throws {
    let disk = try SmallDisk(megabytes: 10)
    let directory = disk.path + "/store"
    let store = try await SQLiteJournal.open(directory: directory)
    #expect(await store.isBallastFree == false)
    try disk.fillUp(leaving: 1 << 20)
    var history = History()
    let first = try await history.fill(store, count: 500)
    #expect(first.contains("the ballast was given up, make room"))
    #expect(await store.isBallastFree)
    #expect(!FileManager.default.fileExists(atPath: directory + "/ballast"))

    // What frees stock goes on; the room it has is not taken back, and no snapshot takes it.
    for _ in 1...200 { #expect(try await history.append(to: store, count: 1) == .durable) }
    #expect(await store.isBallastFree)
    await #expect(throws: StoreFailure.full("a snapshot waits until there is room for the ballast again")) {
      try await store.save(history.log.snapshot())
    }

    try disk.resize(megabytes: 40)
    #expect(try await history.append(to: store, count: 1) == .durable)
    #expect(await store.isBallastFree == false)
    #expect(FileManager.default.fileExists(atPath: directory + "/ballast"))
    try await store.save(history.log.snapshot())

    // As a crash leaves it now, and as a clean stop does.
    let copy = disk.path + "/copy"
    try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
    for name in ["journal.sqlite", "journal.sqlite-wal", "heads"] {
      try FileManager.default.copyItem(atPath: "\(directory)/\(name)", toPath: "\(copy)/\(name)")
    }
    try await store.close()
    for path in [copy, directory] {
      let again = try await SQLiteJournal.open(directory: path)
      try await history.check(again)
      try await again.close()
    }
  }

  @Test func aStopWithoutAnyRoomIsClean() async throws {
    let disk = try SmallDisk(megabytes: 10)
    let directory = disk.path + "/store"
    var history = History()
    do {
      let store = try await SQLiteJournal.open(directory: directory)
      try disk.fillUp(leaving: 1 << 19)
      #expect(try await history.fill(store, count: 500).contains("ballast"))
      // The ballast's room too, to the last page.
      try disk.fillUp(leaving: 1 << 19)
      for count in [500, 50, 1] { #expect(!(try await history.fill(store, count: count)).contains("ballast")) }
      try disk.fillUp()
      try await store.close()
    }
    #expect(try HeadsFile(#require(try fileBytes(directory + "/heads"))).heads?[6] == history.log.head)
    let full = await #expect(throws: StoreFailure.self) { try await SQLiteJournal.open(directory: directory) }
    #expect(full?.description.hasPrefix("no room") == true, "\(String(describing: full))")

    // Room for the start, not for the ballast; then for both.
    try disk.resize(megabytes: 12)
    let narrow = try await SQLiteJournal.open(directory: directory)
    #expect(await narrow.isBallastFree)
    try await narrow.close()
    try disk.resize(megabytes: 40)
    let again = try await SQLiteJournal.open(directory: directory)
    try await history.check(again)
    #expect(await again.isBallastFree == false)
    #expect(try await history.append(to: again, count: 500) == .durable)
    try await again.close()
  }

  /// Other things fill the disk while the store is away: it starts in its ballast's room.
  @Test func aStartGivesUpTheBallast() async throws {
    let disk = try SmallDisk(megabytes: 40)
    let directory = disk.path + "/store"
    var history = History()
    let store = try await SQLiteJournal.open(directory: directory)
    #expect(try await history.append(to: store, count: 500) == .durable)
    try await store.close()
    try disk.fillUp()
    let again = try await SQLiteJournal.open(directory: directory)
    #expect(await again.isBallastFree)
    #expect(try await history.append(to: again, count: 1) == .durable)
    try await history.check(again)
    try await again.close()
  }

  @Test func aDiskTooSmallForTheBallast() async throws {
    let disk = try SmallDisk(megabytes: 2)
    let directory = disk.path + "/store"
    var history = History()
    let store = try await SQLiteJournal.open(directory: directory)
    #expect(await store.isBallastFree)
    let full = try await history.fill(store, count: 50)
    #expect(!full.contains("ballast"))
    #expect(history.kept.count > 10)
    try await store.close()
    try disk.resize(megabytes: 6)
    let again = try await SQLiteJournal.open(directory: directory)
    try await history.check(again)
    try await again.close()
  }
}

/// One shard's log, and which of its records were durable.
private struct History {
  private(set) var log = SampleLog(shard: 6)
  private(set) var kept: [JournalRecord] = []

  mutating func append(to store: SQLiteJournal, count: Int) async throws -> AppendOutcome {
    var trial = log
    let record = trial.next(count: count)
    let outcome = try await store.append([record])[0]
    if outcome == .durable {
      log = trial
      kept.append(record)
    }
    return outcome
  }

  /// Appends until the disk is full; gives what the store says then.
  mutating func fill(_ store: SQLiteJournal, count: Int) async throws -> String {
    while true {
      switch try await append(to: store, count: count) {
      case .durable: continue
      case .failed(.full(let text)): return text
      case .failed(let failure): throw failure
      case .lost: throw StoreFailure.owned("a directory has one owner")
      }
    }
  }

  func check(_ store: SQLiteJournal) async throws {
    #expect(try await store.heads()[6] == log.head)
    #expect(try await store.records(shard: 6, after: 0, limit: .max) == kept)
  }
}

/// A file system of a few megabytes, unmounted with its owner.
private final class SmallDisk {
  private let place: TemporaryDirectory
  var path: String { place.path }

  /// True where this process may mount.
  static let isPermitted: Bool = {
    (try? SmallDisk(megabytes: 1)) != nil
  }()

  init(megabytes: Int) throws {
    let place = try TemporaryDirectory()
    try Self.run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", place.path)
    self.place = place
  }

  deinit { try? Self.run("umount", "-l", place.path) }

  func resize(megabytes: Int) throws { try Self.run("mount", "-o", "remount,size=\(megabytes)m", path) }

  /// Takes every byte that is left, but for some.
  func fillUp(leaving bytes: Int = 0) throws {
    let descriptor = open(path + "/rest", O_WRONLY | O_CREAT | O_APPEND, 0o644)
    defer { close(descriptor) }
    let page = [UInt8](repeating: 0, count: 4_096)
    while write(descriptor, page, page.count) == page.count {}
    guard bytes > 0 else { return }
    let end = lseek(descriptor, 0, SEEK_END)
    guard ftruncate(descriptor, end - off_t(bytes)) == 0 else { throw Refused() }
  }

  private struct Refused: Error {}

  private static func run(_ tool: String, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw Refused() }
  }
}

import Foundation
import SQLiteJournal
import StockJournal
import StockLedger
import Testing

/// Snapshots that rotted on the disk or say something wrong, made anew from the entries.
@Suite struct RepairTests {
  private static let time = Timestamp(milliseconds: 1_767_225_600_000)

  private static func key() throws -> StockKey { try StockKey(shop: "main", sku: "cap-of-felt", location: "leeds") }

  /// A journal of one counted key, ended cleanly, so that its snapshot is there.
  private static func count(in place: Place) async throws {
    let file = place.file("shop,sku,location,units,as_of\r\nmain,cap-of-felt,leeds,12,2026-01-01T00:00:00Z\r\n")
    #expect(try await Program.run("import", file, "--data", place.data, in: place).code == 0)
  }

  /// Changes a bit so many bytes after every place where some bytes stand in the database.
  private static func rot(_ mark: String, plus offset: Int, in place: Place) throws {
    let url = URL(fileURLWithPath: place.data + "/journal.sqlite")
    var bytes = try Data(contentsOf: url)
    var rest = bytes.startIndex..<bytes.endIndex
    var places = 0
    while let found = bytes.range(of: Data(mark.utf8), in: rest) {
      bytes[found.lowerBound + offset] ^= 1
      rest = found.upperBound..<bytes.endIndex
      places += 1
    }
    try bytes.write(to: url)
    #expect(places > 0)
  }

  private static func copies(in place: Place) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: place.data).filter { $0.hasPrefix("before-repair-") }
  }

  private static func onHand(in place: Place) async throws -> Int? {
    let shown = try await Program.run("show", "main/cap-of-felt/leeds", "--data", place.data, "--json", in: place)
    return jsonObject(shown.out)?["onHand"] as? Int
  }

  /// In the header of a part, which every start reads, and in its images, which are read when they are wanted.
  @Test(arguments: [10, 90])
  func aSnapshotThatDoesNotReadIsMadeAnew(_ offset: Int) async throws {
    let place = try Place()
    try await Self.count(in: place)
    try Self.rot("HFSP", plus: offset, in: place)
    let verdict = try await Program.run("verify", "--data", place.data, in: place)
    #expect(verdict.code == 1)
    #expect(verdict.errors.contains("the snapshot of shard"))

    let repaired = try await Program.run("verify", "--data", place.data, "--repair", "--json", in: place)
    #expect(repaired.code == 0, "\(repaired.errors)")
    let found = try #require(jsonObject(repaired.out))
    #expect((found["repaired"] as? [String])?.count == 1)
    #expect(found["whole"] as? Bool == true)
    let copy = try #require(found["copy"] as? String)
    #expect(FileManager.default.fileExists(atPath: copy + "/journal.sqlite"))
    #expect(try await Self.onHand(in: place) == 12)

    let again = try await Program.run("verify", "--data", place.data, "--repair", "--json", in: place)
    #expect((jsonObject(again.out)?["repaired"] as? [String]) == [])
    #expect(try Self.copies(in: place).count == 1, "what is whole is not copied")
  }

  /// A number that no entry made, in an image whose checksums are right.
  @Test func aWrongNumberIsFoundAndPutRight() async throws {
    let place = try Place()
    try await Self.count(in: place)
    let key = try Self.key()
    let store = try await SQLiteJournal.open(directory: place.data)
    var snapshot = try #require(try await store.snapshot(shard: key.shard))
    let index = try #require(snapshot.images.firstIndex { $0.key == key })
    var level = try StockLevel(image: snapshot.images[index].bytes)
    let erp = try #require(Identifier("erp"))
    let count = Report(source: erp, saying: .count(Count(units: 99, asOf: Self.time + 1)))
    level.apply(JournalEntry(at: Self.time + 1, body: .reported(count)))
    snapshot.images[index].bytes = level.image
    try await store.save(snapshot)
    try await store.close()
    #expect(try await Self.onHand(in: place) == 99)
    #expect(try await Program.run("verify", "--data", place.data, in: place).code == 3)

    let repaired = try await Program.run("verify", "--data", place.data, "--repair", in: place)
    #expect(repaired.code == 0, "\(repaired.errors)")
    #expect(repaired.out.contains("the snapshot said on hand 99, its entries make 12"))
    #expect(repaired.out.contains("whole"))
    #expect(try await Self.onHand(in: place) == 12)
  }

  @Test func damageOfTheEntriesIsRefused() async throws {
    let place = try Place()
    try await Self.count(in: place)
    try Self.rot("cap-of-felt", plus: 0, in: place)
    let refused = try await Program.run("verify", "--data", place.data, "--repair", in: place)
    #expect(refused.code == 1)
    #expect(refused.errors.contains("restore"))
    #expect(try Self.copies(in: place) == [], "nothing was changed")
  }

  @Test func aRedisIsCopiedFirst() async throws {
    let place = try Place()
    let refused = try await Program.run("verify", "--store", "redis://127.0.0.1:1", "--repair", in: place)
    #expect(refused.code == 64)
    #expect(refused.errors.contains("--data"))
  }
}

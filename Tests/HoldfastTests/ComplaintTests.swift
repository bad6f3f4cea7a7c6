import Foundation
import Testing

/// What the program says when something is wrong: what happened, what to do, and a code for scripts.
@Suite struct ComplaintTests {
  private func complaint(_ arguments: [String], in place: Place) async throws -> Program.Run {
    try await Program.start(Program.path, arguments, in: place).end()
  }

  @Test func aMissingFile() async throws {
    let place = try Place()
    let run = try await complaint(["replay", "nowhere.csv", "--data", place.data, "--json"], in: place)
    #expect(run.code == 1)
    #expect(run.errors.contains("there is no file nowhere.csv; check the path"))
    #expect((jsonObject(run.out)?["error"] as? [String: Any])?["exitCode"] as? Int == 1)
  }

  @Test func aDirectoryWithoutAJournalIsNotMade() async throws {
    let place = try Place()
    for command in [["verify"], ["show", "a/b/c"], ["tail"], ["export"]] {
      let run = try await complaint(command + ["--data", place.data], in: place)
      #expect(run.code == 1)
      #expect(run.errors.contains("there is no journal in"))
      #expect(!FileManager.default.fileExists(atPath: place.data))
    }
  }

  @Test(arguments: [
    ["show", "retail/main", "--data", "x"], ["show", "--data", "x"], ["replay", "--data", "x"],
    ["replay", "a.csv", "--data", "x", "--speed", "fast"], ["replay", "a.csv", "--data", "x", "--stock", "lots"],
    ["tail", "--data", "x", "--shard", "256"], ["nonsense"],
  ])
  func aWrongCommandLine(_ arguments: [String]) async throws {
    let place = try Place()
    let run = try await complaint(arguments, in: place)
    #expect(run.code == 64)
    #expect(run.errors.contains("Usage:"))
    #expect(run.out.isEmpty)
  }

  @Test func aKeyThatIsNotThere() async throws {
    let place = try Place()
    let file = place.file("shop,sku,location,units,as_of\nuk,85123A,x,7,2024-01-01T00:00:00Z\n")
    _ = try await complaint(["import", file, "--data", place.data], in: place)
    let other = try await complaint(["show", "uk/nothing/x", "--data", place.data], in: place)
    #expect(other.code == 1)
    #expect(other.errors.contains("uk/nothing/x is not in this journal"))
  }

  @Test func aFileWhereADirectoryShouldBe() async throws {
    let place = try Place()
    let file = place.file("shop,sku,location,units,as_of\n")
    let run = try await complaint(["import", file, "--data", file], in: place)
    #expect(run.code == 1)
    #expect(run.errors.contains("is a file; name a directory with --data"))
  }

  @Test func aDirectoryThatAnotherProcessUses() async throws {
    let place = try Place()
    _ = try await complaint(["crash-load", "--data", place.data, "--steps", "3"], in: place)
    let lock = open(place.data + "/lock", O_RDWR)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    let run = try await complaint(["verify", "--data", place.data], in: place)
    #expect(run.code == 1)
    #expect(run.errors.contains("stop it first"))
  }

  @Test func aDirectoryOfANewerVersion() async throws {
    let place = try Place()
    _ = try await complaint(["crash-load", "--data", place.data, "--steps", "3"], in: place)
    let path = place.data + "/journal.sqlite"
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    // The meta row: magic, format and shard count, generation, CRC-32C of these sixteen bytes.
    let magic = Array("HFMT".utf8)
    let places = bytes.indices.dropLast(20).filter { Array(bytes[$0..<($0 + 4)]) == magic }
    #expect(!places.isEmpty)
    for place in places {
      bytes[place + 4] = 9
      let checksum = crc32c(bytes[place..<(place + 16)])
      for index in 0..<4 { bytes[place + 16 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let run = try await complaint(["verify", "--data", place.data], in: place)
    #expect(run.code == 1)
    #expect(run.errors.contains("written by a newer version"), "\(run.errors)")
    #expect(run.errors.contains("run the newer program"))
  }

  @Test func damageIsNamed() async throws {
    let place = try Place()
    _ = try await complaint(["crash-load", "--data", place.data, "--steps", "20"], in: place)
    let path = place.data + "/journal.sqlite"
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let magic = Array("HFJR".utf8)
    let found = try #require(bytes.indices.dropLast(100).last { Array(bytes[$0..<($0 + 4)]) == magic })
    bytes[found + 80] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let run = try await complaint(["verify", "--data", place.data], in: place)
    #expect(run.code == 1)
    #expect(run.errors.contains("stored bytes are damaged"), "\(run.errors)")
  }

  /// CRC-32C bit by bit: slow, and not the program's own.
  private func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var state = ~UInt32(0)
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0x82F6_3B78 : state >> 1 }
    }
    return ~state
  }
}

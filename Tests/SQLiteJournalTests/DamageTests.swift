import StockJournal
import Testing

/// A flipped bit anywhere ends in a refusal or changes nothing; only the last commit of an unclean stop may be missing.
@Suite(.serialized) struct DamageTests {
  @Test func untouchedFilesOpenWhole() async throws {
    let world = try await StoredWorld.unclean()
    let heads = try #require(world.files["heads"])
    #expect(try await world.outcome(replacing: "heads", with: heads) == .opened(missing: 0))
  }

  // One byte in 41 was tried once (2,000 places, 95 s): nothing wrong. Steps are primes, and the bit walks with the byte, so that every field is struck in some bit over the pages.
  @Test(arguments: [("journal.sqlite", 401), ("journal.sqlite-wal", 397), ("heads", 1)])
  func flippedBit(_ name: String, _ step: Int) async throws {
    let world = try await StoredWorld.unclean()
    let bytes = try #require(world.files[name])
    var refused = 0
    var places = Array(stride(from: 0, to: bytes.count, by: step))
    // The headers of the file and of the log's frames, byte by byte.
    places += (0..<min(bytes.count, 100)).filter { $0 % step != 0 }
    if name.hasSuffix("-wal") {
      for frame in stride(from: 32, to: bytes.count, by: 4_096 + 24) { places += frame..<(frame + 24) }
    }
    for place in places {
      var damaged = bytes
      damaged[place] ^= 1 << UInt8((place / step + place) % 8)
      switch try await world.outcome(replacing: name, with: damaged) {
      case .refused: refused += 1
      case .opened(missing: 0): break
      case .opened(let missing):
        #expect(name.hasSuffix("-wal") && missing == 1, "byte \(place): \(missing) records are missing")
      case .wrong(let what): Issue.record("byte \(place) of \(name): wrong \(what)")
      }
    }
    #expect(refused >= 15)
  }

  /// A log that ends anywhere, as a power loss leaves it: a prefix of the commits, never a part of one.
  @Test func cutLog() async throws {
    let world = try await StoredWorld.unclean()
    let log = try #require(world.files["journal.sqlite-wal"])
    var last = Int.max
    for end in Array(stride(from: 0, to: log.count, by: 997)) + [log.count] {
      let outcome = try await world.outcome(replacing: "journal.sqlite-wal", with: Array(log[0..<end]))
      guard case .opened(let missing) = outcome else {
        Issue.record("a log of \(end) bytes: \(outcome)")
        continue
      }
      #expect(missing <= last, "a longer log has fewer commits")
      // Commits of two records, one and one.
      #expect([0, 1, 2, 4].contains(missing))
      last = missing
    }
    #expect(last == 0)
  }
}

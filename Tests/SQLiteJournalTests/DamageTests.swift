import StockJournal
import Testing

/// A flipped bit anywhere ends in a refusal or changes nothing; only the last commit of an unclean stop may be missing.
///
/// The strides are primes, so that over the pages every field is struck. HOLDFAST_SWEEP_STRIDE=1 strikes every byte,
/// which takes hours of debug or minutes of release time; its figures are in docs/durability-format.md.
@Suite(.serialized) struct DamageTests {
  @Test(arguments: StoredWorld.Stop.allCases)
  func untouchedFilesOpenWhole(_ stop: StoredWorld.Stop) async throws {
    let world = try await StoredWorld.stored(stop)
    let heads = try #require(world.files["heads"])
    #expect(try await world.outcome(replacing: "heads", with: heads) == .opened(missing: 0))
  }

  struct Sweep: CustomTestStringConvertible {
    var stop: StoredWorld.Stop
    var name: String
    var stride: Int
    /// Fewer refusals than this would mean that the sweep strikes nothing that matters.
    var refusedMin: Int
    var testDescription: String { "\(name) after \(stop)" }
  }

  @Test(
    arguments: [
      Sweep(stop: .crash, name: "journal.sqlite", stride: 1_009, refusedMin: 40),
      Sweep(stop: .crash, name: "journal.sqlite-wal", stride: 797, refusedMin: 40),
      Sweep(stop: .crash, name: "heads", stride: 1, refusedMin: 15),
      Sweep(stop: .clean, name: "journal.sqlite", stride: 1_201, refusedMin: 5),
      Sweep(stop: .clean, name: "heads", stride: 499, refusedMin: 15),
    ])
  func flippedBit(_ sweep: Sweep) async throws {
    let world = try await StoredWorld.stored(sweep.stop)
    let bytes = try #require(world.files[sweep.name])
    let step = DamageSweep.stride(sweep.stride)
    var places = Array(stride(from: 0, to: bytes.count, by: step))
    // The headers of the file and of the log's frames, byte by byte.
    if sweep.stop == .crash { places += (0..<min(bytes.count, 100)).filter { $0 % step != 0 } }
    if sweep.name.hasSuffix("-wal") {
      for frame in stride(from: 32, to: bytes.count, by: 4_096 + 24) {
        places += (frame..<(frame + 24)).filter { $0 >= 100 && $0 % step != 0 }
      }
    }
    let found = try await DamageSweep.flips(places, of: sweep.name, in: world)
    if step == 1 { print("one bit in each byte of \(sweep.testDescription): \(found)") }
    #expect(found.wrong == [])
    #expect(found.refused >= sweep.refusedMin)
    #expect(found.lastCommitMissing == 0 || sweep.name.hasSuffix("-wal"))
  }

  /// A log that ends anywhere, as a power loss leaves it: a prefix of the commits, never a part of one.
  @Test func cutLog() async throws {
    let world = try await StoredWorld.stored(.crash)
    let log = try #require(world.files["journal.sqlite-wal"])
    let step = DamageSweep.stride(1_499)
    var last = Int.max
    var opened: [Int: Int] = [:]
    for end in Array(stride(from: 0, to: log.count, by: step)) + [log.count] {
      let outcome = try await world.outcome(replacing: "journal.sqlite-wal", with: Array(log[0..<end]))
      guard case .opened(let missing) = outcome else {
        Issue.record("a log of \(end) bytes: \(outcome)")
        continue
      }
      #expect(missing <= last, "a longer log has fewer commits")
      // Commits of two records, one and one.
      #expect([0, 1, 2, 4].contains(missing))
      opened[missing, default: 0] += 1
      last = missing
    }
    if step == 1 { print("the log cut at each of its \(log.count) bytes, by missing records: \(opened)") }
    #expect(opened.keys.sorted() == [0, 1, 2, 4])
  }
}

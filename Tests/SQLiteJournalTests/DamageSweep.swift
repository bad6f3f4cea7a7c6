import Foundation
import StockJournal

/// What became of a store for each way in which one of its files was struck.
struct DamageSweep {
  /// Refused when the store was opened.
  var refusedAtStart = 0
  /// Opened, and refused when what is damaged was read: an archived record, a snapshot.
  var refusedAtRead = 0
  /// Opened with everything that was written.
  var harmless = 0
  /// Opened without the last commit, and with everything before it.
  var lastCommitMissing = 0
  /// Opened with anything else: never right.
  var wrong: [String] = []

  var refused: Int { refusedAtStart + refusedAtRead }
  var count: Int { refused + harmless + lastCommitMissing + wrong.count }

  /// The stride of a sweep: a sparse one of the committed tests, or HOLDFAST_SWEEP_STRIDE (1 = every byte).
  static func stride(_ sparse: Int) -> Int {
    guard let text = ProcessInfo.processInfo.environment["HOLDFAST_SWEEP_STRIDE"], let stride = Int(text), stride > 0
    else { return sparse }
    return stride
  }

  /// The bit to flip in a byte: SplitMix64 of its place, so that any stride strikes the same bit of the same byte.
  static func bit(at place: Int) -> UInt8 {
    var mixed = UInt64(place) &* 0x9E37_79B9_7F4A_7C15 &+ 20_101_201
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return 1 << UInt8(truncatingIfNeeded: (mixed ^ (mixed >> 31)) & 7)
  }

  /// Opens the world once per place, with one bit of that byte of the file flipped; two at a time.
  static func flips(_ places: [Int], of name: String, in world: StoredWorld) async throws -> DamageSweep {
    let bytes = world.files[name] ?? []
    return try await run(places, in: world) { place in
      var damaged = bytes
      damaged[place] ^= bit(at: place)
      return try await world.outcome(replacing: name, with: damaged)
    }
  }

  private static func run(
    _ places: [Int], in world: StoredWorld,
    _ outcome: @escaping @Sendable (Int) async throws -> StoredWorld.Outcome
  ) async throws -> DamageSweep {
    try await withThrowingTaskGroup(of: DamageSweep.self) { group in
      for part in 0..<2 {
        group.addTask {
          var sweep = DamageSweep()
          for index in Swift.stride(from: part, to: places.count, by: 2) {
            sweep.note(try await outcome(places[index]), lastCommit: world.lastCommit, at: places[index])
          }
          return sweep
        }
      }
      return try await group.reduce(into: DamageSweep()) { $0.add($1) }
    }
  }

  private mutating func note(_ outcome: StoredWorld.Outcome, lastCommit: Int, at place: Int) {
    switch outcome {
    case .refused(_, atStart: true): refusedAtStart += 1
    case .refused(_, atStart: false): refusedAtRead += 1
    case .opened(missing: 0): harmless += 1
    case .opened(missing: lastCommit): lastCommitMissing += 1
    case .opened(let missing): wrong.append("byte \(place): \(missing) records are missing")
    case .wrong(let what): wrong.append("byte \(place): \(what)")
    }
  }

  private mutating func add(_ other: DamageSweep) {
    refusedAtStart += other.refusedAtStart
    refusedAtRead += other.refusedAtRead
    harmless += other.harmless
    lastCommitMissing += other.lastCommitMissing
    wrong += other.wrong
  }
}

extension DamageSweep: CustomStringConvertible {
  var description: String {
    "\(count) struck: \(refusedAtStart) refused at start, \(refusedAtRead) at read, \(harmless) harmless, "
      + "\(lastCommitMissing) without the last commit, \(wrong.count) wrong"
  }
}

import StockLedger
import Synchronization

/// The holds that one key made and that may still be live: never fewer than there are, of those made since the start.
///
/// How a hold ends is not listened for: an order, another key, or time may end it. Before a bound is used to refuse,
/// the engine is asked which of them still live (docs/decisions/0012).
final class HoldBook: Sendable {
  /// A hold: a reservation of a key.
  struct Name: Hashable, Sendable {
    let key: StockKey
    let id: ReservationID
  }

  private struct Counted {
    var units: Int64
    /// False until the engine has answered: it must not be asked about a hold that is on its way.
    var isAnswered: Bool
  }

  private struct State {
    var counted: [Name: Counted] = [:]
    /// Those that are answered, the longest unasked first.
    var answered: [Name] = []
    var units: Int64 = 0
    var lookedAt = Timestamp.distantPast
  }

  private let holdsMax: Int64
  private let unitsMax: Int64
  private let state = Mutex(State())

  /// A book for a key's bounds; nil where it has none, and nothing need be counted.
  init?(_ limits: KeyLimits) {
    if limits.holdsMax == nil && limits.unitsMax == nil { return nil }
    // A bound on units alone still bounds what is remembered.
    holdsMax = limits.holdsMax ?? KeyLimits.holds.upperBound
    unitsMax = limits.unitsMax ?? .max
  }

  /// Counts a hold that is about to be asked for.
  ///
  /// - Returns: False where there is no room for it. One that is counted already needs none: the same request again
  ///   gets the same answer.
  func count(_ name: Name, units: Int64) -> Bool {
    state.withLock { state in
      if state.counted[name] != nil { return true }
      guard state.counted.count < holdsMax, units <= unitsMax - state.units else { return false }
      state.counted[name] = Counted(units: units, isAnswered: false)
      state.units += units
      return true
    }
  }

  /// Notes what the engine answered; what it refused is not counted any longer.
  func settle(_ name: Name, units: Int64, mayBeLive: Bool) {
    state.withLock { state in
      let known = state.counted[name]
      if known?.isAnswered == true { return }
      state.units -= known?.units ?? 0
      state.counted[name] = mayBeLive ? Counted(units: units, isAnswered: true) : nil
      guard mayBeLive else { return }
      state.units += units
      state.answered.append(name)
    }
  }

  /// True where a look at the engine may be taken now: once a second, by one request.
  func takeLook(at now: Timestamp) -> Bool {
    state.withLock { state in
      guard now >= state.lookedAt + 1_000 else { return false }
      state.lookedAt = now
      return true
    }
  }

  /// The number of holds that can be looked at.
  var answeredCount: Int { state.withLock { $0.answered.count } }

  /// Takes out the holds that were looked at longest ago, to be put back with what lives of them.
  func nextToLookAt(_ count: Int) -> [Name] {
    state.withLock { state in
      let next = Array(state.answered.prefix(count))
      state.answered.removeFirst(next.count)
      return next
    }
  }

  /// Puts a hold back with the units that live; nil where nobody can say now.
  func putBack(_ name: Name, live: Int64?) {
    state.withLock { state in
      guard let known = state.counted[name] else { return }
      let live = live ?? known.units
      state.units += live - known.units
      state.counted[name] = live > 0 ? Counted(units: live, isAnswered: true) : nil
      if live > 0 { state.answered.append(name) }
    }
  }
}

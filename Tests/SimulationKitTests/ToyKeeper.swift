import SimulationKit
import StockLedger

/// A keeper of one key made for the tests of the tests: thirty lines of rules, with a bug that can be planted.
actor ToyKeeper {
  /// What is wrong with it.
  enum Bug { case none, awaitsBetweenCheckAndChange, forgetsDuplicates, freesTwice }

  private let bug: Bug
  private let clock: VirtualClock
  private let shard: UInt8
  private var entry: UInt64 = 0
  private var free: Int64 = 0
  private var live: [ReservationID: (units: Int64, expiresAt: Timestamp)] = [:]
  private var ended: Set<ReservationID> = []

  init(bug: Bug, clock: VirtualClock, key: StockKey) {
    self.bug = bug
    self.clock = clock
    shard = UInt8(key.shard)
  }

  func put(_ command: Command) async -> Answer {
    let now = clock.now
    for id in live.keys.sorted() {
      guard let held = live[id], held.expiresAt <= now else { continue }
      live[id] = nil
      ended.insert(id)
      free += held.units
      entry += 1
    }
    switch command {
    case .report(let report):
      if case .count(let count) = report.body { free = count.units }
      return answer()
    case .hold(let request):
      let units = request.quantity.units
      if bug != .forgetsDuplicates, let held = live[request.id] {
        return answer(held.units, held.expiresAt, isDuplicate: true)
      }
      guard units <= free else { return .refused(.insufficientStock(available: free)) }
      if bug == .awaitsBetweenCheckAndChange { await Task.yield() }
      free -= units
      live[request.id] = (units, now + request.lifetime)
      return answer(units, now + request.lifetime)
    case .release(let id, _):
      guard let held = live[id] else { return .refused(.unknownReservation) }
      if bug != .freesTwice { live[id] = nil }
      free += held.units
      return answer(held.units)
    case .confirm(let request):
      guard let held = live.removeValue(forKey: request.id) else { return .refused(.reservationExpired) }
      return answer(held.units)
    default: return .refused(.stopping)
    }
  }

  private func answer(_ units: Int64 = 0, _ expiresAt: Timestamp = .distantPast, isDuplicate: Bool = false) -> Answer {
    if !isDuplicate { entry += 1 }
    return .accepted(
      Receipt(
        units: units, expiresAt: expiresAt, availableToSell: max(0, free),
        entry: EntryNumber(shard: shard, number: entry), isDuplicate: isDuplicate))
  }
}

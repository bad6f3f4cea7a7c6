import InventoryEngine
import StockLedger
import Synchronization

/// The buyers of a sale at work: tasks that each await one answer at a time, pay when their time has come, and tell a
/// witness of everything before and after.
struct Crowd: Sendable {
  let plan: SalePlan
  let key: StockKey
  let engine: InventoryEngine
  let clock: SteppedClock
  let witness: any SaleWitness
  let flag: StopFlag
  /// Buyers who have come, over all tasks: they move the sale's time on.
  let come: SharedCount
  /// Called after each confirm that was acknowledged.
  let onConfirmed: @Sendable () -> Void

  /// What is still to be done: by the books, or everything where there are none yet.
  struct Work: Sendable {
    /// Buyers who have not been answered.
    var toAsk: [Int]
    /// Buyers who will pay, and when.
    var toConfirm: [(buyer: Int, at: Timestamp)]
  }

  /// Lets all tasks work until every buyer is answered and every payer has paid.
  func sell(_ work: Work) async {
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<plan.tasks {
        let share = Work(
          toAsk: stride(from: task, to: work.toAsk.count, by: plan.tasks).map { work.toAsk[$0] },
          toConfirm: stride(from: task, to: work.toConfirm.count, by: plan.tasks).map { work.toConfirm[$0] })
        group.addTask { await sell(share: share) }
      }
    }
  }

  private func sell(share: Work) async {
    var payers = share.toConfirm.sorted { $0.at < $1.at }[...]
    var paying: [(buyer: Int, at: Timestamp)] = []
    for buyer in share.toAsk {
      if flag.isRaised { return }
      clock.advance(to: plan.time(afterBuyers: come.next()))
      while let next = payers.first, next.at <= clock.now {
        await confirm(next.buyer)
        payers.removeFirst()
      }
      while let place = paying.firstIndex(where: { $0.at <= clock.now }) {
        await confirm(paying.remove(at: place).buyer)
      }
      if await hold(buyer), !plan.abandons(buyer) { paying.append((buyer, clock.now + plan.checkout(buyer))) }
    }
    for next in (payers + paying[...]).sorted(by: { $0.at < $1.at }) {
      if flag.isRaised { return }
      clock.advance(to: next.at)
      await confirm(next.buyer)
    }
  }

  private func hold(_ buyer: Int) async -> Bool {
    let request = plan.hold(buyer)
    witness.note(.asked(.hold, buyer: buyer, at: clock.now))
    let answer = await engine.submit(KeyedCommand(key: key, command: .hold(request)))
    if let note = SaleNote(.hold, buyer: buyer, answer, at: clock.now) { witness.note(note) }
    return answer.receipt != nil
  }

  private func confirm(_ buyer: Int) async {
    witness.note(.asked(.confirm, buyer: buyer, at: clock.now))
    let answer = await engine.submit(KeyedCommand(key: key, command: .confirm(plan.confirm(buyer))))
    if let note = SaleNote(.confirm, buyer: buyer, answer, at: clock.now) { witness.note(note) }
    if answer.receipt != nil { onConfirmed() }
  }

  /// Takes the opening count.
  func open() async {
    witness.note(.asked(.count, buyer: 0, at: clock.now))
    let answer = await engine.submit(KeyedCommand(key: key, command: plan.count))
    if let note = SaleNote(.count, buyer: 0, answer, at: clock.now) { witness.note(note) }
  }
}

/// A count over all tasks.
final class SharedCount: Sendable {
  private let count: Atomic<Int>

  init(_ start: Int = 0) { count = Atomic(start) }

  /// One more; says how many there are now.
  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

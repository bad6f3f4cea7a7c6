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
  ///
  /// In two rounds: the sale's time may run ahead to the last payers only when nobody is still to come.
  func sell(_ work: Work) async {
    let late = await withTaskGroup(of: [(buyer: Int, at: Timestamp)].self) { group in
      for task in 0..<plan.tasks {
        let buyers = stride(from: task, to: work.toAsk.count, by: plan.tasks).map { work.toAsk[$0] }
        let payers = stride(from: task, to: work.toConfirm.count, by: plan.tasks).map { work.toConfirm[$0] }
        group.addTask { await ask(buyers, paying: payers) }
      }
      var late: [(buyer: Int, at: Timestamp)] = []
      for await share in group { late += share }
      return late.sorted { ($0.at, $0.buyer) < ($1.at, $1.buyer) }
    }
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<plan.tasks {
        let payers = stride(from: task, to: late.count, by: plan.tasks).map { late[$0] }
        group.addTask {
          for next in payers where !flag.isRaised {
            clock.advance(to: next.at)
            await confirm(next.buyer)
          }
        }
      }
    }
  }

  /// One task's share: asks for its buyers, and between them pays for those whose time has come.
  ///
  /// - Returns: Who is still to pay.
  private func ask(
    _ buyers: [Int], paying payers: [(buyer: Int, at: Timestamp)]
  ) async -> [(buyer: Int, at: Timestamp)] {
    var paying = payers
    for buyer in buyers {
      if flag.isRaised { return [] }
      clock.advance(to: plan.time(afterBuyers: come.next()))
      while let place = paying.firstIndex(where: { $0.at <= clock.now }) {
        await confirm(paying.remove(at: place).buyer)
      }
      if await hold(buyer), !plan.abandons(buyer) { paying.append((buyer, clock.now + plan.checkout(buyer))) }
      // A refusal waits for nothing, and without this one task would ask for all its buyers in one go.
      await Task.yield()
    }
    return paying
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

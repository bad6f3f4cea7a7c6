import Histogram
import InventoryEngine
import StockLedger

/// The loads of the rows, each bounded in count.
enum BenchLoad {
  static let lifetime: Int64 = 900_000

  private static func hold(_ key: StockKey, _ chance: inout BenchChance) -> KeyedCommand {
    KeyedCommand(key: key, command: .hold(HoldRequest(id: chance.id(), quantity: .one, lifetime: lifetime)))
  }

  /// Runs `body` in so many tasks and adds up what they give.
  static func sum(
    tasks: Int, _ body: @escaping @Sendable @concurrent (Int) async throws -> Int
  ) async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<tasks { group.addTask { try await body(task) } }
      var sum = 0
      for try await part in group { sum += part }
      return sum
    }
  }

  /// Holds in batches; gives how many were granted.
  static func holds(
    _ engine: InventoryEngine, keys: [StockKey], count: Int, tasks: Int, batch: Int, salt: UInt64
  ) async throws -> Int {
    try await sum(tasks: tasks) { task in
      var chance = BenchChance(task: task, salt: salt)
      var granted = 0
      for _ in 0..<(count / tasks / batch) {
        var commands: [KeyedCommand] = []
        commands.reserveCapacity(batch)
        for _ in 0..<batch { commands.append(hold(keys[chance.index(below: keys.count)], &chance)) }
        for answer in await engine.submit(commands) where answer.receipt != nil { granted += 1 }
      }
      return granted
    }
  }

  /// Holds in batches, then confirms each batch; gives how many commands were accepted.
  static func pairs(
    _ engine: InventoryEngine, keys: [StockKey], count: Int, tasks: Int, batch: Int, salt: UInt64
  ) async throws -> Int {
    try await sum(tasks: tasks) { task in
      var chance = BenchChance(task: task, salt: salt)
      var accepted = 0
      for _ in 0..<(count / 2 / tasks / batch) {
        var holds: [KeyedCommand] = []
        var confirms: [KeyedCommand] = []
        for _ in 0..<batch {
          let key = keys[chance.index(below: keys.count)]
          let id = chance.id()
          holds.append(
            KeyedCommand(key: key, command: .hold(HoldRequest(id: id, quantity: .one, lifetime: lifetime))))
          confirms.append(KeyedCommand(key: key, command: .confirm(ConfirmRequest(id: id, claim: chance.id()))))
        }
        for answer in await engine.submit(holds) where answer.receipt != nil { accepted += 1 }
        for answer in await engine.submit(confirms) where answer.receipt != nil { accepted += 1 }
      }
      return accepted
    }
  }

  /// Holds one at a time from many tasks; gives the latencies in microseconds, from the call to the answer.
  static func singles(
    _ engine: InventoryEngine, keys: [StockKey], count: Int, tasks: Int, salt: UInt64
  ) async throws -> Histogram<UInt64> {
    try await withThrowingTaskGroup(of: Histogram<UInt64>.self) { group in
      for task in 0..<tasks {
        group.addTask {
          var chance = BenchChance(task: task, salt: salt)
          var latencies = Self.histogram()
          for _ in 0..<(count / tasks) {
            let command = hold(keys[chance.index(below: keys.count)], &chance)
            let start = ContinuousClock.now
            let answer = await engine.submit(command)
            let taken = (ContinuousClock.now - start) / .microseconds(1)
            guard answer.receipt != nil else { throw Complaint("a hold was not granted: \(answer)", do: "report this") }
            latencies.record(UInt64(max(1, taken)))
          }
          return latencies
        }
      }
      var all = histogram()
      for try await part in group {
        for bucket in part.recordedValues() { all.record(bucket.value, count: bucket.count) }
      }
      return all
    }
  }

  private static func histogram() -> Histogram<UInt64> {
    Histogram<UInt64>(highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three)
  }

  /// Carts of five lines over five keys, in batches; gives how many were held.
  static func carts(
    _ engine: InventoryEngine, keys: [StockKey], count: Int, tasks: Int, batch: Int, salt: UInt64
  ) async throws -> Int {
    try await sum(tasks: tasks) { task in
      var chance = BenchChance(task: task, salt: salt)
      var held = 0
      for _ in 0..<(count / tasks / batch) {
        var carts: [CartRequest] = []
        for _ in 0..<batch {
          var chosen: [Int] = []
          while chosen.count < 5 {
            let index = chance.index(below: keys.count)
            if !chosen.contains(index) { chosen.append(index) }
          }
          let lines = chosen.map { CartItem(key: keys[$0], quantity: .one) }
          carts.append(CartRequest(id: chance.id(), lines: lines, lifetime: lifetime))
        }
        for answer in await engine.hold(carts: carts) where answer.receipt != nil { held += 1 }
      }
      return held
    }
  }
}

import Synchronization

/// A generator that a closure keeps: drawn from in the order in which the run comes by.
final class SharedChance: Sendable {
  private let generator: Mutex<SeededGenerator>
  init(_ generator: SeededGenerator) { self.generator = Mutex(generator) }
  func number(in range: ClosedRange<Int64>) -> Int64 { generator.withLock { $0.number(in: range) } }
}

import Synchronization

/// What clients asked, and what they were told: the drill's own witness.
final class DrillLog: Sendable {
  /// One operation, asked for under one id until it is answered for good.
  struct Operation: Sendable {
    var ask: Ask
    /// Every answer; nil where none came.
    var answers: [NodeAnswer?] = []

    /// The answer that stays, where there was one.
    var final: NodeAnswer? { answers.last { $0?.isFinal ?? false } ?? nil }
    /// True where it may have happened although nobody said so.
    var isInDoubt: Bool { answers.contains { $0 == nil || $0?.answer == "unknown" } }
    var isAccepted: Bool { answers.contains { $0?.isAccepted ?? false } }
  }

  private let operations = Mutex<[String: Operation]>([:])

  /// All operations by their names.
  var all: [String: Operation] { operations.withLock { $0 } }

  /// Those that wait for an answer for good, by name.
  var open: [String: Ask] { all.filter { $0.value.final == nil }.mapValues(\.ask) }

  func noteAsked(_ name: String, _ ask: Ask) {
    operations.withLock { operations in
      if operations[name] == nil { operations[name] = Operation(ask: ask) }
    }
  }

  func note(_ answer: NodeAnswer?, to name: String) { operations.withLock { $0[name]?.answers.append(answer) } }

  /// How often what was answered, in one line.
  var summary: String {
    var counts: [String: Int] = [:]
    for operation in all.values {
      for answer in operation.answers {
        let word = answer.map { $0.reason ?? ($0.duplicate ?? false ? "repeated" : $0.answer ?? "") } ?? "no answer"
        counts[word, default: 0] += 1
      }
    }
    return counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }
}

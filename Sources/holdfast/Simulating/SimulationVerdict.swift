import SimulationKit

/// What a batch of seeds showed, for people and for programs.
struct SimulationVerdict {
  let scenario: Scenario
  let first: UInt64
  let sum: SeedBatch.Sum
  let took: Duration
  /// Where the smallest failing run was written.
  let regression: String?

  private var traces: String { String(sum.traces, radix: 16) }
  private var rate: Double { Double(sum.runs) / max(took.seconds, 0.001) }

  var text: String {
    var lines: [String] = []
    let seen = sum.seen.filter { $0.value > 0 }.sorted { $0.key < $1.key }
    var columns = Columns()
    for (what, times) in seen { columns.add("  " + what, grouped(times)) }
    if !seen.isEmpty { lines += ["what happened:", columns.text] }
    lines.append(
      "\(grouped(sum.runs)) seeds in \(Int(took.seconds.rounded())) s, \(grouped(Int(rate))) a second, "
        + "\(grouped(sum.picks)) steps; traces \(traces)")
    if sum.violations == 0 {
      lines.append("0 violations")
    } else {
      lines.append("\(grouped(sum.violations)) seeds failed, the first of them \(sum.failed[0].seed)")
      let again = regression ?? "\(scenario.name) --seed \(sum.failed[0].seed)"
      lines.append("step by step: holdfast simulate --replay \(again)")
    }
    return lines.joined(separator: "\n")
  }

  var json: JSONValue {
    .object([
      ("scenario", .string(scenario.name)), ("firstSeed", .string("\(first)")), ("seeds", JSONValue(sum.runs)),
      ("seconds", .number(took.seconds)), ("steps", .string("\(sum.picks)")), ("traces", .string(traces)),
      ("failed", JSONValue(sum.violations)),
      (
        "failures",
        .array(
          sum.failed.map { run in
            .object([
              ("seed", .string("\(run.seed)")), ("violations", .array(run.violations.map { .string($0) })),
            ])
          })
      ),
      ("regression", regression.map { .string($0) } ?? .null),
      ("seen", .object(sum.seen.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })),
    ])
  }
}

extension SimulatedRun {
  /// One run, with all that was kept of its events.
  var json: JSONValue {
    .object([
      ("seed", .string("\(seed)")), ("trace", .string("\(trace)")),
      (
        "events",
        .array(
          trace.lastEvents.map { .object([("at", JSONValue($0.at)), ("words", .string($0.words))]) })
      ),
      ("violations", .array(violations.map { .string($0) })),
    ])
  }
}

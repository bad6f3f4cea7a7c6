/// One thing that `doctor` looked at.
struct Finding: Sendable {
  enum Level: String, Sendable {
    case good, warning, failure
  }

  let level: Level
  /// What was looked at: `disk`, `keys`.
  let subject: String
  /// What was found.
  let what: String
  /// What it costs; empty where all is good.
  let cost: String
  /// What to do about it; empty where all is good.
  let advice: String

  static func good(_ subject: String, _ what: String) -> Finding {
    Finding(level: .good, subject: subject, what: what, cost: "", advice: "")
  }

  static func warning(_ subject: String, _ what: String, costs: String, do advice: String) -> Finding {
    Finding(level: .warning, subject: subject, what: what, cost: costs, advice: advice)
  }

  static func failure(_ subject: String, _ what: String, costs: String, do advice: String) -> Finding {
    Finding(level: .failure, subject: subject, what: what, cost: costs, advice: advice)
  }

  /// What a part of the program complains about: the service would not start for the same reason.
  static func failure(_ subject: String, _ complaint: Complaint) -> Finding {
    failure(
      subject, complaint.what, costs: "the service does not start",
      do: complaint.advice.isEmpty ? "see docs/operations.md, \"What to do when\"" : complaint.advice)
  }

  var json: JSONValue {
    .object([
      ("level", .string(level.rawValue)), ("subject", .string(subject)), ("what", .string(what)),
      ("cost", .string(cost)), ("advice", .string(advice)),
    ])
  }

  /// For people: a line, and under it what it costs and what to do.
  var text: String {
    let label = level == .good ? "ok" : level.rawValue
    var lines = [label.padded(to: 9) + subject.padded(to: 13) + what]
    if !cost.isEmpty { lines.append("".padded(to: 22) + "costs: " + cost) }
    if !advice.isEmpty { lines.append("".padded(to: 22) + "do:    " + advice) }
    return lines.joined(separator: "\n")
  }
}

extension [Finding] {
  /// How the program ends: 0 all good, 1 something must be put right, 2 something should be.
  var outcome: Outcome {
    if contains(where: { $0.level == .failure }) { return .failed }
    return contains { $0.level == .warning } ? .badRows : .done
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(1, width - count)) }
}

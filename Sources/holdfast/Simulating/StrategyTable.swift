import SimulationKit

/// What the ways of syncing stock made of one shop's days, for people and as JSON.
struct StrategyTable {
  let plan: StrategyPlan
  let rows: [StrategyRow]

  private static let measures: [(title: String, name: String, of: @Sendable (StrategyOutcome) -> Double)] = [
    ("sold online", "promised", { Double($0.promised) }), ("at tills", "soldAtTills", { Double($0.soldAtTills) }),
    ("oversold", "oversold", { Double($0.oversold) }), ("world short", "worldShort", { Double($0.worldShort) }),
    ("undersold", "undersold", { Double($0.undersold) }),
    ("unit-hours", "undersoldUnitHours", \.undersoldUnitHours), ("drift", "driftMean", \.driftMean),
    ("worst", "driftMax", { Double($0.driftMax) }), ("Shopify calls", "shopifyCalls", { Double($0.shopifyCalls) }),
    ("asked", "sourceCalls", { Double($0.sourceCalls) }), ("told", "deliveries", { Double($0.deliveries) }),
  ]

  private var heading: String {
    let loss = decimal(Double(plan.lossPerMille) / 10)
    return "traffic \(plan.traffic)x, calls of up to \(grouped(plan.latencyMax)) ms, \(loss) % lost each way"
  }

  /// Medians with the ends of what was measured, a row a strategy.
  var text: String {
    var columns = Columns()
    columns.add([heading] + Self.measures.map(\.title) + ["converged"])
    for row in rows {
      let cells = Self.measures.map { Self.cell(row.spread(of: $0.of)) }
      let converged = row.convergence.map { Self.cell($0) + " s" } ?? "not in 2 h"
      columns.add([row.kind.title] + cells + [converged])
    }
    return columns.text
  }

  private static func cell(_ spread: Spread) -> String {
    func words(_ number: Double) -> String {
      decimal(number, places: number < 10 && number != number.rounded() ? 1 : 0)
    }
    if spread.low == spread.high { return words(spread.median) }
    return "\(words(spread.median)) (\(words(spread.low))-\(words(spread.high)))"
  }

  /// One shop, with each measure's median and ends.
  var json: JSONValue {
    .object([
      ("traffic", JSONValue(plan.traffic)), ("latencyMax", JSONValue(plan.latencyMax)),
      ("lossPerMille", JSONValue(plan.lossPerMille)),
      ("strategies", .array(rows.map { Self.json($0) })),
    ])
  }

  private static func json(_ row: StrategyRow) -> JSONValue {
    var fields: [(String, JSONValue)] = [("strategy", .string(row.kind.rawValue))]
    fields += measures.map { ($0.name, json(row.spread(of: $0.of))) }
    fields.append(("convergedAfterSeconds", row.convergence.map { json($0) } ?? .null))
    return .object(fields)
  }

  private static func json(_ spread: Spread) -> JSONValue {
    .object([("median", .number(spread.median)), ("low", .number(spread.low)), ("high", .number(spread.high))])
  }
}

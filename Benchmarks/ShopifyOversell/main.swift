import SimulationKit

/// How many units Shopify's own checkout sells of what is sold or held here at the same moment: by how long a call to
/// Shopify travels, and by the safety buffer. Prints a table in Markdown.

let seeds: UInt64 = 20
let latencies: [Int64] = [50, 200, 1_000, 3_000, 10_000]
let buffers: [Int64] = [0, 1, 2, 4]

func oversold(travelMax: Int64, buffer: Int64, heldPerMille: UInt64) throws -> String {
  var plan = ShopifyTradePlan()
  plan.units = 10
  plan.safetyBuffer = buffer
  plan.heldPerMille = heldPerMille
  plan.travelMax = travelMax
  plan.cancelPerMille = 0
  plan.goodsPerMille = 0
  var (units, sold) = (0, 0)
  for seed in 0..<seeds {
    let outcome = try ShopifyTrade.run(seed: seed, plan: plan)
    if !outcome.faults.isEmpty { print("seed \(seed): \(outcome.faults)") }
    units += outcome.seen["oversold units", default: 0]
    sold += outcome.seen["sold there", default: 0] + outcome.seen["sold here", default: 0]
  }
  return "\(units) of \(sold)"
}

print("| a call travels at most | " + buffers.map { "buffer \($0)" }.joined(separator: " | ") + " |")
print("|---|" + buffers.map { _ in "---" }.joined(separator: "|") + "|")
for latency in latencies {
  var cells: [String] = []
  for buffer in buffers { cells.append(try oversold(travelMax: latency, buffer: buffer, heldPerMille: 500)) }
  print("| \(latency) ms each way | " + cells.joined(separator: " | ") + " |")
}
print(
  "every checkout holds through us, 10 s each way: " + (try oversold(travelMax: 10_000, buffer: 0, heldPerMille: 1_000))
)

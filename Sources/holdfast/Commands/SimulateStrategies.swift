import ArgumentParser
import SimulationKit

/// Compares ways of syncing stock on the same days.
struct SimulateStrategies: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strategies",
    abstract: "Compare ways of syncing stock on the same days: push, refresh, reservation, aggregation, and Holdfast.",
    discussion: """
      Each way gets the same buyers, tills, goods, thieves and parcels by seed, and an emulated Shopify; what stands on
      the shelf decides who gets a unit. The middle value of each list is the shop in the middle; each other value is
      one more shop, which differs from it in that alone. docs/strategies.md says how it is measured.
      """)

  @Option(help: "The first seed.")
  var seed: UInt64 = 0

  @Option(help: "How many days, one a seed, each way is measured on.")
  var seeds: UInt64 = 3

  @Option(help: "How busy the shop is, times a small one, as 1,5,20; 1 to 100 each.", transform: Self.numbers)
  var traffic: [Int64] = [1, 5, 20]

  @Option(help: "The longest way of a call in milliseconds; 1 to 60,000 each.", transform: Self.numbers)
  var latency: [Int64] = [100, 1_000, 10_000]

  @Option(help: "Calls lost on one way, of a thousand; 0 to 500 each.", transform: Self.numbers)
  var loss: [Int64] = [0, 10, 50]

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if !(1...1_000).contains(seeds) { throw ValidationError("--seeds is 1 to 1,000") }
    if seed.addingReportingOverflow(seeds).overflow { throw ValidationError("--seed and --seeds pass 2^64") }
    for (name, values, range) in [
      ("--traffic", traffic, 1...100), ("--latency", latency, 1...60_000), ("--loss", loss, 0...500),
    ] as [(String, [Int64], ClosedRange<Int64>)] {
      guard values.allSatisfy({ range.contains($0) }) else {
        throw ValidationError("\(name) is \(range.lowerBound) to \(range.upperBound), more than one parted by commas")
      }
    }
  }

  func run() async throws {
    try await perform(json: output.json) { flag in
      let sweep = StrategySweep(traffic: traffic, latencies: latency, losses: loss.map { UInt64($0) })
      let days = seed..<(seed + seeds)
      let kinds = StrategyKind.allCases
      let progress = Progress("ways", total: sweep.plans.count * kinds.count, isQuiet: output.json)
      defer { progress.end() }
      for plan in sweep.plans {
        var rows: [StrategyRow] = []
        for kind in kinds where !flag.isRaised {
          rows.append(try StrategyRow(kind, plan: plan, seeds: days))
          progress.add(1)
        }
        if flag.isRaised { break }
        let table = StrategyTable(plan: plan, rows: rows)
        Console.put(output.json ? table.json.text : table.text + "\n")
      }
      return .done
    }
  }

  @Sendable private static func numbers(_ text: String) throws -> [Int64] {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
    let known = numbers.compactMap { $0 }
    guard known.count == numbers.count, known.count <= 16 else {
      throw ValidationError("'\(text)' is not up to 16 whole numbers parted by commas, as 1,5,20")
    }
    return known
  }
}

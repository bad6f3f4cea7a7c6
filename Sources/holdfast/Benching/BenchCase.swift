import ArgumentParser

/// What the benchmark can measure: one row of the table each, with the bar it is held to and why.
enum BenchCase: String, CaseIterable, ExpressibleByArgument, Sendable {
  case uniform
  case hot
  case soldOut = "sold-out"
  case pairs
  case single
  case carts
  case recovery
  case memory

  var title: String {
    switch self {
    case .uniform: "hold, 10,000 keys uniform, durable"
    case .hot: "hold, one hot key, durable"
    case .soldOut: "hold, one hot key, sold out"
    case .pairs: "hold → confirm pairs, uniform, durable"
    case .single: "single holds awaited by 256 tasks, durable"
    case .carts: "cart of 5 lines over 5 keys, durable"
    case .recovery: "recovery"
    case .memory: "1 M keys with 1 M live reservations"
    }
  }

  /// What the row must reach on two cores, and what for.
  var bar: String {
    switch self {
    case .uniform, .hot: "≥ 1,000,000 /s"
    case .soldOut: "≥ 6,000,000 /s"
    case .pairs: "≥ 800,000 commands/s"
    case .single: "≥ 200,000 /s, p99 < 10 ms"
    case .carts: "≥ 60,000 carts/s"
    case .recovery: "≥ 1,500,000 entries/s replayed; 1 M keys' snapshot ≤ 4 s"
    case .memory: "≤ 1 GiB resident"
    }
  }
}

/// What was measured in one row.
struct BenchRow: Sendable {
  let measured: BenchCase
  var label: String
  var value: String
  var detail: String
  var numbers: [(name: String, value: Double)]
}

public import StockLedger

/// How much stock a trace is replayed against: `ample`, `share:0.8` or `units:100`.
public enum StockRule: Hashable, Sendable {
  /// As much as the trace ever takes of the SKU, ordered and written off: nothing is refused.
  case ample
  /// So many ten-thousandths of what is ordered of the SKU, rounded up to whole units; 0 to 1,000,000.
  case share(tenThousandths: Int64)
  /// So many units of every SKU, 0 to 10^9.
  case units(Int64)

  /// 80 % of what is ordered: a part of the goods sells out.
  public static let soldOutInPart = StockRule.share(tenThousandths: 8_000)

  /// A rule from its text.
  ///
  /// - Throws: ``StockRuleError`` that says what is wrong and which forms there are.
  public init(_ text: String) throws(StockRuleError) {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
    let word = parts.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    switch (word, parts.count) {
    case ("ample", 1): self = .ample
    case ("share", 2):
      guard let share = Self.tenThousandths(parts[1]), share <= 1_000_000 else {
        throw StockRuleError(text: text, problem: .share)
      }
      self = .share(tenThousandths: share)
    case ("units", 2):
      guard let units = exactInteger(parts[1]), units >= 0, units <= Limits.quantityMax else {
        throw StockRuleError(text: text, problem: .units)
      }
      self = .units(units)
    default: throw StockRuleError(text: text, problem: .form)
    }
  }

  /// A decimal with at most four places, exactly: no floating point, so that 0.1 of 10 is 1 and not 2.
  private static func tenThousandths(_ text: some Collection<UInt8>) -> Int64? {
    let parts = Array(text).split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first.flatMap({ exactInteger($0) }), whole >= 0, whole <= 100 else { return nil }
    guard parts.count == 2 else { return whole * 10_000 }
    let places = Array(parts[1])
    guard (1...4).contains(places.count), places.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    var value: Int64 = 0
    for place in 0..<4 { value = value * 10 + (place < places.count ? Int64(places[place] - 0x30) : 0) }
    return whole * 10_000 + value
  }

  /// The units of one SKU by this rule.
  public func units(for goods: RetailGoods) -> Int64 {
    switch self {
    case .ample: return min(Limits.unitsMax, goods.ordered + goods.writtenOff)
    case .units(let units): return units
    case .share(let share):
      let (product, over) = goods.ordered.multipliedReportingOverflow(by: share)
      guard !over else { return Limits.unitsMax }
      return min(Limits.unitsMax, product / 10_000 + (product % 10_000 > 0 ? 1 : 0))
    }
  }

  /// The opening stock of a trace by this rule: one line for each SKU of goods, those that are never ordered included.
  public func plan(for trace: RetailTrace) -> [StockPlanLine] {
    trace.goods.map { StockPlanLine(sku: $0.sku, units: units(for: $0)) }
  }
}

extension StockRule: CustomStringConvertible {
  /// The text that reads back as the same rule.
  public var description: String {
    switch self {
    case .ample: return "ample"
    case .units(let units): return "units:\(units)"
    case .share(let share):
      var places = String(share % 10_000 + 10_000).dropFirst()
      while places.last == "0" { places.removeLast() }
      return "share:\(share / 10_000)" + (places.isEmpty ? "" : ".\(places)")
    }
  }
}

/// The opening stock of one SKU.
public struct StockPlanLine: Hashable, Sendable {
  /// The SKU, as written.
  public let sku: String
  /// Units on hand when the trace begins.
  public let units: Int64

  /// It as a count of one shop and location.
  public func count(
    shop: String, location: String, source: String, asOf: Timestamp
  ) throws(StockKeyError) -> StockCountLine {
    let key = try StockKey(shop: shop, sku: sku, location: location)
    return StockCountLine(key: key, units: units, asOf: asOf, source: source)
  }
}

/// Why a text is not a stock rule.
public struct StockRuleError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text.
  public let text: String
  /// What is wrong with it.
  public let problem: Problem

  /// The kinds of faults.
  public enum Problem: Sendable {
    /// None of the three forms.
    case form
    /// Not a share.
    case share
    /// Not a number of units.
    case units
  }

  /// The text, what is wrong with it, and which forms there are.
  public var description: String {
    let fault =
      switch problem {
      case .form: "is none of ample, share:S and units:N"
      case .share: "needs a share of 0 to 100 with at most four places, as share:0.8"
      case .units: "needs whole units of 0 to \(Limits.quantityMax), as units:100"
      }
    return "the stock rule \"\(text)\" \(fault)"
  }
}

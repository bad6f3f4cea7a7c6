public import StockLedger

/// Takes what a webhook says of an order's lines to the engine, step by step, until nothing is left to say.
///
/// It has no clock and no engine of its own: it is given the time, and the three questions that it asks.
public struct ShopifyClerk: Sendable {
  /// How it ended, where the engine could be asked.
  public struct Outcome: Sendable {
    /// Why lines wait, each reason once; empty where all is applied.
    public var reasons: [String] = []
    /// Refusals that another source's ownership explains: nothing to wait for.
    public var leftToOwners = 0
  }

  /// The engine takes nothing now: the same webhook helps later.
  public struct Away: Error {
    /// Milliseconds until it is worth another try.
    public let retryAfter: Int64

    /// Away for so long.
    public init(retryAfter: Int64) { self.retryAfter = retryAfter }
  }

  /// What a clerk asks of the engine.
  public struct Ledger: Sendable {
    let submit: @Sendable ([KeyedCommand]) async -> [Answer]
    let places: @Sendable (ClaimID, StockKey) async -> [ClaimPlace]?
    let reserved: @Sendable (Identifier, StockKey) async -> StockKey?

    /// The engine's answers.
    ///
    /// - Parameters:
    ///   - submit: Takes commands; one answer each, in their order.
    ///   - places: What is known of a claim at each location of an item; nil where nobody can tell now.
    ///   - reserved: The location of an item whose live reservation carries a reference.
    public init(
      submit: @escaping @Sendable ([KeyedCommand]) async -> [Answer],
      places: @escaping @Sendable (ClaimID, StockKey) async -> [ClaimPlace]?,
      reserved: @escaping @Sendable (Identifier, StockKey) async -> StockKey?
    ) {
      self.submit = submit
      self.places = places
      self.reserved = reserved
    }
  }

  private let ledger: Ledger
  private let shop: ShopifyShop
  private let now: Timestamp

  /// A clerk for one webhook.
  public init(_ ledger: Ledger, shop: ShopifyShop, now: Timestamp) {
    self.ledger = ledger
    self.shop = shop
    self.now = now
  }

  /// Steps of one line: far more than any life of a line asks for; a plan that circles ends here.
  private static let stepsMax = 64

  /// Applies lines.
  ///
  /// - Parameter sku: The SKU of a variant that was learned from another order, for lines that carry none.
  /// - Throws: ``Away``.
  public func apply(_ lines: [ShopifyLine], sku: (Int64) -> String?) async throws(Away) -> Outcome {
    var outcome = Outcome()
    var open: [Errand] = []
    for line in lines {
      switch item(of: line, sku: sku) {
      case .success(let item):
        open.append(Errand(line: line, item: item, shop: shop, reserved: await reserved(line, item), now: now))
      case .failure(let problem): if let reason = problem.reason { outcome.wait(reason.rawValue) }
      }
    }
    for _ in 0..<Self.stepsMax where !open.isEmpty {
      let commands = try await step(&open, &outcome)
      try settle(await ledger.submit(commands), &outcome)
    }
    return outcome
  }

  /// One line on its way.
  private struct Errand {
    let claim: ClaimID
    let item: StockKey
    var plan: ShopifyPlan

    init(line: ShopifyLine, item: StockKey, shop: ShopifyShop, reserved: StockKey?, now: Timestamp) {
      claim = line.claim
      self.item = item
      plan = ShopifyPlan(for: line, of: item, in: shop, reserved: reserved, now: now)
    }
  }

  /// Where the checkout's reservation is, if it is still live.
  private func reserved(_ line: ShopifyLine, _ item: StockKey) async -> StockKey? {
    guard let reference = line.origin?.reference, !reference.isNone else { return nil }
    return await ledger.reserved(reference, item)
  }

  /// What all lines say next; those that have nothing more to say leave.
  private func step(_ open: inout [Errand], _ outcome: inout Outcome) async throws(Away) -> [KeyedCommand] {
    var commands: [KeyedCommand] = []
    var left: [Errand] = []
    for var errand in open {
      guard let places = await ledger.places(errand.claim, errand.item) else { throw Away(retryAfter: 1_000) }
      switch errand.plan.next(after: places) {
      case .done: break
      case .wait(let reason): outcome.wait(reason.rawValue)
      case .submit(let next):
        commands += next
        left.append(errand)
      }
    }
    open = left
    return commands
  }

  private func settle(_ answers: [Answer], _ outcome: inout Outcome) throws(Away) {
    for answer in answers {
      switch answer {
      case .accepted: break
      case .unknown: throw Away(retryAfter: 1_000)
      case .refused(.notOwner): outcome.leftToOwners += 1
      case .refused(.timeInFuture): outcome.wait(Refusal.timeInFuture.code)
      case .refused(let refusal) where refusal.isRetryable: throw Away(retryAfter: refusal.retryAfter ?? 1_000)
      case .refused(let refusal): outcome.wait(refusal.code)
      }
    }
  }

  /// Why a line has no item: a reason to wait, or none where it is no stock at all.
  private struct NoItem: Error {
    let reason: ShopifyPlan.Reason?
  }

  private func item(of line: ShopifyLine, sku learned: (Int64) -> String?) -> Result<StockKey, NoItem> {
    let mapped = line.variant.flatMap { shop.variants[$0] ?? learned($0) }
    guard let sku = line.sku ?? mapped else {
      // A tip, a fee, a line typed in by hand: Shopify keeps no stock of it either.
      let isStock = line.variant != nil || line.origin == nil
      return .failure(NoItem(reason: isStock ? .unknownSKU : nil))
    }
    guard let item = try? StockKey(shop: shop.name, sku: sku, location: ""), !sku.isEmpty else {
      return .failure(NoItem(reason: .badSKU))
    }
    return .success(item)
  }
}

extension ShopifyClerk.Outcome {
  mutating func wait(_ reason: String) {
    if !reasons.contains(reason) { reasons.append(reason) }
  }
}

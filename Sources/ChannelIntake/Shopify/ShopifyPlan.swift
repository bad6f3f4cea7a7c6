public import StockLedger

/// What is still to be said to the engine about one order line, given what it knows: asked again after each answer,
/// until nothing is left.
///
/// What a webhook says is joined with what the engine keeps of the line; what then has to stand at each location is a
/// function of that and of nothing else (``ShopifyTarget``), and is said as a whole. So any order and any repeat ends
/// the same. Steps go in the safe direction: what subtracts first, what frees when that is durable. Pure.
public struct ShopifyPlan: Sendable {
  /// What comes next.
  public enum Step: Hashable, Sendable {
    /// Nothing: the engine knows all of it.
    case done
    /// These commands, in this order.
    case submit([KeyedCommand])
    /// All that can be said is said. The rest waits for this.
    case wait(Reason)
  }

  /// Why a webhook waits.
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// A variant without a SKU, and no mapping of it.
    case unknownSKU
    /// A SKU that is no name of stock: empty parts, control characters, too long.
    case badSKU
    /// A location of Shopify's that has no mapping.
    case unknownLocation
    /// The shop says nowhere where a line waits until routing is known.
    case locationUnknown
  }

  private let line: ShopifyLine
  private let item: StockKey
  private let shop: ShopifyShop
  private let reserved: StockKey?
  private let now: Timestamp
  private var version: Int64?
  private var said: Set<KeyedCommand> = []

  /// A plan for a line.
  ///
  /// - Parameters:
  ///   - line: What the webhook says.
  ///   - item: The key of the SKU, without a location.
  ///   - reserved: The location whose live reservation carries the line's reference, if there is one.
  ///   - now: The engine's time.
  public init(
    for line: ShopifyLine, of item: StockKey, in shop: ShopifyShop, reserved: StockKey? = nil, now: Timestamp
  ) {
    self.line = line
    self.item = item
    self.shop = shop
    self.reserved = reserved
    self.now = now
  }

  /// The step after what is known. No command comes twice: what was refused, or changed nothing, is passed over.
  ///
  /// - Parameter places: What the engine knows of the line's claim, at each location.
  public mutating func next(after places: [ClaimPlace]) -> Step {
    let known = ShopifyMemo(of: places)
    var memo = known
    memo.facts.join(line.facts)
    if places.isEmpty && isHistory(memo.facts) { return .done }
    guard let home = home(known, places) else { return .wait(.locationUnknown) }
    memo.home = home.location
    let version = self.version ?? (places.map(\.version).max() ?? 0) + 1
    self.version = version

    if let step = name(memo.facts, at: home, known, places, version) { return step }
    let target = ShopifyTarget(of: line.id, memo.facts, home: memo.home, in: shop)
    let states = states(of: target, memo, places, version + 1)
    let (raising, lowering) = (states.filter { !$0.isLess }, states.filter(\.isLess))
    if let step = submit(raising.map(\.command)) { return step }
    // What was refused there may not be freed here.
    guard raising.allSatisfy({ state in places.contains { $0.key == state.key && $0.present >= state.units } }) else {
      return .done
    }
    if let step = submit(lowering.map(\.command)) { return step }
    // Its units wait at home meanwhile.
    return line.facts.locations.allSatisfy { shop.locations[$0] != nil } ? .done : .wait(.unknownLocation)
  }

  private mutating func submit(_ commands: [KeyedCommand]) -> Step? {
    let news = commands.filter { said.insert($0).inserted }
    return news.isEmpty ? nil : .submit(news)
  }

  /// A line that was over before the engine's memory of ended claims begins, and that it does not know: told now, it
  /// would count and never end.
  private func isHistory(_ facts: ShopifyFacts) -> Bool {
    facts.balance.owed == 0 && facts.changedAt + Limits.claimMemory < now
  }

  // MARK: The line itself

  /// Where units wait that no route names. Chosen when the order's body comes, and before that for the time being:
  /// where a checkout has confirmed or reserved them, where the till is, or where the shop says.
  private func home(_ known: ShopifyMemo, _ places: [ClaimPlace]) -> StockKey? {
    if !known.home.isEmpty, known.facts.order != nil || line.facts.order == nil { return key(known.home) }
    if let confirmed = places.first(where: { $0.confirmed > 0 }) ?? places.first(where: { $0.total > 0 }) {
      return confirmed.key
    }
    let till = line.origin?.location.flatMap { shop.locations[$0] }
    return reserved ?? (till ?? shop.defaultLocation).flatMap(key)
  }

  /// Names the line with its units, so that confirms and reservations find it: at its home, which has to be known first
  /// where other locations are.
  private mutating func name(
    _ facts: ShopifyFacts, at home: StockKey, _ known: ShopifyMemo, _ places: [ClaimPlace], _ version: Int64
  ) -> Step? {
    guard let order = facts.order, let total = Quantity(order.ordered), let origin = line.origin,
      places.reduce(0, { $0 + $1.total }) < order.ordered
    else { return nil }
    if !places.isEmpty && !places.contains(where: { $0.key == home }) {
      var memo = known
      memo.home = home.location
      if let step = submit([state(LineState.units(0, of: line.claim, memo, version), at: home)]) { return step }
    }
    let isFirst = places.allSatisfy { $0.total == 0 }
    let demand = Demand(
      claim: line.claim, kind: .order, total: total, occurredAt: isFirst ? order.placedAt : order.updatedAt,
      reference: origin.reference,
      channel: shop.channel, customer: origin.customer)
    return submit([command(.demand(demand), at: home)])
  }

  // MARK: Where it stands

  private struct State {
    let key: StockKey
    let units: Int64
    let isLess: Bool
    let command: KeyedCommand
  }

  /// What has to stand at every location that is known or wanted, in the order of their keys.
  private func states(
    of target: ShopifyTarget, _ memo: ShopifyMemo, _ places: [ClaimPlace], _ version: Int64
  ) -> [State] {
    let known = Dictionary(places.map { ($0.key, $0) }) { first, _ in first }
    let wanted = target.places.keys.compactMap(key) + (places.isEmpty ? [memo.home].compactMap(key) : [])
    return Set(wanted).union(known.keys).sorted().map { key in
      let place = target.places[key.location] ?? ShopifyTarget.Place()
      // Before the order's body is here, what others say of its units stands.
      let others = memo.facts.order == nil && known[key]?.isClaimedByOthers == true ? known[key]?.present ?? 0 : 0
      let units = max(place.units, others)
      var state = LineState.units(units, of: line.claim, memo, version)
      state.departures = place.departures
      state.heldInAll = min(places.reduce(0) { $0 + $1.confirmed }, Limits.quantityMax)
      state.unitsInAll = min(target.places.values.reduce(0) { $0 + $1.units }, Limits.quantityMax)
      return State(
        key: key, units: units, isLess: units < known[key]?.present ?? 0, command: self.state(state, at: key))
    }
  }

  // MARK: Words

  private func key(_ location: String) -> StockKey? {
    try? StockKey(shop: item.shop, sku: item.sku, location: location)
  }

  private func state(_ state: LineState, at key: StockKey) -> KeyedCommand { command(.lineState(state), at: key) }

  private func command(_ body: Report.Body, at key: StockKey) -> KeyedCommand {
    KeyedCommand(key: key, command: .report(Report(source: shop.source, saying: body)))
  }
}

extension ClaimPlace {
  /// True where a confirm, or the line's total by another way, is known.
  fileprivate var isClaimedByOthers: Bool { confirmed > 0 || total > 0 }
}

extension LineState {
  /// Units at one location, with what is known of the line.
  fileprivate static func units(_ units: Int64, of claim: ClaimID, _ memo: ShopifyMemo, _ version: Int64) -> LineState {
    LineState(
      claim: claim, version: version, units: units, unitsInAll: units, occurredAt: memo.facts.beganAt,
      changedAt: max(memo.facts.changedAt, memo.facts.order?.updatedAt ?? .distantPast), memo: memo.bytes)
  }
}

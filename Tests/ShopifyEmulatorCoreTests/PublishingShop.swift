import ShopifyEmulatorCore
import StockLedger
import Testing

/// The outbox of publications and the emulated shop, with a ledger of one formula between them: what the engine, its
/// publisher and its client do together, as a value.
///
/// Calls take effect when they are made and are answered later; webhooks come late, twice, mixed up or never; an
/// order's time has whole seconds, as its body has.
struct PublishingShop {
  var script: ShopScript
  var outbox = PublicationOutbox()
  let variants: [Int64]
  private(set) var physical: [StockKey: Int64] = [:]
  private var sold: [StockKey: Int64] = [:]
  private var unnamed: [StockKey: [Int64: Int64]] = [:]
  private var heard: Set<Int64> = []
  private var journal: [PublicationOutbox.Entry] = []
  private var onTheWay: [(at: Timestamp, call: PublicationOutbox.Call, answer: Answer)] = []
  private var calls: UInt64 = 0
  /// Rows that took effect above what was true.
  private(set) var above = 0
  var chance: RandomShopTests.Chance

  private enum Answer {
    case write(PublicationOutbox.WriteAnswer)
    case read([Int64?])
  }

  init(seed: UInt64, variants count: Int, units: Int64, _ change: (inout EmulatorSettings) -> Void) throws {
    script = ShopScript(seed: seed) { settings in
      settings.plan = EmulatedPlan(restoreRate: 1_000_000, bucketSize: 1_000_000_000)
      change(&settings)
    }
    chance = RandomShopTests.Chance(state: seed)
    var made: [Int64] = []
    for number in 0..<count { made.append(script.add("SKU-\(number)", leeds: units)) }
    variants = made
    for topic in [WebhookTopic.ordersCreate, .inventoryLevelsUpdate] {
      try script.shop.subscribe(to: topic, uri: "https://example.com/hook", at: script.now)
    }
    for variant in variants { receive(variant, units) }
    // The first read is no point to compare with: what it holds is believed. Trade begins after it.
    quiet()
  }

  private func key(_ variant: Int64) -> StockKey {
    guard let key = StockKey(path: Array("shop\0\(variant)\0leeds".utf8)) else { preconditionFailure("a key") }
    return key
  }

  private func variant(_ key: StockKey) -> Int64 { Int64(key.sku) ?? 0 }

  private func ats(_ key: StockKey) -> Int64 {
    max(0, (physical[key] ?? 0) - (sold[key] ?? 0) - (unnamed[key] ?? [:]).values.reduce(0, +))
  }

  /// What could be sold if everybody knew everything.
  private func trueATS(_ key: StockKey) -> Int64 {
    let orders = script.shop.allOrders.compactMap { script.shop.order($0) }
    let lines = orders.flatMap(\.lines).filter { $0.variantID == variant(key) }
    return max(0, (physical[key] ?? 0) - lines.reduce(0) { $0 + $1.quantity })
  }

  // MARK: What happens

  mutating func wait(_ milliseconds: Int64) { script.wait(milliseconds) }

  /// Goods come in, or are found missing.
  mutating func receive(_ variant: Int64, _ units: Int64) {
    let key = key(variant)
    physical[key, default: 0] += units
    outbox.tell(target: ats(key), of: key, at: script.now)
  }

  /// Shopify's own checkout sells, if its policy lets it.
  mutating func sell(_ variant: Int64, _ units: Int64) {
    _ = try? script.shop.placeOrder(OrderDraft(variantID: variant, quantity: units), at: script.now)
  }

  /// Every webhook that is due, answered 200 once what it says is durable.
  mutating func hear() {
    for attempt in script.deliver() {
      guard let body = JSON(bytes: attempt.body) else { continue }
      switch attempt.topic {
      case .ordersCreate: if let order = body["id"]?.integer { hear(order: order) }
      case .inventoryLevelsUpdate: hint(body)
      default: break
      }
    }
    commit()
  }

  private mutating func hint(_ body: JSON) {
    guard let variant = variants.first(where: { script.item($0) == body["inventory_item_id"]?.integer }) else { return }
    outbox.tell(.hint(available: body["available"]?.integer), of: key(variant), at: script.now)
  }

  /// An order by its webhook, or found by reconciliation where that was lost.
  mutating func hear(order id: Int64) {
    guard heard.insert(id).inserted, let order = script.shop.order(id) else { return }
    let time = order.createdAt.milliseconds
    let madeAt = Timestamp(milliseconds: time - time % 1_000)
    for line in order.lines {
      guard let variant = line.variantID, let units = Quantity(line.quantity) else { continue }
      let key = key(variant)
      sold[key, default: 0] += line.quantity
      let change = NamedChange(.order, document: Identifier("\(line.id)") ?? .none, units: units, madeAt: madeAt)
      outbox.tell(target: ats(key), .order(change, .nobody), of: key, at: script.now)
    }
  }

  private mutating func commit() { journal += outbox.takeEntries() }

  /// The ledger does what it owes.
  mutating func book() {
    for owed in outbox.owed(at: script.now) {
      unnamed[owed.key, default: [:]][owed.number] = owed.units == 0 ? nil : owed.units
      let claimed = PublicationInput.claimed(number: owed.number, units: owed.units)
      outbox.tell(target: ats(owed.key), claimed, of: owed.key, at: script.now)
    }
    commit()
  }

  // MARK: Calls

  /// Makes the next call, whose answer takes a while; false where none may leave.
  mutating func call() -> Bool {
    calls += 1
    guard let call = outbox.nextCall(at: script.now, key: Identifier(high: 7, low: calls)) else { return false }
    commit()
    let at = script.now + Int64(20 + chance.below(400))
    switch call {
    case .write(let key, let rows): onTheWay.append((at, call, .write(write(rows, key: key))))
    case .read(_, let keys): onTheWay.append((at, call, .read(keys.map { script.read(variant($0)) })))
    }
    return true
  }

  private mutating func write(
    _ rows: [PublicationOutbox.Row], key: Identifier
  ) -> PublicationOutbox.WriteAnswer {
    let list = rows.map { row in
      script.row(variant(row.key), row.quantity, from: row.changeFrom.map { .integer($0) } ?? .null)
    }
    let variables: JSON = ["input": script.input(list), "key": .string("\(key.high)-\(key.low)")]
    let written = script.shop.audit.writes
    let answer = script.request(ShopScript.set, variables)
    if script.shop.audit.writes > written {
      above += rows.count { $0.quantity > trueATS($0.key) }
    }
    if answer.status == 429 { return .throttled(until: script.now + 1_000) }
    guard answer.ending == .answered, answer.status == 200 else { return .unknown }
    if ShopScript.errors(answer.json).contains("THROTTLED") { return .throttled(until: script.now + 1_000) }
    let payload = answer.json["data"]?["inventorySetQuantities"] ?? .null
    var faults: [Int: PublicationOutbox.RowFault] = [:]
    for error in (payload["userErrors"] ?? .null).values {
      switch error["code"]?.text {
      case "IDEMPOTENCY_CONCURRENT_REQUEST": return .unknown
      case "IDEMPOTENCY_KEY_PARAMETER_MISMATCH": return .keyMismatch
      case "CHANGE_FROM_QUANTITY_STALE":
        if let place = error["field"]?[2]?.text.flatMap({ Int($0) }) { faults[place] = .stale }
      default: if let place = error["field"]?[2]?.text.flatMap({ Int($0) }) { faults[place] = .rejected(.other) }
      }
    }
    return (payload["userErrors"] ?? .null).values.isEmpty ? .accepted : .refused(faults)
  }

  /// Takes the answers that have come.
  mutating func takeAnswers() {
    for arrived in onTheWay.filter({ $0.at <= script.now }) {
      switch (arrived.call, arrived.answer) {
      case (.write(let key, _), .write(let answer)): outbox.take(answer, of: key, at: script.now)
      case (.read(let number, _), .read(let seen)): outbox.take(seen, ofRead: number, at: script.now)
      default: break
      }
    }
    onTheWay.removeAll { $0.at <= script.now }
    commit()
  }

  /// The process ends, and comes back from its journal; answers on their way find nobody.
  mutating func crash() {
    onTheWay = []
    var publications: [StockKey: Publication] = [:]
    for entry in journal { publications[entry.key, default: Publication()].apply(entry.body, at: entry.at) }
    outbox = PublicationOutbox(rules: outbox.rules)
    for key in variants.map(key) {
      outbox.restore(publications[key] ?? Publication(), of: key)
      outbox.tell(target: ats(key), of: key, at: script.now)
    }
    outbox.restart(at: script.now)
    commit()
  }

  // MARK: Quiet

  /// Trade is over: every webhook that comes has come, the others are found, and every call is answered.
  mutating func quiet() {
    var quietTurns = 0
    for turn in 0..<4_000 {
      hear()
      takeAnswers()
      book()
      while call() {}
      wait(turn < 100 ? 100 : 500)
      if turn == 200 { for order in script.shop.allOrders { hear(order: order) } }
      for stopped in outbox.stoppedKeys { outbox.tell(.retry, of: stopped.key, at: script.now) }
      // Long enough for the last hint of a person's edit to come.
      quietTurns = turn > 300 && onTheWay.isEmpty && isQuiet ? quietTurns + 1 : 0
      if quietTurns > 20 { return }
    }
    Issue.record("the outbox does not come to rest")
  }

  /// Nothing is out, and only claims that wait for reconciliation look at the time.
  private var isQuiet: Bool {
    mutating get {
      let isSoon = outbox.nextTime().map { $0 < script.now + 3_600_000 } ?? false
      return outbox.callsAwaited == 0 && outbox.writesUnanswered == 0 && !isSoon
    }
  }

  /// Each variant at Shopify and in the ledger.
  var numbers: [(shopify: Int64?, ledger: Int64, unattributed: Int64)] {
    variants.map { variant in
      let key = key(variant)
      return (script.stock(variant).first, ats(key), (unnamed[key] ?? [:]).values.reduce(0, +))
    }
  }
}

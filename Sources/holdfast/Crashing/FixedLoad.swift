import InventoryEngine
import StockLedger

/// The crash tests' load: counts, holds, carts, confirms, releases over six keys; every answer a line.
struct FixedLoad: Sendable {
  /// The load's first moment, long before any test runs.
  static let start = Timestamp(milliseconds: 1_735_689_600_000)

  private let engine: InventoryEngine
  private let clock: SteppedClock
  private let keys: [StockKey]

  init(engine: InventoryEngine, clock: SteppedClock) throws {
    self.engine = engine
    self.clock = clock
    keys = try (0..<6).map { try StockKey(shop: "crash", sku: "sku-\($0)", location: "main") }
  }

  /// So many steps, one after the other: each is acknowledged before the next is asked.
  func run(steps: Int) async {
    var carts: [Int: CartReceipt] = [:]
    await count()
    for step in 1..<max(2, steps) {
      clock.advance(to: clock.now + 1_000)
      let key = keys[step % keys.count]
      switch step % 5 {
      case 1: await ask(step, "hold", hold(step), of: key)
      case 2: carts[step] = await cart(step)
      case 3:
        let request = ConfirmRequest(id: Self.name("r-\(step - 2)"), claim: Self.name("o-\(step - 2)"))
        await ask(step, "confirm", .confirm(request), of: keys[(step - 2) % keys.count])
      case 4: if let receipt = carts[step - 2] { await end(receipt, step) }
      default:
        let report = Report(
          source: Self.name("erp"), delivery: Self.name("a-\(step)"),
          body: .adjustment(Adjustment(document: Self.name("a-\(step)"), delta: 5, occurredAt: clock.now)))
        await ask(step, "adjustment", .report(report), of: key)
      }
    }
  }

  /// Holds until the store takes no more; then a hold, a look and a release.
  func fill() async {
    await count()
    await ask(1, "hold", hold(1), of: keys[0])
    for round in 0..<10_000 {
      let batch = (0..<1_000).map {
        KeyedCommand(key: keys[$0 % keys.count], command: hold(1_000 + round * 1_000 + $0))
      }
      let answers = await engine.submit(batch)
      guard answers.contains(where: { $0 == .unknown || $0.refusal?.code == "storeUnavailable" }) else { continue }
      put("full", [("round", JSONValue(round)), ("unknown", JSONValue(answers.count { $0 == .unknown }))])
      break
    }
    await ask(2, "hold", hold(2), of: keys[1])
    let view = await engine.stock(keys[0])
    put("look", [("availableToSell", .integer(view?.availableToSell ?? -1))])
    await ask(3, "release", .release(Self.name("r-1"), nil), of: keys[0])
  }

  /// Waits until every cart is whole or gone, and says what is left.
  func recover() async throws {
    for _ in 0..<5_000 {
      var waiting = 0
      for key in engine.keys() {
        guard let level = await engine.level(key) else { continue }
        waiting += level.cartsToSpread.count
        for line in level.openCartLines {
          let first = await engine.level(line.place.first)
          if first?.cart(line.cart)?.state != .decided { waiting += 1 }
        }
      }
      if waiting == 0 {
        put("recovered", [("digest", .string(await engine.digest().hexadecimal))])
        return
      }
      try await Task.sleep(for: .milliseconds(2))
    }
    throw Complaint("carts stay unfinished after recovery", do: "keep the directory", outcome: .broken)
  }

  // MARK: Steps

  private func count() async {
    for (index, key) in keys.enumerated() {
      let report = Report(
        source: Self.name("erp"), delivery: Self.name("c-\(index)"),
        body: .count(Count(units: 10_000_000, asOf: Self.start - 1)))
      await ask(0, "count", .report(report), of: key)
    }
  }

  private func hold(_ step: Int) -> Command {
    .hold(HoldRequest(id: Self.name("r-\(step)"), quantity: .one, lifetime: 3_600_000))
  }

  private func ask(_ step: Int, _ what: String, _ command: Command, of key: StockKey) async {
    let answer = await engine.submit(KeyedCommand(key: key, command: command))
    put(what, [("step", JSONValue(step)), ("sku", .string(key.sku))] + Self.fields(answer))
  }

  private func cart(_ step: Int) async -> CartReceipt? {
    let lines = (0..<3).map { CartItem(key: keys[(step + $0 * 2) % keys.count], quantity: .one) }
    let request = CartRequest(id: Self.name("cart-\(step)"), lines: lines, lifetime: 3_600_000)
    guard let receipt = await engine.hold(carts: [request])[0].receipt else { return nil }
    put(
      "cart",
      [
        ("step", JSONValue(step)), ("cart", JSONValue(receipt.id)), ("answer", .string("accepted")),
        ("entry", JSONValue(receipt.entry)), ("lines", .array(receipt.lines.map { JSONValue($0.entry) })),
      ])
    return receipt
  }

  private func end(_ receipt: CartReceipt, _ step: Int) async {
    let isSold = step % 10 == 4
    let claims = receipt.lines.map { CartClaim(line: $0.key, claim: Self.name("\(receipt.id)/\($0.key.sku)")) }
    let answer =
      isSold
      ? await engine.confirm(carts: [(receipt.id, receipt.first, claims)])[0]
      : await engine.release(carts: [(receipt.id, receipt.first)])[0]
    put(
      isSold ? "cartConfirm" : "cartRelease",
      [("step", JSONValue(step)), ("cart", JSONValue(receipt.id))] + Self.fields(answer))
  }

  private static func fields(_ answer: Answer) -> [(String, JSONValue)] {
    switch answer {
    case .accepted(let receipt):
      [
        ("answer", .string("accepted")), ("entry", JSONValue(receipt.entry)),
        ("availableToSell", .integer(receipt.availableToSell)),
      ]
    case .refused(let refusal): [("answer", .string("refused")), ("reason", .string(refusal.code))]
    case .unknown: [("answer", .string("unknown"))]
    }
  }

  private static func name(_ text: String) -> Identifier { RetailPlace.identifier(text) }

  private func put(_ what: String, _ fields: [(String, JSONValue)]) {
    Console.put(JSONValue.object([("ask", .string(what))] + fields).text)
  }
}

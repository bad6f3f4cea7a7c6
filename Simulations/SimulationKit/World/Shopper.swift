import InventoryEngine
import StockLedger

/// One task that shops: holds, carts, batches, and what follows from them, all drawn.
struct Shopper: Sendable {
  let name: String
  let plan: StorefrontPlan
  let keys: [StockKey]
  let connection: Connection
  var chance: SeededGenerator
  private var idsMade = 0

  init(
    name: String, plan: StorefrontPlan, keys: [StockKey], connection: Connection, chance: SeededGenerator
  ) {
    self.name = name
    self.plan = plan
    self.keys = keys
    self.connection = connection
    self.chance = chance
  }

  /// Shops until its visits are over or the power goes.
  mutating func shop() async {
    for _ in 0..<plan.visits where connection.isUp {
      let draw = chance.below(1_000)
      if draw < plan.cartsPerMille {
        await visitCart()
      } else if draw < plan.cartsPerMille + plan.batchesPerMille {
        await visitBatch()
      } else {
        await visitHold()
      }
      if chance.chance(perMille: 250) { await connection.look(at: key()) }
      await rest(upTo: 60)
    }
  }

  private mutating func visitHold() async {
    let key = key()
    let request = hold()
    let command = KeyedCommand(key: key, command: .hold(request))
    guard let answer = await connection.submit([command])?[0] else { return }
    if answer == .unknown || chance.chance(perMille: plan.repeatsPerMille) {
      _ = await connection.submit([command])
    }
    guard answer.receipt != nil else { return }
    await rest(upTo: chance.chance(perMille: 300) ? request.lifetime * 3 / 2 : 40)
    await follow(request, on: key)
  }

  /// Confirms, releases, extends or forgets a hold; each may come too late.
  private mutating func follow(_ request: HoldRequest, on key: StockKey) async {
    let claim = id("claim")
    switch chance.below(8) {
    case 0, 1:
      await put(.confirm(ConfirmRequest(id: request.id, claim: claim)), on: key)
      if chance.chance(perMille: plan.repeatsPerMille) {
        await put(.confirm(ConfirmRequest(id: request.id, claim: claim)), on: key)
      }
      if chance.chance(perMille: 400) { await cancel(claim, on: key) }
    case 2:
      await put(
        .confirm(ConfirmRequest(id: request.id, claim: claim, cumulative: .one, whenExpired: .reholdIfAvailable)),
        on: key)
      await put(.release(request.id, nil), on: key)
    case 3:
      await put(order(claim, units: request.quantity, reference: .none), on: key)
      await put(.confirm(ConfirmRequest(id: request.id, claim: claim)), on: key)
    case 4:
      await put(.release(request.id, chance.chance(perMille: 500) ? .one : nil), on: key)
      await put(.release(request.id, nil), on: key)
    case 5:
      await put(.extend(request.id, expiresAt: connection.clock.now + chance.number(in: 1...2_000)), on: key)
      await rest(upTo: 1_000)
      await put(.confirm(ConfirmRequest(id: request.id, claim: claim)), on: key)
    case 6: await put(order(claim, units: request.quantity, reference: request.reference), on: key)
    default: break
    }
  }

  private mutating func visitCart() async {
    var lines: [CartItem] = []
    for _ in 0..<chance.number(in: 1...3) {
      lines.append(CartItem(key: key(), quantity: units()))
    }
    let request = CartRequest(id: id("cart"), lines: lines, lifetime: lifetime())
    var receipt = await connection.hold(cart: request)
    if receipt == nil || chance.chance(perMille: plan.repeatsPerMille) {
      let again = await connection.hold(cart: request)
      receipt = receipt ?? again
    }
    guard let receipt else { return }
    await rest(upTo: chance.chance(perMille: 300) ? request.lifetime * 3 / 2 : 40)
    switch chance.below(3) {
    case 0:
      let claims = receipt.lines.map { CartClaim(line: $0.key, claim: id("line")) }
      await connection.end(cart: receipt, .confirm, claims: claims)
    case 1: await connection.end(cart: receipt, .release, claims: [])
    default: break
    }
  }

  private mutating func visitBatch() async {
    var commands: [KeyedCommand] = []
    for _ in 0..<chance.number(in: 2...5) {
      let key = key()
      let request = hold()
      commands.append(KeyedCommand(key: key, command: .hold(request)))
      if chance.chance(perMille: 300) { commands.append(KeyedCommand(key: key, command: .release(request.id, nil))) }
    }
    _ = await connection.submit(commands)
  }

  private mutating func cancel(_ claim: ClaimID, on key: StockKey) async {
    let stage = StageReport(
      claim: claim, stage: .cancel, amount: .document(id("refund"), .one), occurredAt: connection.clock.now)
    let report = Report(source: Storefront.shopify, delivery: id("delivery"), body: .stage(stage))
    await put(.report(report), on: key)
    if chance.chance(perMille: plan.repeatsPerMille) { await put(.report(report), on: key) }
  }

  private mutating func order(_ claim: ClaimID, units: Quantity, reference: Identifier) -> Command {
    let demand = Demand(
      claim: claim, kind: .order, total: units, occurredAt: connection.clock.now, reference: reference)
    return .report(Report(source: Storefront.shopify, delivery: id("order"), body: .demand(demand)))
  }

  private func put(_ command: Command, on key: StockKey) async {
    _ = await connection.submit([KeyedCommand(key: key, command: command)])
  }

  private mutating func hold() -> HoldRequest {
    HoldRequest(
      id: id("hold"), quantity: units(), lifetime: lifetime(),
      reference: chance.chance(perMille: 300) ? id("token") : .none)
  }

  private mutating func key() -> StockKey { keys[chance.index(below: keys.count)] }
  private mutating func units() -> Quantity { Quantity(chance.number(in: 1...4)) ?? .one }
  private mutating func lifetime() -> Int64 { chance.number(in: 50...2_000) }

  private mutating func rest(upTo milliseconds: Int64) async {
    let pause = chance.number(in: 0...max(0, milliseconds))
    // A cancelled shopper goes on without a pause and ends at its next look at the power.
    do { try await connection.clock.sleep(until: connection.clock.now + pause) } catch { return }
  }

  private mutating func id(_ kind: String) -> Identifier {
    idsMade += 1
    return Storefront.identifier("\(name)-\(kind.prefix(3))\(idsMade)")
  }
}

import InventoryEngine
import Reconciliation
import ShopifyEmulatorCore
import StockJournal
import StockLedger

// What people and systems do while a shop trades.
extension TradeWorld {
  func trade(_ chance: SeededGenerator) async {
    var chance = chance
    for number in 0..<plan.orders {
      try? await clock.sleep(until: clock.now + chance.number(in: 0...plan.gapMax))
      if chance.chance(perMille: plan.heldPerMille) { await sellHeld(number, &chance) } else { sell(&chance) }
      if chance.chance(perMille: plan.cancelPerMille) { takeBack(&chance) }
      if chance.chance(perMille: plan.shipPerMille) { ship(&chance) }
      if chance.chance(perMille: plan.movePerMille) { reroute(&chance) }
      if chance.chance(perMille: plan.goodsPerMille) { await count(&chance) }
      if chance.chance(perMille: plan.warehousePerMille) { await work(&chance) }
      if chance.chance(perMille: plan.refreshPerMille) { await refresh() }
      if chance.chance(perMille: plan.editPerMille) { edit(&chance) }
      if chance.chance(perMille: plan.fullDiskPerMille), let life = present.now {
        books.count("full disk")
        await life.journal.arm(.appendFull)
      }
    }
  }

  private func draft(_ chance: inout SeededGenerator) -> (OrderDraft, SimulatedShopfront.Variant) {
    let variant = front.variants[chance.index(below: front.variants.count)]
    return (OrderDraft(variantID: variant.id, quantity: chance.number(in: 1...2)), variant)
  }

  /// Shopify's own checkout sells, if its number lets it.
  private func sell(_ chance: inout SeededGenerator) {
    let (draft, _) = draft(&chance)
    let isSold = front.with { shop, now in (try? shop.placeOrder(draft, at: now)) != nil }
    books.count(isSold ? "sold there" : "sold out there")
  }

  /// A buyer holds here, and then makes the order at Shopify, which takes nothing there.
  private func sellHeld(_ number: Int, _ chance: inout SeededGenerator) async {
    var (draft, variant) = draft(&chance)
    let key = variant.keys[0]
    let reference = Storefront.identifier("hold-\(number)")
    guard let life = present.now, let quantity = Quantity(draft.lines[0].quantity) else { return }
    var request = HoldRequest(id: reference, quantity: quantity, lifetime: 600_000)
    request.reference = reference
    let answer = await life.engine.submit(KeyedCommand(key: key, command: .hold(request)))
    guard case .accepted = answer, life.channel.isAlive else { return books.count("not held") }
    draft.attributes = [OrderAttribute("hold", "hold-\(number)")]
    front.with { shop, now in
      guard let order = try? shop.placeOrder(draft, .bypass, at: now) else { return }
      shop.audit.writerKnows(of: order)
    }
    books.count("sold here")
  }

  private func takeBack(_ chance: inout SeededGenerator) {
    let pick = chance.next()
    let isCancel = chance.chance(perMille: 600)
    let restocks = chance.chance(perMille: 800)
    let isDone = front.with { shop, now in
      let orders = shop.allOrders
      guard !orders.isEmpty, let order = shop.order(orders[Int(pick % UInt64(orders.count))]) else { return false }
      if isCancel { return (try? shop.cancel(order.id, restock: restocks, at: now)) != nil }
      let units = EmulatedShop.RefundedUnits(
        line: order.lines[0].id, quantity: 1, restock: restocks ? .cancel : .noRestock)
      return (try? shop.refund(order.id, [units], at: now)) != nil
    }
    if isDone { books.count(isCancel ? "cancelled" : "refunded") }
  }

  /// A warehouse sends what it is to send of an order.
  private func ship(_ chance: inout SeededGenerator) {
    let pick = chance.next()
    let isDone = front.with { shop, now in
      openPart(of: pick, in: shop).map { (try? shop.fulfil($0.id, at: now)) != nil } ?? false
    }
    if isDone { books.count("shipped") }
  }

  /// Another location is to send an order's units.
  private func reroute(_ chance: inout SeededGenerator) {
    let pick = chance.next()
    let isDone = front.with { shop, now in
      guard let part = openPart(of: pick, in: shop),
        let place = front.locationIDs.first(where: { $0 != part.locationID })
      else { return false }
      return (try? shop.move(part.id, to: place, at: now)) != nil
    }
    if isDone { books.count("moved") }
  }

  /// What is still to be sent of some order, by one location.
  private func openPart(of pick: UInt64, in shop: EmulatedShop) -> FulfillmentOrder? {
    let orders = shop.allOrders
    guard !orders.isEmpty, let order = shop.order(orders[Int(pick % UInt64(orders.count))]) else { return nil }
    return order.fulfillmentOrderIDs.lazy.compactMap { shop.fulfillmentOrder($0) }.first(where: \.isOpen)
  }

  /// The ERP books goods in, or finds some missing.
  private func count(_ chance: inout SeededGenerator) async {
    let key = front.variants[chance.index(below: front.variants.count)].keys[0]
    let delta = chance.chance(perMille: 700) ? chance.number(in: 1...10) : -chance.number(in: 1...3)
    let document = Storefront.identifier("goods-\(chance.below(1 << 40))")
    let adjustment = Adjustment(document: document, delta: delta, occurredAt: clock.now)
    let report = Report(source: Self.erp, delivery: document, body: .adjustment(adjustment))
    stock.change(key, by: delta)
    books.count("goods")
    if chance.chance(perMille: plan.goodsLostPerMille) { return books.count("goods not told") }
    if chance.chance(perMille: plan.goodsLostPerMille) { stock.breakNext() }
    _ = await present.now?.engine.submit(KeyedCommand(key: key, command: .report(report)))
  }

  /// The warehouse takes units for an order of its own, lets some go, or sends them: then they are out of the ERP's
  /// books too.
  private func work(_ chance: inout SeededGenerator) async {
    let key = front.variants[chance.index(below: front.variants.count)].keys[0]
    let (pick, now) = (chance.next(), clock.now)
    let report: KeyedReport
    switch chance.number(in: 0...3) {
    case 0:
      guard let line = warehouse.end(pick) else { return }
      report = line.at(.cancel, now)
      books.count("let go")
    case 1:
      guard let line = warehouse.end(pick) else { return }
      stock.change(line.key, by: -line.units)
      report = line.at(.ship, now)
      books.count("sent by the warehouse")
    default:
      report = warehouse.take(chance.number(in: 1...3), of: key, at: now).at(.allocate, now)
      books.count("taken by the warehouse")
    }
    if chance.chance(perMille: plan.warehouseLostPerMille) { return books.count("warehouse not told") }
    _ = await present.now?.engine.submit(KeyedCommand(key: report.key, command: .report(report.report)))
  }

  /// A person rebuilds the shop from the ERP's list, in the middle of everything.
  private func refresh() async {
    guard let reconciler = present.now?.reconcilers.first, let list = await reconciler.list(of: SimulatedERP.source),
      await reconciler.ask(LookOrder(list: list, refresh: RefreshTerms(isApplied: true))) != nil
    else { return }
    books.count("refresh")
  }

  private func edit(_ chance: inout SeededGenerator) {
    let key = front.variants[chance.index(below: front.variants.count)].keys[0]
    let units = chance.number(in: 1...3) * (chance.chance(perMille: 500) ? 1 : -1)
    guard let level = front.level(of: key) else { return }
    if front.with({ shop, now in shop.adjustByHand(level, by: units, at: now) }) { books.count("edited by hand") }
  }
}

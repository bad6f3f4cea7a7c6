import ShopifyEmulatorCore
import StockLedger

/// Random things that happen to an order in the emulated shop.
struct OrderLife {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func pick(_ range: ClosedRange<Int64>) -> Int64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return range.lowerBound + Int64(state % UInt64(range.upperBound - range.lowerBound + 1))
  }

  private mutating func any<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[Int(pick(0...Int64(elements.count - 1)))]
  }

  /// Places an order of up to so many variants.
  mutating func place(
    _ variants: [Int64], linesMax: Int64, in shop: inout EmulatedShop, at now: Timestamp
  ) -> Int64? {
    let lines = (0..<pick(1...linesMax)).compactMap { _ in
      any(variants).map { OrderDraft.Line(variantID: $0, quantity: pick(1...4)) }
    }
    var draft = OrderDraft(lines)
    if pick(0...1) == 0 {
      draft.attributes = [OrderAttribute("note", "wrap it"), OrderAttribute("hold", "r-\(state)")]
    }
    return try? shop.placeOrder(draft, at: now)
  }

  /// One thing happens to an order; nothing where it cannot.
  ///
  /// - Parameter writesOff: Whether refunds may leave units out of stock: where these were is not said by Shopify.
  mutating func happen(to id: Int64, in shop: inout EmulatedShop, at now: Timestamp, writesOff: Bool = true) {
    guard let order = shop.order(id) else { return }
    let open = order.fulfillmentOrderIDs.compactMap { shop.fulfillmentOrder($0) }.filter(\.isOpen)
    let line = any(order.lines)
    switch pick(0...9) {
    case 0, 1, 2:
      let source = any(open)
      guard let source, let row = any(source.lines.filter { $0.remaining > 0 }) else { return }
      _ = try? shop.fulfil(
        source.id, [.init(line: row.id, quantity: pick(1...row.remaining))], at: now)
    case 3, 4:
      guard let line, line.currentQuantity > 0 else { return }
      let kinds: [RestockType] = writesOff ? [.cancel, .return, .noRestock] : [.cancel, .return]
      _ = try? shop.refund(
        id, [.init(line: line.id, quantity: pick(1...line.currentQuantity), restock: any(kinds) ?? .cancel)], at: now)
    case 5: if let line { try? shop.edit(id, line: line.id, by: pick(1...2), at: now) }
    case 6: if let line, line.unfulfilled > 0 { try? shop.edit(id, line: line.id, by: -1, at: now) }
    case 7:
      guard let source = any(open), let place = any(shop.allLocations) else { return }
      let row = any(source.lines.filter { $0.remaining > 0 })
      _ = try? shop.move(
        source.id, row.map { [.init(line: $0.id, quantity: pick(1...$0.remaining))] }, to: place.id, at: now)
    case 8: if let parcel = any(order.fulfillmentIDs) { try? shop.cancelFulfilment(parcel, at: now) }
    default: if pick(0...3) == 0 { try? shop.cancel(id, at: now) }
    }
  }
}

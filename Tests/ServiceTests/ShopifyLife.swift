import Foundation

/// A random life of an order of one or two lines at Shopify, the webhooks that tell of it, and the plainest book of
/// where its units really are.
struct ShopifyLife {
  static let home: Int64 = 24_826_418
  static let locations: [Int64] = [home, 487_838_322, 655_441_491]
  static let skus = ["mug", "cup"]

  /// A webhook, and what who has heard it must count.
  struct Told {
    let topic: String
    let body: [UInt8]
    /// Of an order's body: what each line holds by it, open and gone. Nil for documents.
    var order: [Int64]?
    /// Units of each line that it frees.
    var freed = [Int64](repeating: 0, count: 2)
    /// Units of each line that it says have left, by parcel.
    var left: [Int64: [Int64]] = [:]
  }

  struct Line {
    let id: Int64
    var ordered: Int64
    var removed: Int64 = 0
    /// Units that somebody waits for and no fulfillment order names.
    var unrouted: Int64
    /// Units that left, or that nobody gets.
    var gone: Int64 = 0
    /// Units in parcels that are on their way, without those that were cancelled.
    var sent: Int64 = 0
    /// Units refunded of those that had left, coming back or not.
    var refundedSent: Int64 = 0
    var cameBack: Int64 = 0
    var keptGone: Int64 = 0
    /// False once Shopify's webhooks do not say any more which location units are taken off.
    var isPlaceSaid = true
    /// True where a fulfillment order was last told with more units than it has.
    var isLoose = false
    /// True once an edit took out more than was left to leave.
    var isBelowSent = false
  }

  private struct FulfillmentOrder {
    let id: Int64
    let location: Int64
    let minute: Int
    var units: [Int64]
  }

  private struct Parcel {
    let id: Int64
    let line: Int
    let units: Int64
    let location: Int64
    let minute: Int
    var status: String
  }

  private struct Refund {
    let id: Int64
    let line: Int
    let units: Int64
    let type: String
    let location: Int64?
    let minute: Int
  }

  private(set) var told: [Told] = []
  private(set) var lines: [Line] = []
  private var wanted: [FulfillmentOrder] = []
  private var parcels: [Parcel] = []
  private var refunds: [Refund] = []
  private var isCancelled = false
  private var minute = 0
  private var lastID: Int64 = 1_000

  init(_ chance: inout SeededChance) {
    for index in 0..<Int.random(in: 1...2, using: &chance) {
      let units = Int64.random(in: 1...4, using: &chance)
      lines.append(Line(id: 866_550_311_766_439_020 + Int64(index), ordered: units, unrouted: units))
    }
    tellOrder("orders/create")
    route(&chance)
    for _ in 0..<Int.random(in: 0...7, using: &chance) { happen(&chance) }
    if chance.isOne(in: 3) {
      cancel()
      if chance.isOne(in: 2) { refund(&chance) }
    }
    tellOrder("orders/updated")
  }

  private mutating func happen(_ chance: inout SeededChance) {
    minute += 1
    let line = Int.random(in: 0..<lines.count, using: &chance)
    switch Int.random(in: 0..<9, using: &chance) {
    case 0: route(&chance)
    case 1: move(&chance)
    case 2: raise(line)
    case 3: lower(line, &chance)
    case 4, 5: refund(&chance)
    case 6: cancelParcel(&chance)
    default: send(line, &chance)
    }
    if !chance.isOne(in: 4) { tellOrder(chance.isOne(in: 3) ? "orders/paid" : "orders/updated") }
  }

  // MARK: The book

  /// Units of a line that somebody waits for, by location; none where there are none.
  func open(_ line: Int) -> [Int64: Int64] {
    var open = [Self.home: lines[line].unrouted]
    for order in wanted { open[order.location, default: 0] += order.units[line] }
    return open.filter { $0.value > 0 }
  }

  func openUnits(_ line: Int) -> Int64 { open(line).values.reduce(0, +) }

  /// Takes units off one location, its fulfillment orders first.
  private mutating func take(_ units: Int64, of line: Int, at location: Int64) {
    var left = units
    for index in wanted.indices where wanted[index].location == location {
      let taken = min(left, wanted[index].units[line])
      wanted[index].units[line] -= taken
      left -= taken
    }
    lines[line].unrouted -= left
  }

  /// Takes a unit off some location, and says nowhere which.
  private mutating func takeAnywhere(_ line: Int) {
    let open = open(line)
    guard let location = open.keys.min() else { return }
    if open.count > 1 { lines[line].isPlaceSaid = false }
    lines[line].isLoose = true
    take(1, of: line, at: location)
  }

  private mutating func id() -> Int64 {
    lastID += 1
    return lastID
  }

  // MARK: What happens

  /// Routing gives what no fulfillment order names yet to one location, or to two.
  private mutating func route(_ chance: inout SeededChance) {
    let isSplit = chance.isOne(in: 3)
    for _ in 0..<(isSplit ? 2 : 1) {
      let units = lines.map { isSplit ? ($0.unrouted + 1) / 2 : $0.unrouted }
      guard units.contains(where: { $0 > 0 }) else { return }
      minute += 1
      let location = Self.locations.randomElement(using: &chance) ?? Self.home
      let order = FulfillmentOrder(id: id(), location: location, minute: minute, units: units)
      for index in lines.indices { lines[index].unrouted -= units[index] }
      wanted.append(order)
      tell("fulfillment_orders/order_routing_complete", json(order))
    }
  }

  /// A whole fulfillment order, or a part of it, goes to another location.
  private mutating func move(_ chance: inout SeededChance) {
    guard
      let index = wanted.indices.filter({ wanted[$0].units != [0, 0] && wanted[$0].units != [0] })
        .randomElement(using: &chance)
    else { return }
    let old = wanted[index]
    let isPart = chance.isOne(in: 3)
    let units = old.units.map { isPart ? ($0 + 1) / 2 : $0 }
    guard let location = Self.locations.filter({ $0 != old.location }).randomElement(using: &chance) else { return }
    let moved = FulfillmentOrder(id: id(), location: location, minute: minute, units: units)
    let rest = FulfillmentOrder(
      id: old.id, location: old.location, minute: minute, units: zip(old.units, units).map { $0 - $1 })
    wanted[index] = rest
    wanted.append(moved)
    // Of two fulfillment orders at one location nobody says which of them a parcel or a refund was of.
    let hasTwin = wanted.count { $0.location == old.location } > 1
    for line in lines.indices where hasTwin || lines[line].isLoose && open(line).count > 1 {
      lines[line].isPlaceSaid = false
    }
    tell(
      "fulfillment_orders/moved",
      #"{"original_fulfillment_order":\#(json(rest)),"moved_fulfillment_order":\#(json(moved))}"#)
  }

  private mutating func raise(_ line: Int) {
    // After an edit that went below what had left, a unit more is nobody's.
    guard unitsOfNobody(line) == openUnits(line) else { return }
    lines[line].ordered += 1
    lines[line].unrouted += 1
    // What waits unnamed and what a fulfillment order was said to have too many of looks the same.
    if lines[line].isLoose { lines[line].isPlaceSaid = false }
  }

  /// An edit takes out a unit; now and then all that is left, and one that has left already.
  private mutating func lower(_ line: Int, _ chance: inout SeededChance) {
    // Not after a refund without restock: whose units it took out would be anybody's guess.
    let isFar = chance.isOne(in: 4) && lines[line].keptGone == 0
    let current = lines[line].ordered - lines[line].removed - refunded(line)
    guard current > 0 else { return }
    let open = openUnits(line)
    let units = isFar ? min(current, open + 1) : min(1, open)
    for _ in 0..<min(units, open) { takeAnywhere(line) }
    lines[line].removed += units
    if units > open { lines[line].isBelowSent = true }
  }

  private func refunded(_ line: Int) -> Int64 { refunds.reduce(0) { $0 + ($1.line == line ? $1.units : 0) } }

  private mutating func refund(_ chance: inout SeededChance) {
    minute += 1
    let line = Int.random(in: 0..<lines.count, using: &chance)
    guard refunded(line) + lines[line].removed < lines[line].ordered else { return }
    let isOfSent = lines[line].sent > lines[line].refundedSent && chance.isOne(in: 2)
    if isOfSent {
      lines[line].refundedSent += 1
      let comesBack = chance.isOne(in: 2) || lines[line].isBelowSent
      if comesBack { lines[line].cameBack += 1 } else { lines[line].keptGone += 1 }
      // After a cancel nobody says whether its unit had left: it is counted as one that is gone besides.
      if isCancelled && !comesBack && unitsOfNobody(line) > 0 { lines[line].gone += 1 }
      return tellRefund(line, comesBack ? "return" : "no_restock", nil)
    }
    guard let location = open(line).keys.sorted().randomElement(using: &chance) else {
      if isCancelled && unitsOfNobody(line) > 0 { tellRefund(line, "cancel", nil) }
      return
    }
    if chance.isOne(in: 3) && !lines[line].isBelowSent {
      takeAnywhere(line)
      lines[line].gone += 1
      lines[line].keptGone += 1
      tellRefund(line, "no_restock", nil)
    } else {
      take(1, of: line, at: location)
      tellRefund(line, "cancel", location)
    }
  }

  /// Units that no parcel, refund or edit accounts for: of a cancelled order nobody waits for them.
  private func unitsOfNobody(_ line: Int) -> Int64 {
    let cancelled = refunds.reduce(0) { $0 + ($1.line == line && $1.type == "cancel" ? $1.units : 0) }
    return lines[line].ordered - lines[line].removed - lines[line].sent - cancelled - writtenOff(line)
  }

  private func writtenOff(_ line: Int) -> Int64 {
    let inParcels = parcels.reduce(0) { $0 + ($1.line == line && $1.status != "pending" ? $1.units : 0) }
    return lines[line].gone - inParcels
  }

  private mutating func tellRefund(_ line: Int, _ type: String, _ location: Int64?) {
    let refund = Refund(id: id(), line: line, units: 1, type: type, location: location, minute: minute)
    refunds.append(refund)
    tell("refunds/create", json(refund))
    told[told.count - 1].freed[line] = type == "cancel" ? 1 : 0
  }

  /// A parcel leaves with what waits at a location: at once, or after a while on the counter.
  private mutating func send(_ line: Int, _ chance: inout SeededChance) {
    guard let (location, open) = open(line).sorted(by: { $0.key < $1.key }).randomElement(using: &chance) else {
      return
    }
    let units = Int64.random(in: 1...open, using: &chance)
    parcels.append(
      Parcel(id: id(), line: line, units: units, location: location, minute: minute, status: "pending"))
    if chance.isOne(in: 4) {
      tell("fulfillments/create", json(parcels[parcels.count - 1]))
      tellOrder("orders/updated")
      minute += 1
    }
    take(units, of: line, at: location)
    lines[line].gone += units
    lines[line].sent += units
    parcels[parcels.count - 1].status = "success"
    tellParcel(parcels.count - 1, "fulfillments/create")
    tellParcel(parcels.count - 1, "fulfillments/update")
  }

  private mutating func tellParcel(_ index: Int, _ topic: String) {
    tell(topic, json(parcels[index]))
    told[told.count - 1].left = left(by: [parcels[index]])
  }

  private func left(by parcels: [Parcel]) -> [Int64: [Int64]] {
    var left: [Int64: [Int64]] = [:]
    for parcel in parcels where parcel.status != "pending" {
      left[parcel.id] = lines.indices.map { $0 == parcel.line ? parcel.units : 0 }
    }
    return left
  }

  /// A parcel comes to nothing: it has left by the books, and its units are owed again, where it was packed.
  private mutating func cancelParcel(_ chance: inout SeededChance) {
    guard
      let index = parcels.indices.filter({ index in
        let parcel = parcels[index]
        return parcel.status == "success" && lines[parcel.line].refundedSent == 0
          && lines[parcel.line].removed + refunded(parcel.line) <= lines[parcel.line].ordered - parcel.units
      }).randomElement(using: &chance)
    else { return }
    let parcel = parcels[index]
    // An edit that went below what had left eats into what comes to be owed.
    let before = openUnits(parcel.line)
    parcels[index].status = "cancelled"
    lines[parcel.line].sent -= parcel.units
    let owed = max(0, unitsOfNobody(parcel.line)) - before
    if let order = wanted.indices.first(where: { wanted[$0].location == parcel.location && wanted[$0].units != [0] }) {
      wanted[order].units[parcel.line] += owed
    } else {
      wanted.append(
        FulfillmentOrder(
          id: id(), location: parcel.location, minute: minute,
          units: lines.indices.map { $0 == parcel.line ? owed : 0 }))
    }
    lines[parcel.line].isLoose = true
    if open(parcel.line).count > 1 { lines[parcel.line].isPlaceSaid = false }
    tellParcel(index, "fulfillments/update")
  }

  /// The order is cancelled. What was refunded without restock and had left before counts once more from now on: of a
  /// cancelled order nobody says which units those were.
  private mutating func cancel() {
    minute += 1
    for index in lines.indices {
      lines[index].gone += min(openUnits(index), max(0, lines[index].keptGone - writtenOff(index)))
    }
    isCancelled = true
    wanted = []
    for index in lines.indices { lines[index].unrouted = 0 }
    tellOrder("orders/cancelled")
  }

  // MARK: What is told

  private mutating func tell(_ topic: String, _ text: String) {
    told.append(Told(topic: topic, body: Array(text.utf8)))
  }

  private mutating func tellOrder(_ topic: String) {
    tell(topic, order)
    told[told.count - 1].order = lines.indices.map { openUnits($0) + lines[$0].gone }
    told[told.count - 1].left = left(by: parcels)
  }

  private var order: String {
    let rows = lines.indices.map { index in
      let line = lines[index]
      let packed = parcels.reduce(0) { $0 + ($1.line == index && $1.status == "pending" ? $1.units : 0) }
      return """
        {"id":\(line.id),"sku":"\(Self.skus[index])","variant_id":\(700 + index),"quantity":\(line.ordered),
         "current_quantity":\(line.ordered - line.removed - refunded(index)),
         "fulfillable_quantity":\(openUnits(index) - packed)}
        """
    }
    let cancelled = isCancelled ? #""\#(ShopifyOrder.time(minute))""# : "null"
    return """
      {"id":1,"created_at":"\(ShopifyOrder.time(0))","updated_at":"\(ShopifyOrder.time(minute))",
       "cancelled_at":\(cancelled),"line_items":[\(rows.joined(separator: ","))],
       "fulfillments":[\(parcels.map { json($0) }.joined(separator: ","))],
       "refunds":[\(refunds.map { json($0) }.joined(separator: ","))]}
      """
  }

  private func item(_ line: Int) -> String {
    #""id":\#(lines[line].id),"sku":"\#(Self.skus[line])","variant_id":\#(700 + line)"#
  }

  private func json(_ parcel: Parcel) -> String {
    """
    {"id":\(parcel.id),"order_id":1,"status":"\(parcel.status)","created_at":"\(ShopifyOrder.time(parcel.minute))",
     "location_id":\(parcel.location),"line_items":[{\(item(parcel.line)),"quantity":\(parcel.units)}]}
    """
  }

  private func json(_ refund: Refund) -> String {
    """
    {"id":\(refund.id),"order_id":1,"created_at":"\(ShopifyOrder.time(refund.minute))","refund_line_items":[
      {"id":\(refund.id + 100_000),"line_item_id":\(lines[refund.line].id),"quantity":\(refund.units),
       "restock_type":"\(refund.type)","location_id":\(refund.location.map { "\($0)" } ?? "null"),
       "line_item":{\(item(refund.line)),"quantity":1}}]}
    """
  }

  private func json(_ wanted: FulfillmentOrder) -> String {
    let rows = lines.indices.filter { wanted.units[$0] > 0 }.map { index in
      """
      {"id":\(wanted.id + Int64(index)),"line_item_id":\(lines[index].id),"quantity":\(wanted.units[index]),
       "fulfillable_quantity":\(wanted.units[index]),"variant_id":\(700 + index)}
      """
    }
    let status = rows.isEmpty ? "closed" : "open"
    return """
      {"id":\(wanted.id),"order_id":1,"status":"\(status)","updated_at":"\(ShopifyOrder.time(wanted.minute))",
       "assigned_location_id":\(wanted.location),"line_items":[\(rows.joined(separator: ","))]}
      """
  }
}

/// What happens in a run of the emulated shop and the engine.
public struct ShopifyTradePlan: Hashable, Sendable {
  /// Variants, each at every location.
  public var variants = 12
  /// Shopify's locations, 1 or 2.
  public var locations = 1
  /// Units of each at the beginning, on both sides.
  public var units: Int64 = 40
  /// Units of each key that are kept back from every channel.
  public var safetyBuffer: Int64 = 0
  /// Orders, by Shopify's own checkout or held through us.
  public var orders = 500
  /// The most milliseconds between two orders.
  public var gapMax: Int64 = 400
  /// The longest way of a call there, or of its answer back, in milliseconds.
  public var travelMax: Int64 = 300
  /// Of a thousand orders, those that are held through us, and made at Shopify with BYPASS.
  public var heldPerMille: UInt64 = 150
  /// Of a thousand orders, those after which one is cancelled or refunded.
  public var cancelPerMille: UInt64 = 80
  /// Of a thousand orders, those after which one is sent.
  public var shipPerMille: UInt64 = 60
  /// Of a thousand orders, those after which one is given to another location, where there is one.
  public var movePerMille: UInt64 = 60
  /// Of a thousand orders, those after which the ERP says that goods came in, or are missing.
  public var goodsPerMille: UInt64 = 80
  /// Of a thousand orders, those after which a person edits a number at Shopify.
  public var editPerMille: UInt64 = 0
  /// Of a thousand orders, those after which the journal's disk takes no entries for a moment.
  public var fullDiskPerMille: UInt64 = 0
  /// Of a thousand bookings of goods, those that the ERP never tells; as many of its snapshots are broken.
  public var goodsLostPerMille: UInt64 = 0
  /// Of a thousand orders, those after which a warehouse takes units for an order of its own, or ends one.
  public var warehousePerMille: UInt64 = 0
  /// Of a thousand of the warehouse's reports, those that never come.
  public var warehouseLostPerMille: UInt64 = 0
  /// Of a thousand orders, those after which a person rebuilds the shop from the ERP's list.
  public var refreshPerMille: UInt64 = 0
  /// True where two reconcilers look at the shop while it trades, and find at the end what was lost; else it is told.
  public var reconciles = false
  /// Times that the engine's machine loses power.
  public var crashes = 0
  /// True where Shopify fails calls and loses, doubles, delays and mixes up webhooks.
  public var isFaulty = false
  /// The longest sync of the journal, in milliseconds.
  public var syncMax: Int64 = 3

  /// Trade without troubles.
  public init() {}

  /// Everything at once.
  public static var troubled: ShopifyTradePlan {
    var plan = ShopifyTradePlan()
    plan.isFaulty = true
    plan.locations = 2
    plan.editPerMille = 20
    plan.fullDiskPerMille = 20
    plan.crashes = 2
    return plan
  }

  /// The same, with an ERP that loses reports too, and reconciliation at work.
  public static var reconciled: ShopifyTradePlan {
    var plan = troubled
    plan.goodsLostPerMille = 200
    plan.warehousePerMille = 150
    plan.warehouseLostPerMille = 200
    plan.refreshPerMille = 15
    plan.reconciles = true
    return plan
  }
}

/// What a run showed.
public struct ShopifyTradeOutcome: Hashable, Sendable {
  /// What went wrong, in words; empty where nothing did.
  public var faults: [String] = []
  /// How often what happened.
  public var seen: [String: Int] = [:]
  /// The executor's trace; nil before the end.
  public var trace: RunTrace?
}

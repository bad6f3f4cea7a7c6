/// One shop's day, and how well its systems hear each other: what every way of syncing stock is measured on.
public struct StrategyPlan: Hashable, Sendable {
  /// How busy the shop is: buyers, goods that come in and units at the beginning, all so many times those of a small
  /// shop. The share of what sells out stays about the same.
  public var traffic: Int64 = 5
  /// The longest way of a call, of its answer and of a webhook, in milliseconds; the shortest is 1.
  public var latencyMax: Int64 = 1_000
  /// Of a thousand calls, those that are lost on their way there, and as many whose answers are lost on their way back.
  public var lossPerMille: UInt64 = 10

  /// SKUs, at one location. The first are wanted most.
  public var skus = 12
  /// How long the shop trades, in milliseconds.
  public var tradingTime: Int64 = 3 * 3_600_000
  /// How long is waited after it for all numbers to agree, in milliseconds.
  public var settlingTime: Int64 = 2 * 3_600_000
  /// Units of each SKU at the beginning, times the traffic.
  public var unitsAtFirst: Int64 = 10
  /// Web buyers who reach the checkout, times the traffic; of a thousand, those who never pay; of those who pay, those
  /// who do so only after a hold's ten minutes, and those who cancel.
  public var webBuyers: Int64 = 240
  /// Of a thousand web buyers, those who leave the checkout without a word.
  public var abandonedPerMille: UInt64 = 300
  /// Of a thousand web buyers, those whose payment takes longer than ten minutes.
  public var latePayersPerMille: UInt64 = 20
  /// Of a thousand web buyers, those who cancel within half an hour of their order.
  public var cancelledPerMille: UInt64 = 50
  /// Customers at the tills, times the traffic.
  public var tillCustomers: Int64 = 100
  /// Deliveries of 4 to 12 units, times the traffic.
  public var receipts: Int64 = 8
  /// Units that customers of other days bring back, times the traffic.
  public var returns: Int64 = 16
  /// Units that are stolen, times the traffic.
  public var thefts: Int64 = 2
  /// The longest from goods on the shelf to their booking in the ERP, in milliseconds.
  public var bookingDelayMax: Int64 = 600_000

  /// From one batch of the ERP, in which it books tills and parcels, to the next, in milliseconds.
  public var batchPeriod: Int64 = 900_000
  /// How much earlier than the batch a sale or a parcel must be to be in it, in milliseconds; whole seconds.
  public var batchLag: Int64 = 120_000
  /// From one wave of picking to the next, in milliseconds.
  public var wavePeriod: Int64 = 600_000
  /// How long an order takes to reach the warehouse, in milliseconds.
  public var exportDelay: Int64 = 60_000
  /// From one full refresh to the next, in milliseconds: the article's N minutes.
  public var refreshPeriod: Int64 = 900_000
  /// How long an aggregated number is kept, in milliseconds.
  public var cachePeriod: Int64 = 30_000
  /// How long a checkout's hold lasts, in milliseconds.
  public var holdLifetime: Int64 = 600_000
  /// From one look at both numbers to the next, in milliseconds: what integrals are summed of.
  public var samplePeriod: Int64 = 10_000

  /// A medium shop, calls of up to a second, one in a hundred lost.
  public init() {}

  /// Units of each SKU at the beginning.
  var stockAtFirst: Int64 { unitsAtFirst * traffic }
}

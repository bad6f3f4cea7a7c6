import StockLedger

/// What the shop's systems say by themselves, to who listens.
enum SourceFact: Hashable, Sendable {
  /// A till sold a unit.
  case sold(TradingDay.TillCustomer, at: Timestamp)
  /// The ERP booked goods that came in, or units that are missing.
  case booked(sku: Int, units: Int64, document: String, at: Timestamp)
  /// The ERP booked its sales and parcels.
  case batch(SourceBooks.Batch)
}

/// A way of keeping Shopify's number: it sees what real systems would tell it, and never the shelf.
///
/// What is not said otherwise is Shopify's own way: its checkout holds nothing and sells while its number lets it, and
/// tills sell what a customer brings them and tell it afterwards.
protocol StockStrategy: Sendable {
  var market: StrategyMarket { get }
  /// True where a checkout that was let in holds a unit until it is paid or its time is up.
  var holdsCheckouts: Bool { get }

  /// Gets everything into step before the shop opens.
  func prepare() async throws
  /// Its own jobs, until the caller's task is cancelled.
  func run() async
  /// Ends what ``run()`` left open.
  func stop() async

  /// A source says something; returns when that has been taken in, or was not listened to.
  func hear(_ fact: SourceFact) async
  /// Whether a buyer who sees a unit for sale gets into the checkout.
  func admit(_ buyer: TradingDay.WebBuyer) async -> Bool
  /// The buyer pays: answers the order, or nil where there is none to be had.
  func pay(_ buyer: TradingDay.WebBuyer) async -> Int64?
  /// A customer comes to a till with a unit in hand.
  func serve(_ customer: TradingDay.TillCustomer) async
}

extension StockStrategy {
  var holdsCheckouts: Bool { false }
  func prepare() async throws {}
  func stop() async {}
  func hear(_ fact: SourceFact) async {}
  func admit(_ buyer: TradingDay.WebBuyer) async -> Bool { true }
  func pay(_ buyer: TradingDay.WebBuyer) async -> Int64? { market.placeOrder(of: buyer) }

  func serve(_ customer: TradingDay.TillCustomer) async {
    guard let at = market.sellAtTill(customer) else { return }
    await hear(.sold(customer, at: at))
  }
}

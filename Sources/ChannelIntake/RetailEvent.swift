public import StockLedger

/// What happens in a retail trace, in time order.
public enum RetailEvent: Hashable, Sendable {
  /// A buyer's cart: held whole, then confirmed.
  case order(RetailOrder)
  /// A buyer gives units of one SKU back; ``RetailBook`` tells what of it cancels and what returns.
  case cancel(RetailCancel)
  /// The books change the stock of one SKU: a write-off.
  case adjustment(RetailAdjustment)

  /// When it happens.
  public var at: Timestamp {
    switch self {
    case .order(let order): order.at
    case .cancel(let cancel): cancel.at
    case .adjustment(let adjustment): adjustment.at
    }
  }
}

/// An invoice as a cart.
public struct RetailOrder: Hashable, Sendable {
  /// The invoice's number, as written.
  public let invoice: String
  /// The time of its last row; one invoice of the shipped trace was written over two minutes.
  public let at: Timestamp
  /// The buyer, as written; nil where the trace names none.
  public let customer: String?
  /// One line per SKU, rows of the same SKU added up, in order of appearance. Never empty.
  public let lines: [RetailLine]

  /// The cart's name: the invoice's number.
  public var cart: CartID { checkedIdentifier(invoice) }
  /// The buyer's name, or none.
  public var customerID: CustomerID { customer.map(checkedIdentifier) ?? .none }
}

/// One SKU of an order.
public struct RetailLine: Hashable, Sendable {
  /// The SKU, as written: some differ only in case.
  public let sku: String
  /// Units.
  public let quantity: Quantity
  /// What the line is called: `<invoice>/<sku>`.
  public let claim: ClaimID
}

/// Units of one SKU that a buyer gives back.
public struct RetailCancel: Hashable, Sendable {
  /// The cancellation's number: `C` and digits.
  public let invoice: String
  /// When.
  public let at: Timestamp
  /// The buyer; nil where the trace names none, and then no claim can be found.
  public let customer: String?
  /// The SKU, as written.
  public let sku: String
  /// Units given back, rows of the same SKU added up.
  public let units: Quantity
}

/// A change of the books.
public struct RetailAdjustment: Hashable, Sendable {
  /// The document's number.
  public let invoice: String
  /// When.
  public let at: Timestamp
  /// The SKU, as written.
  public let sku: String
  /// Units, negative; magnitude up to 10^9.
  public let delta: Int64

  /// The report of it. Its document and delivery are `<invoice>/<sku>`.
  public func report(source: SourceID) -> Report {
    let document = checkedIdentifier("\(invoice)/\(sku)")
    return Report(
      source: source, delivery: document,
      body: .adjustment(Adjustment(document: document, delta: delta, occurredAt: at)))
  }
}

/// The identifier of a text whose parts the trace's reader has checked.
func checkedIdentifier(_ text: String) -> Identifier {
  let identifier = Identifier(text)
  invariant(identifier != nil, "the trace's reader let a name pass that is no identifier: \(text)")
  return identifier ?? .none
}

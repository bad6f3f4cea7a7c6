public import StockLedger

/// A name and a value that a shop or a checkout put on an order.
public struct OrderAttribute: Hashable, Sendable {
  /// Its name.
  public let key: String
  /// Its value.
  public let value: String

  /// An attribute.
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

/// One line of an order.
public struct EmulatedLine: Hashable, Sendable {
  /// Its number.
  public let id: Int64
  /// The variant sold; nil for a line of free text.
  public let variantID: Int64?
  /// The item whose stock it takes; nil where it takes none.
  public let itemID: Int64?
  /// The SKU at the time of the sale.
  public let sku: String?
  /// The product's title at the time of the sale.
  public let title: String
  /// The variant's title at the time of the sale.
  public let variantTitle: String?
  /// Hundredths of the order's currency.
  public let price: Int64
  /// Units ever ordered: edits raise it and never lower it.
  public internal(set) var quantity: Int64
  /// Units without those that were refunded or edited away.
  public internal(set) var currentQuantity: Int64
  /// Units that are still to be shipped.
  public internal(set) var unfulfilled: Int64
  /// Properties of the line.
  public let properties: [OrderAttribute]
}

/// An order.
public struct EmulatedOrder: Hashable, Sendable {
  /// Its number in the API.
  public let id: Int64
  /// Its number for people, from 1001.
  public let number: Int64
  /// When it was placed.
  public let createdAt: Timestamp
  /// When anything of it last changed.
  public internal(set) var updatedAt: Timestamp
  /// When it was cancelled.
  public internal(set) var cancelledAt: Timestamp?
  /// Why it was cancelled, in the schema's word.
  public internal(set) var cancelReason: String?
  /// True once a person edited its lines.
  public internal(set) var isEdited = false
  /// The state of its payment, in the schema's word.
  public internal(set) var financialStatus: String
  /// What the draft said.
  public let draft: OrderDraft
  /// The token by which it is known outside.
  public let token: String
  /// Its lines.
  public internal(set) var lines: [EmulatedLine] = []
  /// Numbers of its fulfillment orders.
  public internal(set) var fulfillmentOrderIDs: [Int64] = []
  /// Numbers of its fulfillments.
  public internal(set) var fulfillmentIDs: [Int64] = []
  /// Its refunds.
  public internal(set) var refunds: [EmulatedRefund] = []

  /// Its name for people, `#1001`.
  public var name: String { "#\(number)" }
  /// The sum of its lines, in hundredths.
  var total: Int64 { lines.reduce(0) { $0 + $1.price * $1.quantity } }
  /// The sum of what was not refunded, in hundredths.
  var currentTotal: Int64 { lines.reduce(0) { $0 + $1.price * $1.currentQuantity } }
  /// Units that are still to be shipped.
  var unfulfilled: Int64 { lines.reduce(0) { $0 + $1.unfulfilled } }
}

/// Units of an order that one location is to ship.
public struct FulfillmentOrder: Hashable, Sendable {
  /// One line of it.
  public struct Line: Hashable, Sendable {
    /// Its number.
    public let id: Int64
    /// The place of the order's line among its lines.
    public let line: Int
    /// Units given to this location.
    public internal(set) var total: Int64
    /// Units still to be shipped.
    public internal(set) var remaining: Int64
    /// How many of those remaining were taken out of what may be sold: with BYPASS none.
    public internal(set) var claimed: Int64
  }

  /// Its number.
  public let id: Int64
  /// Its order's number.
  public let orderID: Int64
  /// The location that ships.
  public let locationID: Int64
  /// The state, in the schema's word.
  public internal(set) var status = "OPEN"
  /// When it was made.
  public let createdAt: Timestamp
  /// When it last changed.
  public internal(set) var updatedAt: Timestamp
  /// Its lines.
  public internal(set) var lines: [Line] = []

  /// True while something may still be shipped from it.
  public var isOpen: Bool { status == "OPEN" || status == "IN_PROGRESS" }
}

/// Units that left a location.
public struct EmulatedFulfillment: Hashable, Sendable {
  /// Units of one line.
  public struct Line: Hashable, Sendable {
    /// Its number.
    public let id: Int64
    /// The place of the order's line among its lines.
    public let line: Int
    /// Units that left.
    public let quantity: Int64
  }

  /// Its number.
  public let id: Int64
  /// Its order's number.
  public let orderID: Int64
  /// The fulfillment order that it ships from.
  public let fulfillmentOrderID: Int64
  /// The location that shipped.
  public let locationID: Int64
  /// Its name for people, `#1001.1`.
  public let name: String
  /// Its lines.
  public let lines: [Line]
  /// Units of its lines that had been claimed, line by line: a cancel commits them again.
  let claimed: [Int64]
  /// The carrier's number; nil where none was given.
  public internal(set) var trackingNumber: String?
  /// True once it was cancelled: its units are to be shipped again.
  public internal(set) var isCancelled = false
  /// When it was made.
  public let createdAt: Timestamp
  /// When it last changed.
  public internal(set) var updatedAt: Timestamp
}

/// What a refund does with the units.
public enum RestockType: String, Hashable, Sendable {
  /// They were shipped and come back: they may be sold again.
  case `return` = "RETURN"
  /// They were not shipped: they may be sold again.
  case cancel = "CANCEL"
  /// From before the two were told apart: they may be sold again.
  case legacyRestock = "LEGACY_RESTOCK"
  /// They may not be sold again.
  case noRestock = "NO_RESTOCK"
}

/// A refund.
public struct EmulatedRefund: Hashable, Sendable {
  /// Units of one line.
  public struct Line: Hashable, Sendable {
    /// Its number.
    public let id: Int64
    /// The place of the order's line among its lines.
    public let line: Int
    /// Units.
    public let quantity: Int64
    /// What became of them.
    public let restock: RestockType
    /// Where they may be sold again; nil where they may not.
    public let locationID: Int64?
  }

  /// Its number.
  public let id: Int64
  /// When it was made.
  public let createdAt: Timestamp
  /// A person's words.
  public let note: String?
  /// Its lines.
  public let lines: [Line]
}

/// An order that is to be placed.
public struct OrderDraft: Hashable, Sendable {
  /// Units of a variant.
  public struct Line: Hashable, Sendable {
    /// The variant; nil for a line of free text.
    public var variantID: Int64?
    /// Units, from 1.
    public var quantity: Int64
    /// Hundredths; nil for the variant's price.
    public var price: Int64?
    /// The title of a line of free text.
    public var title: String?
    /// The SKU of a line of free text.
    public var sku: String?
    /// Properties.
    public var properties: [OrderAttribute] = []

    /// Units of a variant.
    public init(variantID: Int64?, quantity: Int64) {
      self.variantID = variantID
      self.quantity = quantity
    }
  }

  /// What is bought.
  public var lines: [Line]
  /// Attributes of the whole, `note_attributes` in a REST body.
  public var attributes: [OrderAttribute] = []
  /// The checkout that it came from; nil for an order that an app made.
  public var checkoutToken: String?
  /// The buyer's address.
  public var email: String?
  /// A note.
  public var note: String?
  /// What sold it: `web`, `pos`, or an app's own word.
  public var sourceName = "web"
  /// The order's id where it was sold.
  public var sourceIdentifier: String?
  /// Tags.
  public var tags: [String] = []
  /// True for an order that is only a test.
  public var isTest = false
  /// False where it is not paid yet.
  public var isPaid = true

  /// An order of these lines.
  public init(_ lines: [Line]) { self.lines = lines }

  /// An order of one line.
  public init(variantID: Int64, quantity: Int64) { self.init([Line(variantID: variantID, quantity: quantity)]) }
}

/// Why the shop refuses: a user error of the API.
public struct ShopRefusal: Error, Hashable, Sendable {
  /// What is wrong, in a sentence.
  public let message: String
  /// The schema's code; nil for errors that have none.
  public let code: String?
  /// The way to the input that is wrong.
  public let field: [String]?

  init(_ message: String, code: String? = nil, field: [String]? = nil) {
    self.message = message
    self.code = code
    self.field = field
  }
}

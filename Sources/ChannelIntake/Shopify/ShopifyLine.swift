public import StockLedger

/// What one webhook says of one order line.
public struct ShopifyLine: Hashable, Sendable {
  /// What only the order's own body says, and only its first word needs.
  public struct Origin: Hashable, Sendable {
    /// What joins the line to a reservation, or none.
    public var reference: Identifier
    /// Who bought, or none.
    public var customer: CustomerID
    /// Shopify's location of an order from its till.
    public var location: Int64?
  }

  /// Shopify's id of the line: the claim.
  public let id: Int64
  /// The SKU that the line carries; nil where it carries none.
  public var sku: String?
  /// The variant, where the line has one: without SKU and variant it is no stock (a tip, a fee).
  public var variant: Int64?
  /// Where the line comes from; nil where the webhook is not the order's body.
  public var origin: Origin?
  /// What it says.
  public var facts = ShopifyFacts()

  /// A line of which nothing is said yet.
  init(id: Int64, sku: String? = nil, variant: Int64? = nil) {
    self.id = id
    self.sku = sku.flatMap { $0.isEmpty ? nil : $0 }
    self.variant = variant
  }

  /// The line as every source names it: Shopify's id in decimal digits.
  public var claim: ClaimID { Identifier(String(id)) ?? .none }
}

import FoundationEssentials
public import StockLedger

// An order as the Admin API answers it, as far as stock is concerned. Names are the schema's.

/// An order that was read whole: its lines, and every refund, parcel and fulfillment order of it.
///
/// A read brings the first few of each list; who reads completes them before ``lines(of:)`` is asked.
public struct ShopifyOrderNode: Codable, Sendable {
  let id: ShopifyID
  let createdAt: ShopifyTime
  let updatedAt: ShopifyTime
  let cancelledAt: ShopifyTime?
  let sourceName: String?
  /// Of an order from a till.
  let retailLocation: ShopifyThing?
  let customAttributes: [ShopifyAttributeNode]
  /// Its lines.
  public var lineItems: ShopifyPage<ShopifyLineNode>
  /// Its refunds: a list without pages.
  public var refunds: [ShopifyRefundNode]
  /// Its parcels: a list without pages.
  public var fulfillments: [ShopifyParcelNode]
  /// Who is to ship its lines, those that are over included.
  public var fulfillmentOrders: ShopifyPage<ShopifyWantedNode>

  /// Reads one order as it was answered: the object of its fields.
  ///
  /// - Throws: ``ShopifyBodyError`` with the field that is not what it should be.
  public init(body: [UInt8]) throws(ShopifyBodyError) {
    do { self = try JSONDecoder().decode(Self.self, from: Data(body)) } catch { throw ShopifyBodyError(error) }
  }

  /// Its number.
  public var number: Int64 { id.number }
  /// When anything of it last changed, by Shopify's clock: whole seconds.
  public var changedAt: Timestamp { updatedAt.time }
}

/// An order of a list, or why it cannot be read: one that is odd must not hide the others.
public enum ShopifyOrderReading: Decodable, Sendable {
  /// As it is.
  case read(ShopifyOrderNode)
  /// There is an order of this number, and nothing can be said of its lines.
  case unreadable(order: Int64, ShopifyBodyError)

  private enum CodingKeys: CodingKey { case id }

  /// Reads an order; fails only where it has no id.
  public init(from decoder: any Decoder) throws {
    do { self = .read(try ShopifyOrderNode(from: decoder)) } catch {
      let id = try decoder.container(keyedBy: CodingKeys.self).decode(ShopifyID.self, forKey: .id)
      self = .unreadable(order: id.number, ShopifyBodyError(error))
    }
  }
}

/// A page of a list, and where the next one begins.
public struct ShopifyPage<Node: Decodable & Sendable>: Decodable, Sendable {
  /// Where a page stands in its list.
  public struct Place: Codable, Sendable {
    /// True where more follows.
    public let hasNextPage: Bool
    /// After what; nil for an empty page.
    public let endCursor: String?
  }

  /// What is on it.
  public var nodes: [Node]
  /// Where it stands.
  public var pageInfo: Place
}

extension ShopifyPage: Encodable where Node: Encodable {}

/// A line of an order.
public struct ShopifyLineNode: Codable, Sendable {
  let id: ShopifyID
  let sku: String?
  let variant: ShopifyThing?
  let quantity: ShopifyUnits
  let currentQuantity: ShopifyUnits
  let unfulfilledQuantity: ShopifyUnits
  let isGiftCard: Bool
}

/// A refund.
public struct ShopifyRefundNode: Codable, Sendable {
  let id: ShopifyID
  let createdAt: ShopifyTime
  /// Units that it is of.
  public var refundLineItems: ShopifyPage<ShopifyRefundedNode>

  /// Its number.
  public var number: Int64 { id.number }
}

/// Units of a line in a refund.
public struct ShopifyRefundedNode: Codable, Sendable {
  let id: ShopifyID
  let lineItem: ShopifyThing
  let quantity: ShopifyUnits
  let restockType: String
  let location: ShopifyThing?
}

/// A parcel: a fulfillment.
public struct ShopifyParcelNode: Codable, Sendable {
  let id: ShopifyID
  let status: String
  let createdAt: ShopifyTime
  let location: ShopifyThing?
  /// What it holds.
  public var fulfillmentLineItems: ShopifyPage<ShopifyParcelLineNode>

  /// Its number.
  public var number: Int64 { id.number }
}

/// Units of a line in a parcel.
public struct ShopifyParcelLineNode: Codable, Sendable {
  let lineItem: ShopifyThing
  let quantity: ShopifyUnits
}

/// A fulfillment order: what one location is to ship.
public struct ShopifyWantedNode: Codable, Sendable {
  let id: ShopifyID
  let status: String
  let createdAt: ShopifyTime
  let updatedAt: ShopifyTime
  let assignedLocation: ShopifyAssignedNode
  /// What it is to ship.
  public var lineItems: ShopifyPage<ShopifyWantedLineNode>

  /// Its number.
  public var number: Int64 { id.number }
}

/// Units of a line in a fulfillment order.
public struct ShopifyWantedLineNode: Codable, Sendable {
  let lineItem: ShopifyThing
  let totalQuantity: ShopifyUnits
  let remainingQuantity: ShopifyUnits
}

/// Where a fulfillment order ships from; no location where it is one that Shopify does not keep.
struct ShopifyAssignedNode: Codable, Sendable {
  let location: ShopifyThing?
}

/// A thing that is asked for by its id only.
struct ShopifyThing: Codable, Sendable {
  let id: ShopifyID
}

/// An attribute of an order.
struct ShopifyAttributeNode: Codable, Sendable {
  let key: String
  let value: String?
}

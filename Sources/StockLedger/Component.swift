/// One source's number in a key's stock: who owns it is configuration, what it holds is docs/domain.md's table.
public enum Component: UInt8, Sendable, Hashable, CaseIterable {
  /// Units on hand: ERP, or the 3PL of that location.
  case onHand = 0
  /// Units a warehouse took for orders, shipped ones included until a count settles them: WMS or 3PL.
  case allocated = 1
  /// Units sold at a till since the last count: POS.
  case pending = 2
  /// Units of open order lines: Shopify.
  case open = 3
}

/// Where the demand of a claim starts: an order line is *open*, a sale line *pending*.
public enum DemandKind: UInt8, Sendable, Hashable {
  /// An order line: open, then allocated, then shipped.
  case order = 0
  /// A till's sale line: pending until a count settles it.
  case sale = 1
}

/// A stage that a claim's units reach after its creation.
public enum Stage: UInt8, Sendable, Hashable, CaseIterable {
  /// Taken by the warehouse for this line: open → allocated.
  case allocate = 0
  /// Given back by the warehouse: allocated → open.
  case deallocate = 1
  /// Left the building: allocated (or open) → shipped.
  case ship = 2
  /// Cancelled, or refunded with CANCEL restock, or a voided sale: frees what is unshipped.
  case cancel = 3
  /// Refunded with NO_RESTOCK: unshipped units become shipped at the refund's time.
  case writeOff = 4
  /// Refunded with RETURN restock: moves only the mirror of Shopify; the ledger's components do not change.
  case returned = 5
}

/// Units of stock held, claimed or ended at once: 1 to 10^9 (``Limits/quantityMax``).
public struct Quantity: Hashable, Comparable, Sendable {
  @usableFromInline let stored: Int32

  /// A quantity, or nil outside 1 to 10^9.
  @inlinable
  public init?(_ units: Int64) {
    guard units >= 1, units <= Limits.quantityMax else { return nil }
    stored = Int32(truncatingIfNeeded: units)
  }

  /// One unit.
  public static let one = Quantity(stored: 1)

  private init(stored: Int32) { self.stored = stored }

  /// The number of units, 1 to 10^9.
  @inlinable public var units: Int64 { Int64(stored) }

  /// Orders by value.
  @inlinable
  public static func < (left: Quantity, right: Quantity) -> Bool { left.stored < right.stored }
}

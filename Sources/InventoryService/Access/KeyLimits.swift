/// How much the bearer of a key may ask for, and how much it may keep from others. What is nil has no bound of its own.
public struct KeyLimits: Hashable, Sendable {
  /// Requests a second in the long run; every command of a batch and every line of a cart is one.
  public var rate: Int64?
  /// Requests at once after a rest; two seconds' worth where only the rate is said.
  public var burst: Int64?
  /// Holds that are live at once.
  public var holdsMax: Int64?
  /// Units in live holds at once.
  public var unitsMax: Int64?

  /// Limits; all of them may be left out.
  public init(rate: Int64? = nil, burst: Int64? = nil, holdsMax: Int64? = nil, unitsMax: Int64? = nil) {
    self.rate = rate
    self.burst = burst
    self.holdsMax = holdsMax
    self.unitsMax = unitsMax
  }

  /// What a rate or a burst may be: more than a million a second no machine of ours serves.
  public static let rates: ClosedRange<Int64> = 1...1_000_000
  /// What a bound on holds may be: each that is counted costs some 200 bytes.
  public static let holds: ClosedRange<Int64> = 1...100_000
  /// What a bound on units may be.
  public static let units: ClosedRange<Int64> = 1...1_000_000_000_000

  /// These limits, and others where nothing is said here.
  ///
  /// A burst goes with its rate: another's burst beside this rate would mean nothing.
  func orElse(_ others: KeyLimits) -> KeyLimits {
    KeyLimits(
      rate: rate ?? others.rate, burst: rate == nil ? burst ?? others.burst : burst,
      holdsMax: holdsMax ?? others.holdsMax, unitsMax: unitsMax ?? others.unitsMax)
  }
}

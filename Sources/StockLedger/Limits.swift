/// Every bound of the rules, with its reason. Times are milliseconds, quantities units.
public enum Limits {
  /// The most units one hold, claim or report line may name: Shopify's own bound for a quantity.
  public static let quantityMax: Int64 = 1_000_000_000
  /// The largest magnitude of a count, a buffer or a component's sum: exact in a JSON number (2^53), far from overflow.
  public static let unitsMax: Int64 = 1 << 53
  /// Bytes of a shop, SKU or location: twice what any known source allows.
  public static let keyPartBytesMax = 128
  /// Bytes of text that an identifier is made from.
  public static let identifierBytesMax = 128
  /// How long a hold lasts when nobody says: ten minutes, a long checkout.
  public static let holdLifetimeDefault: Int64 = 600_000
  /// The longest time from a hold to its expiry: four hours.
  public static let holdLifetimeMax: Int64 = 14_400_000
  /// How old a hold request may be: past it the reservation's id may have been forgotten, so it is asked for first.
  public static let requestAgeMax: Int64 = 3_600_000
  /// How far into the future a source's time may lie: clocks of shops differ.
  public static let futureMax: Int64 = 300_000
  /// How long a reservation is remembered after max(requested, accepted): a late duplicate must find it.
  public static let reservationMemory: Int64 = requestAgeMax + futureMax
  /// How long a delivery's id is remembered: seven days, the longest that a source is known to repeat itself.
  public static let deliveryMemory: Int64 = 7 * 86_400_000
  /// How long an ended claim is remembered: thirty days, the usual return window.
  public static let claimMemory: Int64 = 30 * 86_400_000
  /// After this long without being named by its own source, a confirm's claim goes to reconciliation.
  public static let unnamedClaimMax: Int64 = 6 * 3_600_000
  /// After this long fallen units go to reconciliation.
  public static let fallenMax: Int64 = 48 * 3_600_000
  /// How far clocks of two sources may differ, when configuration does not say.
  public static let skewDefault: Int64 = 120_000
  /// Reservations remembered per key before new holds are refused: 4 Mi, about 0.6 GiB.
  public static let reservationsPerKeyMax = 1 << 22
  /// Documents and cumulative points of one claim's stage: past any real order line, small enough to scan.
  public static let stageReportsMax = 256
  /// Bytes that a source may keep with the state of a line: room for as many documents as a stage may have.
  public static let memoBytesMax = 16_384
  /// Channels with rules of their own on one key.
  public static let channelsPerKeyMax = 256
  /// Lines of one cart, after those on one key were added up.
  public static let cartLinesMax = 1_000
  /// A prepared cart line without a decision is asked about after this long.
  public static let cartDecisionMax: Int64 = 5_000
}

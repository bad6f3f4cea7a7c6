public import ShopifyEmulatorCore

/// What goes wrong, on the way of calls and of webhooks: presets, and each rate and range by its name.
public struct EmulatorFaults: Hashable, Sendable {
  /// On the way of calls.
  public var calls: FaultSettings
  /// On the way of webhooks.
  public var webhooks: WebhookSettings

  /// Faults as a shop has them.
  public init(calls: FaultSettings = FaultSettings(), webhooks: WebhookSettings = WebhookSettings()) {
    self.calls = calls
    self.webhooks = webhooks
  }

  // MARK: Presets

  /// Presets by their names.
  public static let presets: [(name: String, faults: EmulatorFaults)] = [
    ("none", EmulatorFaults()), ("some", .some), ("all", .all),
  ]

  /// A bad day: each fault a few times in a thousand, webhooks up to a second late.
  private static let some: EmulatorFaults = {
    var faults = EmulatorFaults()
    for (_, rate) in rates { faults[keyPath: rate] = 5 }
    faults.webhooks.lossPerMille = 0
    faults.calls.slow = 200...2_000
    faults.webhooks.delay = 10...1_000
    faults.webhooks.lateBody = 0...500
    return faults
  }()

  /// Worse than any day was: each fault thirty times in a thousand, webhooks up to five seconds late and some lost.
  private static let all: EmulatorFaults = {
    var faults = EmulatorFaults()
    for (_, rate) in rates { faults[keyPath: rate] = 30 }
    faults.webhooks.lossPerMille = 10
    faults.webhooks.delay = 10...5_000
    faults.webhooks.lateBody = 0...2_000
    return faults
  }()

  // MARK: By name

  /// How long things may take, in milliseconds: an hour, past any limit of a client.
  private static let longest: Int64 = 3_600_000

  private static var rates: [(name: String, rate: WritableKeyPath<EmulatorFaults, UInt64>)] {
    [
      ("errorBefore", \.calls.errorBeforePerMille), ("errorAfter", \.calls.errorAfterPerMille),
      ("cutBefore", \.calls.cutBeforePerMille), ("cutAfter", \.calls.cutAfterPerMille),
      ("tooMany", \.calls.tooManyPerMille), ("slow", \.calls.slowPerMille),
      ("handEdit", \.calls.handEditPerMille), ("webhookLoss", \.webhooks.lossPerMille),
      ("webhookDuplicate", \.webhooks.duplicatePerMille),
    ]
  }

  private static var ranges:
    [(name: String, range: WritableKeyPath<EmulatorFaults, ClosedRange<Int64>>, within: ClosedRange<Int64>)]
  {
    [
      ("slowFor", \.calls.slow, 0...longest), ("handEditBy", \.calls.handEdit, -1_000_000...1_000_000),
      ("webhookDelay", \.webhooks.delay, 0...longest), ("lateBody", \.webhooks.lateBody, 0...longest),
    ]
  }

  /// Every name, rates first.
  public static var names: [String] { rates.map(\.name) + ranges.map(\.name) }

  /// Each name with its rate in a thousand, or with its two ends.
  public var values: [(name: String, value: JSON)] {
    Self.rates.map { ($0.name, .integer(Int64(clamping: self[keyPath: $0.rate]))) }
      + Self.ranges.map { name, range, _ in
        let range = self[keyPath: range]
        return (name, .list([.integer(range.lowerBound), .integer(range.upperBound)]))
      }
  }

  /// Why a fault cannot be set so, and what it can be.
  public struct Mistake: Error, Hashable, Sendable, CustomStringConvertible {
    /// In a sentence.
    public let description: String

    /// A mistake, said in a sentence.
    public init(_ description: String) { self.description = description }
  }

  /// Sets a fault: a rate to so many in a thousand, a range to all from its first to its last number.
  public mutating func set(_ name: String, from first: Int64, to last: Int64) throws(Mistake) {
    if let (_, rate) = Self.rates.first(where: { $0.name == name }) {
      guard first == last, (0...1_000).contains(first) else {
        throw Mistake("\(name) is a rate of 0 to 1000 in a thousand")
      }
      self[keyPath: rate] = UInt64(first)
    } else if let (_, range, within) = Self.ranges.first(where: { $0.name == name }) {
      guard first <= last, within.contains(first), within.contains(last) else {
        throw Mistake(
          "\(name) is a range, its ends in order and within \(within.lowerBound) to \(within.upperBound)")
      }
      self[keyPath: range] = first...last
    } else {
      throw Mistake("\(name) is none of \(Self.names.joined(separator: ", "))")
    }
  }
}

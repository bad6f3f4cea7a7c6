/// What a command is answered with. Leaves only when everything it reflects is durable.
public enum Answer: Hashable, Sendable {
  /// Done, now or before.
  case accepted(Receipt)
  /// No, for a reason a caller or source can act on; nothing changed.
  case refused(Refusal)
  /// The store failed between the turn and its durability: it may or may not have happened. Ask again with the same id.
  case unknown

  /// The receipt, where there is one.
  @inlinable
  public var receipt: Receipt? { if case .accepted(let receipt) = self { receipt } else { nil } }
  /// The refusal, where there is one.
  @inlinable
  public var refusal: Refusal? { if case .refused(let refusal) = self { refusal } else { nil } }
}

/// The witness of an accepted command.
public struct Receipt: Hashable, Sendable {
  /// The units that the command was about: held, confirmed so far, released; 0 for reports.
  public var units: Int64
  /// The reservation's expiry, where it is about one; else ``Timestamp/distantPast``.
  public var expiresAt: Timestamp
  /// The key's ATS after its last entry.
  public var availableToSell: Int64
  /// The key's last entry when this was answered: the order of answers of a key is the order of these numbers.
  public var entry: EntryNumber
  /// True where the same id had been accepted before, and nothing changed now.
  public var isDuplicate: Bool
  /// What is odd about an accepted report.
  public var flags: ReportFlags

  /// The witness of an accepted command.
  @inlinable
  public init(
    units: Int64 = 0, expiresAt: Timestamp = .distantPast, availableToSell: Int64 = 0, entry: EntryNumber = .none,
    isDuplicate: Bool = false, flags: ReportFlags = []
  ) {
    self.units = units
    self.expiresAt = expiresAt
    self.availableToSell = availableToSell
    self.entry = entry
    self.isDuplicate = isDuplicate
    self.flags = flags
  }
}

/// An entry's place in the journal: `<shard>-<number>`, numbers of a shard are contiguous from 1.
public struct EntryNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The shard, 0 to 255.
  public var shard: UInt8
  /// The number within the shard, from 1; 0 = no entry.
  public var number: UInt64

  /// An entry's place.
  @inlinable
  public init(shard: UInt8, number: UInt64) {
    self.shard = shard
    self.number = number
  }
  /// No entry.
  public static let none = EntryNumber(shard: 0, number: 0)

  /// For people.
  public var description: String { "\(shard)-\(number)" }

  /// The place that a description names; nil for any other text, also for a number written in another way.
  public init?(_ description: some StringProtocol) {
    let parts = description.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let shard = UInt8(parts[0]), let number = UInt64(parts[1]) else { return nil }
    self.init(shard: shard, number: number)
    guard self.description == description else { return nil }
  }

  /// Orders by value.
  @inlinable
  public static func < (left: EntryNumber, right: EntryNumber) -> Bool {
    (left.shard, left.number) < (right.shard, right.number)
  }
}

/// What is odd about an accepted report: applied all the same, and looked at by reconciliation.
public struct ReportFlags: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt16
  /// A set from its bits.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Numbers are missing before this one.
  public static let gap = ReportFlags(rawValue: 1 << 0)
  /// A ship or sale that a count as of later did not include: it counts until the next count.
  public static let lateForCount = ReportFlags(rawValue: 1 << 1)
  /// Demand that is older than what is remembered: it may have been counted and forgotten.
  public static let pastMemory = ReportFlags(rawValue: 1 << 2)
  /// What fell out of an aggregate was freed at once, because nobody takes it over.
  public static let freedAtOnce = ReportFlags(rawValue: 1 << 3)
  /// A cancel or move named more units than were there; only what was there was freed.
  public static let clipped = ReportFlags(rawValue: 1 << 4)
  /// The aggregate came without `out`: a rise of it can hide a fall.
  public static let aggregateOnly = ReportFlags(rawValue: 1 << 5)
}

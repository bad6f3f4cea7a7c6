public import StockLedger

/// What may be read of one key: a durable moment of it.
public struct StockView: Sendable {
  /// The key.
  public let key: StockKey
  /// The components and what follows from them.
  public let numbers: StockNumbers
  /// What may be promised, in units.
  public let availableToSell: Int64
  /// Live reservations.
  public let liveReservations: Int
  /// Claims that a shortfall leaves uncovered, newest first. Empty in an aged view of a key whose newest entries are
  /// on their way.
  public let uncoveredClaims: [ClaimID]
  /// The key's last entry.
  public let entry: EntryNumber
  /// When this was so.
  public let at: Timestamp
  /// How long ago the store last confirmed it, in milliseconds; 0 = it is current.
  public let age: Int64

  init(key: StockKey, level: StockLevel, entry: EntryNumber, at: Timestamp, age: Int64 = 0) {
    self.key = key
    numbers = level.numbers
    availableToSell = level.availableToSell
    liveReservations = level.liveCount
    uncoveredClaims = level.uncoveredClaims
    self.entry = entry
    self.at = at
    self.age = age
  }

  init(key: StockKey, _ moment: DurablePast.Moment, shard: UInt8, at: Timestamp, age: Int64) {
    self.key = key
    numbers = moment.numbers
    availableToSell = key.isItem ? Limits.unitsMax : moment.numbers.availableToSell
    liveReservations = moment.liveReservations
    uncoveredClaims = []
    entry = EntryNumber(shard: shard, number: moment.number)
    self.at = at
    self.age = age
  }
}

/// What may be read of one reservation.
public struct ReservationView: Sendable {
  /// The reservation; nil where none of this name is known: never held, or ended longer ago than it is remembered.
  public let reservation: Reservation?
  /// Its key's last entry.
  public let entry: EntryNumber
  /// How long ago the store last confirmed it, in milliseconds; 0 = it is current.
  public let age: Int64
}

/// What configuration says at one level.
public struct PolicyView: Sendable {
  /// What this level says; empty where it says nothing.
  public let said: PolicyPatch
  /// Of a location: what follows from shop, item and key.
  public let resolved: KeyPolicy?
  /// Of an item: the rules that span its locations.
  public let rules: KeyPolicy?
}

/// What a key was like before its entries of the last two commits that touched it.
///
/// At most two commits are not over at any time: the one in flight and the one that gathers. So one of the two moments
/// is the last durable one, also of a key that is written in every commit.
final class DurablePast {
  /// The key between two turns.
  struct Moment {
    let numbers: StockNumbers
    let liveReservations: Int
    let number: UInt64
    /// The commit of the last entry that is in it.
    let commit: UInt64
  }

  private var newer: Moment
  private var older: Moment

  init(_ moment: Moment) {
    newer = moment
    older = moment
  }

  func push(_ moment: Moment) {
    older = newer
    newer = moment
  }

  /// The last durable moment of a key whose last entry is not durable yet.
  func latest(completed: UInt64) -> Moment { newer.commit <= completed ? newer : older }
}

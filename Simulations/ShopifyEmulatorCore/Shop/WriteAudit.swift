public import StockLedger

/// A write that was accepted while the writer had not been told of an order that had taken from the same level.
public struct UntoldWrite: Hashable, Sendable {
  /// Which of all accepted writes it is, from 1.
  public let number: Int
  /// The level.
  public let key: LevelKey
  /// When it was accepted.
  public let at: Timestamp
  /// What could be sold before.
  public let from: Int64
  /// What was written.
  public let to: Int64
  /// What the writer believed; nil where it opted out of the comparison.
  public let compared: Int64?
  /// What it had not been told of, oldest first.
  public internal(set) var untold: [Untold]
  /// Units that came by other ways and that it did not know of either: a count, a restock, another order's cancel.
  public let met: Int64
  /// Units that had been taken from the level until then, ever: who wrote after counting so many, under whatever names,
  /// wrote over none.
  public let taken: TakenUnits
  /// The document that the write named; nil where it named none.
  public let document: String?

  /// Units that an order took.
  public struct Untold: Hashable, Sendable {
    /// The order's number.
    public let order: Int64
    /// Units that it took and the writer does not know of.
    public internal(set) var units: Int64
    /// The step at which it took them.
    let step: Int
  }

  /// Units that the writer did not know of.
  public var units: Int64 { untold.reduce(0) { $0 + $1.units } }
  /// True where opposite changes met the orders, so that the comparison could not see them (ABA): counted apart, since
  /// the webhook heals it. False is a writer that wrote over an order.
  public var isMet: Bool { met >= units && compared != nil }
}

/// Units that have been taken from a level by others than its writer, ever.
public struct TakenUnits: Hashable, Sendable {
  /// By orders, less what they gave back.
  public internal(set) var byOrders: Int64 = 0
  /// By people who found fewer; what they added is not taken off.
  public internal(set) var byPeople: Int64 = 0
}

/// Watches what the writer was told of before each of its writes.
///
/// A writer is told of an order by an answer 200 to a webhook that carries it, or by reading the order or the level
/// after it; never by `inventory_levels/update`, which says only that something changed. While a webhook is out it is
/// not known whether the writer has it: ask at rest, when all are answered.
public struct WriteAudit: Hashable, Sendable {
  /// What moved a level since the writer last knew it.
  private struct Watch: Hashable, Sendable {
    var sales: [UntoldWrite.Untold] = []
    var rises: [Rise] = []
    var isEmpty: Bool { sales.isEmpty && rises.isEmpty }

    /// What is hidden: what an order has given back it took itself, and only the rest of it has met others.
    var netted: (sales: [UntoldWrite.Untold], met: Int64) {
      var left = self
      let met = rises.reduce(0) { $0 + ($1.toldAt == nil ? left.giveBack($1) : $1.units) }
      return (left.sales.filter { $0.units > 0 }, met)
    }

    /// The writer is told of rises: a write that is on its way now was sent without them.
    mutating func tellRises(at now: Timestamp, _ isTold: (Rise) -> Bool) {
      for index in rises.indices where rises[index].toldAt == nil && isTold(rises[index]) { rises[index].toldAt = now }
    }

    /// Forgets rises that no write on its way can have missed.
    mutating func prune(at now: Timestamp) {
      rises.removeAll { rise in
        rise.units == 0 || rise.toldAt.map { $0 + WriteAudit.travelMax <= now } ?? false
      }
    }

    /// Takes what an order gives back off what it took; answers the rest.
    mutating func giveBack(_ rise: Rise) -> Int64 {
      var rest = rise.units
      for index in sales.indices.reversed() where sales[index].order == rise.order {
        let back = min(rest, sales[index].units)
        sales[index].units -= back
        rest -= back
      }
      return rest
    }
  }

  private struct Rise: Hashable, Sendable {
    /// The order that gave the units back; nil for a person's count.
    let order: Int64?
    var units: Int64
    let step: Int
    /// When the writer was told.
    var toldAt: Timestamp?
  }

  private struct Telling: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
      case order(Int64)
      case level(LevelKey)
    }
    let at: Timestamp
    let subject: Subject
    let step: Int
  }

  /// How long a write may be on its way, in milliseconds: what the writer was told of meanwhile it did not know.
  private static let travelMax: Int64 = 2_000

  /// The latest time that was told of.
  private var now = Timestamp.distantPast
  /// Each change of a level is a step; what is told is told up to a step.
  private(set) var step = 0
  private var watches: [LevelKey: Watch] = [:]
  private var keysOfOrder: [Int64: [LevelKey]] = [:]
  private var takenUnits: [LevelKey: TakenUnits] = [:]
  private var onTheWay: [Telling] = []
  /// Accepted writes of what may be sold, row by row.
  public private(set) var writes = 0
  /// Those among them that did not know of an order.
  public private(set) var untoldWrites: [UntoldWrite] = []

  /// Writes over an order: must be none.
  public var writesAboveUntoldOrders: [UntoldWrite] { untoldWrites.filter { !$0.isMet } }
  /// Writes whose order was met by an opposite change.
  public var writesMet: [UntoldWrite] { untoldWrites.filter(\.isMet) }

  /// Units that others than the writer have taken from a level.
  public func taken(from key: LevelKey) -> TakenUnits { takenUnits[key] ?? TakenUnits() }

  // MARK: What happens

  mutating func changed(_ key: LevelKey, by units: Int64, cause: ChangeCause) {
    step += 1
    switch cause {
    case .order: takenUnits[key, default: TakenUnits()].byOrders -= units
    case .person: if units < 0 { takenUnits[key, default: TakenUnits()].byPeople -= units }
    case .writer: break
    }
    var watch = watches[key] ?? Watch()
    if case .order(let order) = cause, units < 0 {
      watch.sales.append(UntoldWrite.Untold(order: order, units: -units, step: step))
      keysOfOrder[order, default: []].append(key)
    } else if units > 0 && cause != .writer {
      var giver: Int64?
      if case .order(let order) = cause {
        giver = order
        keysOfOrder[order, default: []].append(key)
      }
      watch.rises.append(Rise(order: giver, units: units, step: step))
    }
    keep(watch, of: key)
  }

  private mutating func keep(_ watch: Watch, of key: LevelKey) {
    var watch = watch
    watch.prune(at: now)
    watches[key] = watch.isEmpty ? nil : watch
  }

  mutating func wrote(
    _ key: LevelKey, from: Int64, to: Int64, compared: Int64?, document: String?, at now: Timestamp
  ) {
    writes += 1
    // From here on the writer's own number is what others move: an order that it wrote over is counted here, once.
    guard var watch = watches.removeValue(forKey: key) else { return }
    watch.prune(at: now)
    let (untold, met) = watch.netted
    if untold.isEmpty { return }
    untoldWrites.append(
      UntoldWrite(
        number: writes, key: key, at: now, from: from, to: to, compared: compared, untold: untold, met: met,
        taken: taken(from: key), document: document))
  }

  // MARK: What is told

  /// The writer knows of an order by itself: it held its units, and the order was made from that.
  public mutating func writerKnows(of order: Int64) { told(order: order, upTo: step) }

  /// The writer was told of what an order took from one step to another: of all up to a step, where its body was sent.
  ///
  /// A write that came in while the body was out may have known it: its answer is only now seen. So what was recorded
  /// since the write `outSince` is taken back.
  mutating func told(order: Int64, from first: Int = 0, upTo step: Int, outSince: Int? = nil) {
    let tells = { (sale: UntoldWrite.Untold) in
      sale.order == order && sale.step >= first && sale.step <= step
    }
    if let outSince { takeBack(since: outSince, tells) }
    guard let keys = keysOfOrder[order] else { return }
    var left: [LevelKey] = []
    for key in keys {
      guard var watch = watches[key] else { continue }
      watch.sales.removeAll(where: tells)
      watch.tellRises(at: now) { $0.order == order && $0.step >= first && $0.step <= step }
      let isLeft =
        watch.sales.contains { $0.order == order } || watch.rises.contains { $0.order == order && $0.toldAt == nil }
      if isLeft && !left.contains(key) { left.append(key) }
      keep(watch, of: key)
    }
    keysOfOrder[order] = left.isEmpty ? nil : left
  }

  /// The writer was told of a refund, whether or not of the order itself: what an order of which nobody has told took
  /// and gave back again is not hidden, nor are the units that the refund names and that stay gone.
  mutating func told(refundOf order: Int64, gone: [Int64: Int64], upTo step: Int) {
    for key in keysOfOrder[order] ?? [] {
      guard var watch = watches[key] else { continue }
      for index in watch.rises.indices {
        let rise = watch.rises[index]
        guard rise.order == order, rise.step <= step, rise.toldAt == nil else { continue }
        watch.rises[index].units = watch.giveBack(rise)
        watch.rises[index].toldAt = now
      }
      _ = watch.giveBack(Rise(order: order, units: gone[key.item] ?? 0, step: step))
      watch.sales.removeAll { $0.units == 0 }
      keep(watch, of: key)
    }
  }

  private mutating func takeBack(since write: Int, _ tells: (UntoldWrite.Untold) -> Bool) {
    guard let last = untoldWrites.last, last.number > write else { return }
    for index in untoldWrites.indices where untoldWrites[index].number > write {
      untoldWrites[index].untold.removeAll(where: tells)
    }
    untoldWrites.removeAll { $0.untold.isEmpty }
  }

  /// The writer has read a level, as it was at a step.
  mutating func told(level key: LevelKey, upTo step: Int) {
    guard var watch = watches[key] else { return }
    watch.sales.removeAll { $0.step <= step }
    watch.tellRises(at: now) { $0.step <= step }
    keep(watch, of: key)
  }

  /// What an answer carries, that arrives later.
  mutating func telling(orders: [Int64], levels: [LevelKey], at time: Timestamp) {
    onTheWay += orders.map { Telling(at: time, subject: .order($0), step: step) }
    onTheWay += levels.map { Telling(at: time, subject: .level($0), step: step) }
  }

  /// What has arrived by now is known.
  mutating func arrive(by now: Timestamp) {
    self.now = max(self.now, now)
    guard !onTheWay.isEmpty else { return }
    let arrived = onTheWay.filter { $0.at <= now }
    onTheWay.removeAll { $0.at <= now }
    for telling in arrived {
      switch telling.subject {
      case .order(let order): told(order: order, upTo: telling.step)
      case .level(let key): told(level: key, upTo: telling.step)
      }
    }
  }
}

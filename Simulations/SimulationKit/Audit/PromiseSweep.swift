public import StockLedger

/// The streaming audit: at every moment, what is *surely promised* is at most what is *possibly there*.
///
/// A sweep line over the real order of questions and answers, with a few counters per key: units that a question may
/// have added count from the question, units that an answer promised count from the answer. So it needs no entry
/// numbers, finds an oversell at the answer that completes it, and never accuses an honest engine; ``Auditor`` is the
/// exact form. Demand that comes from outside is not the engine's promise and is not counted here.
public struct PromiseSweep: Sendable {
  private let margin: Int64
  private var rows: [StockKey: SweptKey] = [:]

  /// Units that were promised above what could be there: must be 0.
  public private(set) var unitsOversold: Int64 = 0
  /// Units promised now over all keys: live holds and sales.
  public private(set) var unitsPromised: Int64 = 0
  /// Answers seen.
  public private(set) var operations = 0
  /// The first oversell, in words.
  public private(set) var first: Contradiction?

  /// A sweep with empty books.
  ///
  /// - Parameter clockMargin: Milliseconds by which a hold is no longer surely held before its expiry, because the
  ///   clock of who asks and the engine's may differ.
  public init(clockMargin: Int64 = 0) { margin = max(0, clockMargin) }

  /// Notes a question, before it is put.
  public mutating func asked(_ command: Command, of key: StockKey, at now: Timestamp) {
    let margin = self.margin
    change(key, at: now, grant: nil) { row in
      switch command {
      case .hold: row.holdsInFlight += 1
      case .release(let id, let quantity): row.free(id, quantity?.units)
      case .extend(let id, let expiresAt):
        if let promise = row.promises[id], expiresAt < promise.expiresAt { row.expire(id, at: expiresAt, margin) }
      case .report(let report): row.asked(report)
      case .correct(let correction): row.asked(correction)
      case .confirm, .setPolicy, .setScope, .freeFallen, .resetMark, .cart: break
      }
    }
  }

  /// Notes the answer to a question; says false where it completes an oversell.
  @discardableResult
  public mutating func answered(_ command: Command, of key: StockKey, _ answer: Answer, at now: Timestamp) -> Bool {
    operations += 1
    let margin = self.margin
    let change = answer.receipt.flatMap { $0.isDuplicate ? nil : $0 }
    var grant: EntryNumber?
    if case .hold = command { grant = change?.entry }
    return self.change(key, at: now, grant: grant) { row in
      if case .hold = command { row.holdsInFlight -= 1 }
      if case .report(let report) = command { row.answered(report, answer) }
      if case .correct(let correction) = command { row.answered(correction, answer, latest: now + margin) }
      guard let change else { return }
      switch command {
      case .hold(let request): row.hold(request.id, units: change.units, until: change.expiresAt, now: now, margin)
      case .confirm(let request): row.sell(request, cumulative: change.units)
      case .extend(let id, let expiresAt): row.expire(id, at: expiresAt, margin)
      case .release, .report, .setPolicy, .setScope, .freeFallen, .resetMark, .correct, .cart: break
      }
    }
  }

  @discardableResult
  private mutating func change(
    _ key: StockKey, at now: Timestamp, grant: EntryNumber?, _ change: (inout SweptKey) -> Void
  ) -> Bool {
    var row = rows.removeValue(forKey: key) ?? SweptKey()
    defer { rows[key] = row }
    let promisedBefore = row.promised
    row.letExpire(by: now)
    change(&row)
    unitsPromised += row.promised - promisedBefore
    let excess = row.promised - row.there - row.takenAway
    if excess > 0, let grant {
      unitsOversold += excess
      // Told once: the same excess is not an oversell of the next grant as well.
      row.takenAway += excess
      if first == nil {
        first = Contradiction(
          kind: .oversold, key: key, entry: grant, tick: UInt64(operations),
          words: "\(row.promised) units surely promised (held \(row.held), sold \(row.sold)), "
            + "\(row.there) possibly there")
      }
      return false
    }
    if row.holdsInFlight == 0 { row.takenAway = max(0, row.promised - row.there) }
    return true
  }
}

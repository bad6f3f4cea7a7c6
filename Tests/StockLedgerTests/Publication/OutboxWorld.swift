@testable import StockLedger
import Testing

/// A shop of many keys around one outbox: the channel's numbers, the ledger's, and calls with their effect and their
/// answer apart. What is durable is what `commit()` has seen: a crash keeps that and no more.
struct OutboxWorld {
  var outbox: PublicationOutbox
  var now = ShopWorld.start
  var available: [StockKey: Int64] = [:]
  var physical: [StockKey: Int64] = [:]
  var named: [StockKey: Int64] = [:]
  var unnamed: [StockKey: [Int64: Int64]] = [:]
  private(set) var journal: [PublicationOutbox.Entry] = []
  private var answers: [Identifier: PublicationOutbox.WriteAnswer] = [:]
  private var keys: UInt64 = 0
  /// Writes that took effect, by key.
  private(set) var effects: [Identifier: [PublicationOutbox.Row]] = [:]

  init(rules: PublicationOutboxRules = PublicationOutboxRules()) { outbox = PublicationOutbox(rules: rules) }

  static func key(_ number: Int) -> StockKey {
    let digits = String(number)
    let padding = String(repeating: "0", count: max(0, 6 - digits.count))
    guard let key = StockKey(path: Array("shop\0sku-\(padding)\(digits)\0leeds".utf8)) else {
      preconditionFailure("a key")
    }
    return key
  }

  func ats(_ key: StockKey) -> Int64 {
    max(0, (physical[key] ?? 0) - (named[key] ?? 0) - (unnamed[key] ?? [:]).values.reduce(0, +))
  }

  mutating func pass(_ milliseconds: Int64) { now = now + milliseconds }

  /// The ledger's number of a key.
  mutating func set(_ number: Int, physical units: Int64, available: Int64? = nil) {
    let key = Self.key(number)
    physical[key] = units
    if let available { self.available[key] = available }
    outbox.tell(target: ats(key), of: key, at: now)
  }

  mutating func sells(_ number: Int, _ units: Int64 = 1) { available[Self.key(number), default: 0] -= units }

  mutating func hears(_ number: Int, _ units: Int64 = 1, madeAt: Timestamp? = nil) {
    guard let quantity = Quantity(units) else { return }
    let key = Self.key(number)
    named[key, default: 0] += units
    let change = NamedChange(.order, document: ShopWorld.id("o"), units: quantity, madeAt: madeAt ?? now)
    outbox.tell(target: ats(key), .order(change, .nobody), of: key, at: now)
  }

  /// Everything so far is durable.
  mutating func commit() { journal += outbox.takeEntries() }

  /// The next call, its entries durable.
  mutating func next() -> PublicationOutbox.Call? {
    keys += 1
    let call = outbox.nextCall(at: now, key: Identifier(high: 7, low: keys))
    commit()
    return call
  }

  /// The next call was of the other kind, or there was none.
  struct NoSuchCall: Error {}

  mutating func nextWrite() throws -> (key: Identifier, rows: [PublicationOutbox.Row]) {
    guard case .write(let key, let rows) = next() else { throw NoSuchCall() }
    return (key, rows)
  }

  mutating func nextRead() throws -> (number: Int, keys: [StockKey]) {
    guard case .read(let number, let keys) = next() else { throw NoSuchCall() }
    return (number, keys)
  }

  /// What the channel makes of a write: once per key.
  mutating func effect(of write: Identifier, _ rows: [PublicationOutbox.Row]) -> PublicationOutbox.WriteAnswer {
    if let answer = answers[write] {
      if let first = effects[write] { #expect(first == rows, "the same key with other parameters") }
      return answer
    }
    var stale: [Int: PublicationOutbox.RowFault] = [:]
    for (place, row) in rows.enumerated() where row.changeFrom.map({ $0 != available[row.key] }) ?? false {
      stale[place] = .stale
    }
    let answer: PublicationOutbox.WriteAnswer = stale.isEmpty ? .accepted : .refused(stale)
    if stale.isEmpty {
      for row in rows { available[row.key] = row.quantity }
      effects[write] = rows
    }
    answers[write] = answer
    return answer
  }

  /// One call, answered at once; false where none may leave.
  mutating func call() -> Bool {
    switch next() {
    case nil: return false
    case .write(let write, let rows): outbox.take(effect(of: write, rows), of: write, at: now)
    case .read(let number, let keys): outbox.take(keys.map { available[$0] }, ofRead: number, at: now)
    }
    commit()
    return true
  }

  mutating func book() {
    for owed in outbox.owed(at: now) {
      unnamed[owed.key, default: [:]][owed.number] = owed.units == 0 ? nil : owed.units
      let claimed = PublicationInput.claimed(number: owed.number, units: owed.units)
      outbox.tell(target: ats(owed.key), claimed, of: owed.key, at: now)
    }
    commit()
  }

  mutating func settle() {
    for _ in 0..<2_000 {
      book()
      if call() || !outbox.owed(at: now).isEmpty { continue }
      guard let time = outbox.nextTime(), time <= now + 60_000 else { return }
      now = max(now, time)
    }
    Issue.record("the outbox does not come to rest")
  }

  /// The process ends while what is new is written: of each shard it is kept or lost.
  mutating func crash(keeping isKept: (StockKey) -> Bool) {
    journal += outbox.takeEntries().filter { isKept($0.key) }
    crash()
  }

  /// The process ends, and comes back from its journal.
  mutating func crash() {
    var publications: [StockKey: Publication] = [:]
    for entry in journal { publications[entry.key, default: Publication()].apply(entry.body, at: entry.at) }
    outbox = PublicationOutbox(rules: outbox.rules)
    for key in physical.keys.sorted() { outbox.restore(publications[key] ?? Publication(), of: key) }
    for key in physical.keys.sorted() { outbox.tell(target: ats(key), of: key, at: now) }
    outbox.restart(at: now)
    commit()
  }

  /// Both sides are equal, and nothing is in motion.
  func expectRest(sourceLocation: SourceLocation = #_sourceLocation) {
    for key in physical.keys.sorted() {
      #expect(available[key] == ats(key), "\(key)", sourceLocation: sourceLocation)
    }
    #expect(outbox.counts.active == 0, sourceLocation: sourceLocation)
    #expect(outbox.counts.all == physical.count, sourceLocation: sourceLocation)
    #expect(outbox.callsAwaited == 0 && outbox.writesUnanswered == 0, sourceLocation: sourceLocation)
  }
}

@testable import StockLedger
import Testing

/// A tiny shop around one publication, so that a test reads like a transcript: what the channel holds, what the ledger
/// counts, and the calls between them, each with its sending, its effect and its answer apart.
///
/// The ledger's half is one formula: physical − holds − named orders − claims without a name. The channel's half is one
/// number with a compare-and-set. After every entry the invariants hold, and replay gives the same bytes.
struct ShopWorld {
  var publication = Publication()
  var now = Self.start
  private(set) var entries: [(body: PublicationEntry, at: Timestamp)] = []

  // The ledger.
  var physical: Int64
  var held: Int64 = 0
  /// Units of each order that was heard of, less its restocks that were; a cancel of an unknown order frees nothing.
  var named: [String: Int64] = [:]
  private(set) var heard: Set<String> = []
  /// Claims without a name, as booked.
  var unnamed: [Int64: Int64] = [:]

  // The channel.
  var available: Int64
  /// Its clock against ours, and whether it drops fractions.
  var clockOffset: Int64 = 0
  var hasWholeSeconds = false
  /// What it did by itself, in order; edits have no name.
  private(set) var changes: [(name: String, delta: Int64)] = []
  var orders: [String: (units: Int64, madeAt: Timestamp)] = [:]
  var restocks: [String: (order: String, units: Int64, madeAt: Timestamp)] = [:]
  /// Answers by idempotency key.
  private var answers: [Identifier: PublicationInput.WriteAnswer] = [:]
  private var keys: Int64 = 0
  /// Writes that took effect.
  private(set) var writes: [Int64] = []

  /// The answer on its way, by what is out.
  private(set) var onWire: PublicationInput.WriteAnswer?
  private(set) var seen: Int64?

  static let start = Timestamp(milliseconds: 1_700_000_000_000)

  /// A shop with so many units, all of them for sale, whose channel holds another number.
  init(physical: Int64, available: Int64 = 0) {
    self.physical = physical
    self.available = available
  }

  /// A shop at rest: read once, written once, both sides equal.
  static func atRest(_ physical: Int64) -> ShopWorld {
    var shop = ShopWorld(physical: physical, available: physical)
    shop.settle()
    shop.pass(60_000)
    return shop
  }

  var ats: Int64 {
    max(0, physical - held - named.values.reduce(0) { $0 + max(0, $1) } - unnamed.values.reduce(0, +))
  }
  var expected: Int64? { publication.expected }
  var next: PublicationAction { publication.action(at: now) }
  var unattributed: Int64 { publication.unattributed.reduce(0) { $0 + $1.units } }

  static func id(_ text: String) -> Identifier { Identifier(text) ?? .none }

  mutating func pass(_ milliseconds: Int64) { now = now + milliseconds }

  // MARK: The machine

  @discardableResult
  mutating func say(_ input: PublicationInput) -> PublicationVerdict {
    // Targets are told before anything else, as a publisher does in the same turn.
    publication.aim(at: ats)
    while let due = publication.due(at: now) { apply(due) }
    let before = publication
    let verdict = publication.decide(input, now: now)
    #expect(publication == before)
    if case .accept(let entry) = verdict { apply(entry) }
    return verdict
  }

  private mutating func apply(_ entry: PublicationEntry) {
    publication.apply(entry, at: now)
    entries.append((entry, now))
    publication.checkInvariants()
  }

  /// The machine as its entries alone make it; the target is told anew.
  var replayed: Publication {
    var publication = Publication()
    for entry in entries { publication.apply(entry.body, at: entry.at) }
    publication.aim(at: ats)
    return publication
  }

  /// The answer never comes.
  mutating func loseAnswer() { onWire = nil }

  /// The process ends here, and comes back from its journal.
  mutating func crash() {
    let image = publication.image
    publication = replayed
    #expect(publication.image == image)
    onWire = nil
    seen = nil
    say(.restarted)
  }

  // MARK: A write, step by step

  /// The machine's write leaves.
  @discardableResult
  mutating func send() -> PublicationEntry.Write? {
    publication.aim(at: ats)
    if case .repeating(let write) = next {
      say(.repeating)
      return write
    }
    keys += 1
    guard case .accept(.sending(let write)) = say(.sending(key: Self.id("key-\(keys)"))) else { return nil }
    return write
  }

  /// What is out takes effect at the channel, or does not.
  mutating func arrive() {
    guard let write = publication.writeOut else { return }
    onWire = answers[write.key] ?? effect(of: write)
    answers[write.key] = onWire
  }

  private mutating func effect(of write: PublicationEntry.Write) -> PublicationInput.WriteAnswer {
    if let from = write.changeFrom, from != available { return .stale }
    available = write.quantity
    writes.append(write.quantity)
    return .accepted
  }

  /// The answer comes back.
  @discardableResult
  mutating func answer() -> PublicationInput.WriteAnswer? {
    guard let answer = onWire else { return nil }
    onWire = nil
    say(.answered(answer))
    return answer
  }

  @discardableResult
  mutating func write() -> PublicationInput.WriteAnswer? {
    send()
    arrive()
    return answer()
  }

  // MARK: A read, step by step

  mutating func ask() {
    seen = nil
    say(.reading)
  }
  mutating func look() { seen = available }
  mutating func tell() {
    if let seen { say(.read(available: seen)) }
    seen = nil
  }

  mutating func read() {
    ask()
    look()
    tell()
  }

  // MARK: The ledger

  /// Does what the machine asks of the ledger.
  mutating func book() {
    while true {
      switch next {
      case .book(let number, let units), .join(let number, let units):
        unnamed[number] = units == 0 ? nil : units
        say(.claimed(number: number, units: units))
      default: return
      }
    }
  }

  // MARK: The channel

  /// Shopify's own checkout sells; nobody is told.
  mutating func sells(_ order: String, _ units: Int64 = 1) {
    available -= units
    orders[order] = (units, channelTime)
    changes.append((name: order, delta: -units))
  }

  /// An order made by who held through us, without touching the channel's number.
  mutating func sellsBypassing(_ order: String, _ units: Int64 = 1) {
    orders[order] = (units, channelTime)
  }

  mutating func restocks(_ document: String, of order: String, _ units: Int64 = 1) {
    available += units
    restocks[document] = (order, units, channelTime)
    changes.append((name: document, delta: units))
  }

  /// A person sets the number by hand.
  mutating func edit(by units: Int64) {
    available += units
    changes.append((name: "", delta: units))
  }

  /// The time as the channel writes it down.
  var channelTime: Timestamp {
    let time = now.milliseconds + clockOffset
    return Timestamp(milliseconds: hasWholeSeconds ? time - time % 1_000 : time)
  }

  /// The order's webhook: the ledger counts it, the target is told, and the machine hears its name.
  mutating func hears(_ order: String, _ holding: PublicationInput.Holding = .nobody) {
    guard let known = orders[order], let units = Quantity(known.units), heard.insert(order).inserted else { return }
    named[order, default: 0] += known.units
    if holding != .nobody { held -= known.units }
    say(.order(NamedChange(.order, document: Self.id(order), units: units, madeAt: known.madeAt), holding))
  }

  mutating func hears(restock document: String) {
    guard let known = restocks[document], let units = Quantity(known.units), heard.insert(document).inserted else {
      return
    }
    named[known.order, default: 0] -= known.units
    say(.restock(NamedChange(.restock, document: Self.id(document), units: units, madeAt: known.madeAt)))
  }

  /// One step of whatever the machine wants; false where it rests.
  mutating func step() -> Bool {
    say(.restarted)
    publication.aim(at: ats)
    switch next {
    case .rest, .handOver, .deadLetter: return false
    case .wait(let until): now = until
    case .read: read()
    case .send, .repeating: write()
    case .book, .join: book()
    }
    return true
  }

  /// All calls are answered, all waits waited, until the machine rests.
  mutating func settle() {
    for _ in 0..<200 {
      if !step() { return }
    }
    Issue.record("the machine does not come to rest: \(next)")
  }

  /// At rest, both sides equal, and replay agrees.
  mutating func expectRest(
    at units: Int64, unattributed: Int64 = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    settle()
    #expect(available == units, "the channel", sourceLocation: sourceLocation)
    #expect(ats == units, "the ledger", sourceLocation: sourceLocation)
    #expect(expected == units, "the mirror", sourceLocation: sourceLocation)
    #expect(self.unattributed == unattributed, "claims without a name", sourceLocation: sourceLocation)
    #expect(replayed == publication, "replay", sourceLocation: sourceLocation)
  }
}

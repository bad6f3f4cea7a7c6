/// All that waits to leave for one channel: its publications by key, the calls that are out, and which goes next.
///
/// A value without clock, network or chance, so that its owner is a shell: it tells what happened, journals
/// ``takeEntries()`` and sends ``nextCall(at:key:)`` once they are durable. A call's rows share one idempotency key
/// and one fate: they are repeated together, taken together or not at all. Keys at rest are kept as images, some dozen
/// bytes each. An owner whose keys decide elsewhere, as keepers do, works with ``nextDraft(at:)`` and
/// ``adopt(_:of:at:)`` instead; then keys at rest are not kept at all. Source: docs/shopify-publication.md.
public struct PublicationOutbox: Sendable {
  /// Bounds of its calls.
  public let rules: PublicationOutboxRules
  /// True where an operator stopped all calls of the channel; what happens is counted all the same.
  public private(set) var isSuspended = false
  /// True in a dry run: what the channel holds is read, and nothing is written.
  public var isDryRun = false
  /// Whether the channel answers.
  public internal(set) var circuit: PublicationCircuit

  /// Keys in motion: something is out, owed, waited for or wanted.
  var active: [StockKey: Publication] = [:]
  /// Images of keys whose channel has their target.
  var resting: [StockKey: [UInt8]] = [:]
  var writes: PublicationOrder<StockKey>
  var reads: PublicationOrder<StockKey>
  /// Keys of each write that is out or to be repeated, in their order.
  var writesOut: [Identifier: [StockKey]] = [:]
  /// Keys of each read that is out, by its number.
  var readsOut: [Int: [StockKey]] = [:]
  var readCount = 0
  /// Calls of the one kind that left in a row while the other waited.
  var passedOver: (reads: Int, writes: Int) = (0, 0)
  /// Writes that an answer is awaited of; the others that are out are to be repeated.
  var writesAwaited: Set<Identifier> = []
  /// Writes that may be repeated; one that may not after all is dead here.
  var repeats = TimeHeap<Identifier>()
  /// Keys that time alone moves on, and when each is looked at first.
  var wakes = TimeHeap<StockKey>()
  var wakeTimes: [StockKey: Timestamp] = [:]
  /// Keys of which the ledger owes a claim.
  var owing: Set<StockKey> = []
  var stopped: [StockKey: PublicationEntry.Trouble] = [:]
  /// While keys are restored: what became of writes that some row knows the answer of.
  var fates: [Identifier: Bool] = [:]
  var entries: [Entry] = []

  /// An entry of one key's publication, to be journaled.
  public struct Entry: Hashable, Sendable {
    /// The key.
    public let key: StockKey
    /// What happened to its publication.
    public let body: PublicationEntry
    /// When.
    public let at: Timestamp
  }

  /// A row of a write.
  public struct Row: Hashable, Sendable {
    /// The key.
    public let key: StockKey
    /// What the channel shall hold.
    public let quantity: Int64
    /// What it must hold for that; nil only in an operator's forced refresh.
    public let changeFrom: Int64?
  }

  /// A call to make.
  public enum Call: Hashable, Sendable {
    /// Write these rows, all or none, under this key.
    case write(key: Identifier, rows: [Row])
    /// Read what the channel holds of these keys; answered under this number.
    case read(number: Int, keys: [StockKey])
  }

  /// How a channel answered a write of many rows.
  public enum WriteAnswer: Hashable, Sendable {
    /// All rows are written, now or at an earlier sending.
    case accepted
    /// No row is written, because of these, by their places in the call. Without any, because of the call itself.
    case refused([Int: RowFault])
    /// No answer, a server's failure, or the same key is still being worked on.
    case unknown
    /// Nothing was done, and nothing will be before a time.
    case throttled(until: Timestamp)
    /// The key is known with other parameters.
    case keyMismatch
  }

  /// What is wrong with a row.
  public enum RowFault: Hashable, Sendable {
    /// The channel holds another number than the row changes from.
    case stale
    /// The channel does not take it.
    case rejected(PublicationEntry.Rejection)
  }

  /// A claim without a name that the ledger is to hold.
  public struct Owed: Hashable, Sendable {
    /// The key.
    public let key: StockKey
    /// The claim's number within the key's publication.
    public let number: Int64
    /// All its units; at 0 the claim ends.
    public let units: Int64
  }

  /// A call that may leave, once its keys have agreed to it.
  public enum Draft: Hashable, Sendable {
    /// Asks for ``PublicationInput/sending(key:)``.
    case write([StockKey])
    /// Asks for ``PublicationInput/repeating``, of all or none.
    case repeating(Identifier, [StockKey])
    /// Asks for ``PublicationInput/reading``.
    case read([StockKey])
  }

  /// What a key is told.
  public typealias Told = (key: StockKey, input: PublicationInput)

  /// An outbox that knows no key.
  public init(rules: PublicationOutboxRules = PublicationOutboxRules()) {
    self.rules = rules
    circuit = PublicationCircuit(rules: rules)
    writes = PublicationOrder(rules: rules.order)
    reads = PublicationOrder(rules: rules.order)
  }

  // MARK: What is told

  /// Takes a key's publication back as its entries left it. Where it has no target, that is told before
  /// ``restart(at:)``; where it has one and is at rest, it is not kept.
  public mutating func restore(_ publication: Publication, of key: StockKey) {
    if let write = publication.writeOut {
      writesOut[write.key, default: []].append(key)
    } else if let write = publication.answered {
      fates[write.key] = write.wasAccepted
    }
    if !publication.isAtRest { active[key] = publication }
  }

  /// After a restart, when every key is restored and has its target: what was out has no answer.
  public mutating func restart(at now: Timestamp) {
    for told in restarted() { tell(told.input, of: told.key, at: now) }
  }

  /// What a key should hold, and where the ledger changed for a reason that the channel named, that reason.
  @discardableResult
  public mutating func tell(
    target: Int64, _ input: PublicationInput? = nil, of key: StockKey, at now: Timestamp
  ) -> PublicationVerdict? {
    var publication = take(key)
    publication.aim(at: target)
    let verdict = input.map { decide($0, &publication, of: key, at: now) }
    keep(publication, of: key, at: now)
    return verdict
  }

  /// What happened to a key.
  @discardableResult
  public mutating func tell(_ input: PublicationInput, of key: StockKey, at now: Timestamp) -> PublicationVerdict {
    var publication = take(key)
    let verdict = decide(input, &publication, of: key, at: now)
    keep(publication, of: key, at: now)
    return verdict
  }

  /// Stops all calls, or lets them go on.
  public mutating func suspend(_ isSuspended: Bool) { self.isSuspended = isSuspended }

  // MARK: What is asked

  /// Entries since the last time, in order. A call leaves when all of them are durable; the next call of any of its
  /// keys, when its answer's entries are.
  public mutating func takeEntries() -> [Entry] {
    defer { entries = [] }
    return entries
  }

  /// Claims that the ledger is to hold; each is told again until `claimed` says that it does.
  public func owed(at now: Timestamp) -> [Owed] {
    owing.sorted().compactMap { key in
      switch active[key]?.action(at: now) {
      case .book(let number, let units), .join(let number, let units): Owed(key: key, number: number, units: units)
      default: nil
      }
    }
  }

  /// Keys whose publication has stopped, and why: dead letters, and what is reconciliation's.
  public var stoppedKeys: [(key: StockKey, trouble: PublicationEntry.Trouble)] {
    stopped.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Some of the keys that have stopped, in their order: a page of a million costs one look at each.
  ///
  /// - Parameters:
  ///   - last: The key after which the page begins; nil for the first.
  ///   - limit: The most keys, at least 1.
  public func stoppedKeys(after last: StockKey?, limit: Int) -> [StockKey] {
    var page: [StockKey] = []
    for key in stopped.keys where last.map({ $0 < key }) ?? true {
      if page.count == limit, let end = page.last, end < key { continue }
      page.insert(key, at: page.firstIndex { key < $0 } ?? page.endIndex)
      if page.count > limit { page.removeLast() }
    }
    return page
  }

  /// A key's publication; nil where none is known.
  public func publication(of key: StockKey) -> Publication? { active[key] ?? rested(key) }

  /// How many keys have stopped.
  public var stoppedCount: Int { stopped.count }

  /// Keys that wait to be written, and to be read.
  public var waiting: (toWrite: Int, toRead: Int) { (writes.count, reads.count) }

  /// Since when the first of those that may leave has waited; nil where none waits. In a dry run nothing is written.
  public mutating func waitingSince() -> Timestamp? {
    [reads.waitingSince(), isDryRun ? nil : writes.waitingSince()].compactMap { $0 }.min()
  }

  /// Keys in motion, and all that are known.
  public var counts: (active: Int, all: Int) { (active.count, active.count + resting.count) }

  /// Calls that an answer is awaited of.
  public var callsAwaited: Int { writesAwaited.count + readsOut.count }

  /// Claims without a name, by key, sorted; of keys that have any.
  public var unnamedClaims: [(key: StockKey, claims: [UnattributedClaim])] {
    active.lazy.filter { !$0.value.unattributed.isEmpty }.map { ($0.key, $0.value.unattributed) }
      .sorted { $0.0 < $1.0 }
  }

  /// Writes that are out or to be repeated.
  public var writesUnanswered: Int { writesOut.count }

  /// True until a write is answered.
  public func isOut(write: Identifier) -> Bool { writesOut[write] != nil }
}

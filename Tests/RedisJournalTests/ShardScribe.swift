import Logging
import RedisJournal
import RedisRig
import StockJournal
import StockLedger

/// Writes one shard's log as an engine would: claims it, then seals holds under the claim, one record after the other.
struct ShardScribe {
  let shard: Int
  let journal: RedisJournal
  private(set) var head: ShardHead
  let epoch: UInt64
  let nonce: RecordNonce

  /// Claims a shard.
  ///
  /// - Throws: ``NotGranted`` where it is not granted.
  init(_ journal: RedisJournal, shard: Int = 17, nonce: UInt64) async throws {
    self.shard = shard
    self.journal = journal
    self.nonce = RecordNonce(first: nonce, second: 1)
    let outcome = try await journal.claim([shard], nonce: self.nonce, at: Self.start)[0]
    guard case .granted(let head, let epoch) = outcome else { throw NotGranted(outcome: outcome) }
    self.head = head
    self.epoch = epoch
  }

  struct NotGranted: Error {
    var outcome: ClaimOutcome
  }

  static let start = Timestamp(milliseconds: 1_700_000_000_000)

  /// The next record, of so many holds; the log goes on from it.
  mutating func next(count: Int = 1) -> JournalRecord {
    let first = head.number + 1
    let at = max(Self.start, head.time) + 1
    let entries = (0..<count).map { place in
      JournalEntry(
        at: at,
        body: .held(
          Held(
            id: Identifier(high: nonce.first, low: first + UInt64(place)), quantity: .one, expiresAt: at + 600_000,
            requestedAt: at, channel: .none, customer: .none, reference: .none)))
    }
    var payload: [UInt8] = []
    EntryCodec.appendSection(key: .journal, entries: entries, to: &payload)
    let record = JournalRecord.seal(
      shard: shard, epoch: epoch, nonce: nonce, firstNumber: first, count: count, time: at, previous: head.hash,
      payload: payload)
    head = record.head
    return record
  }

  /// Appends the next record.
  mutating func write(count: Int = 1) async throws -> AppendOutcome {
    try await journal.append([next(count: count)])[0]
  }

  /// The shard's whole log as the store has it.
  func log() async throws -> [JournalRecord] { try await journal.records(shard: shard, after: 0, limit: .max) }
}

extension RedisServer {
  /// A journal on this server; made where it is not there.
  func journal(
    node: String = "a", through port: UInt16? = nil, replicas: Int? = nil, others: [RedisServer] = [],
    _ change: (inout RedisJournal.Options) -> Void = { _ in }
  ) async throws -> RedisJournal {
    let ports = [port ?? self.port] + others.map(\.port)
    let address = try RedisAddress("redis://" + ports.map { "127.0.0.1:\($0)" }.joined(separator: ","))
    return try await journal(at: address, node: node, replicas: replicas, change)
  }

  /// A journal at an address of this server.
  func journal(
    at address: RedisAddress, node: String = "a", replicas: Int? = nil,
    _ change: (inout RedisJournal.Options) -> Void = { _ in }
  ) async throws -> RedisJournal {
    var options = RedisJournal.Options()
    options.node = RedisNode(name: node, address: "\(node).test:1")
    options.creates = true
    options.replicas = replicas
    change(&options)
    return try await RedisJournal.open(address, options: options, logger: Logger(label: "test") { _ in SilentLog() })
  }

  /// How many records a shard's stream holds.
  func recordCount(shard: Int = 17) throws -> Int64? { try ask("XLEN", "{s:\(shard)}:log").integer }
}

/// Tests say what they expect; a log line would only be noise.
struct SilentLog: LogHandler {
  var logLevel = Logger.Level.critical
  var metadata: Logger.Metadata = [:]
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }
  func log(event: LogEvent) {}
}

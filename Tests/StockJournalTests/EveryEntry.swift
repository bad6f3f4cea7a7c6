import StockJournal
import StockLedger

/// One entry of every kind, and of every shape that a kind has. Frozen: the golden record holds exactly these.
enum EveryEntry {
  static let at = Timestamp(milliseconds: 1_700_000_000_000)

  static func id(_ text: String) -> Identifier { Identifier(text) ?? .none }

  static func key(_ location: String) throws -> StockKey {
    try StockKey(shop: "kiosk", sku: "85123A", location: location)
  }

  static func list() throws -> [JournalEntry] {
    try bodies().enumerated().map { JournalEntry(at: at + Int64($0), body: $1) }
  }

  private static func bodies() throws -> [JournalEntry.Body] {
    let thousand = Quantity(1_000_000_000) ?? .one
    let plain = Held(
      id: id("r-1"), quantity: .one, expiresAt: at + 600_000, requestedAt: at, channel: .none, customer: .none,
      reference: .none)
    let full = Held(
      id: id("f81d4fae-7dec-41d0-a765-00a0c91e6bf6"), quantity: thousand, expiresAt: .distantFuture,
      requestedAt: at - 3_000, channel: id("web"), customer: id("12345678901234567890"), reference: id("token"))
    let first = try key("leeds")
    let second = try key("york")
    var policy = KeyPolicy()
    policy.safetyBuffer = 3
    policy.owners.onHand = id("erp")
    policy.owners.open = id("shopify")
    policy.skew = 0
    policy.skews = [SourceSkew(count: id("erp"), claims: id("wms"), milliseconds: 86_400_000)]
    policy.openFallsTo = .onHand
    policy.othersFallTo = .nobody
    policy.channels = [
      ChannelPolicy(channel: id("till")), ChannelPolicy(channel: id("web"), buffer: 2, quota: 9, quotaSince: at),
    ]
    policy.customerLimit = CustomerLimit(units: 4, since: at)
    return [
      .held(plain), .held(full),
      .confirmed(Confirmed(id: id("r-1"), claim: id("line-1"), kind: .sale, cumulative: thousand, fromReserved: 0)),
      .released(id("r-1"), .one), .extended(id("r-1"), expiresAt: at + 900_000), .expired(id("r-1")),
      .policySet(.default), .policySet(policy), .fallenFreed(.open, upTo: at), .markReset(.pending, id("pos")),
      .linePrepared(plain, first: first),
      .lineEnded(id("cart"), .confirm, claim: id("line-1"), kind: .order), .lineExtended(id("cart"), expiresAt: at),
      .cartDecided(CartDecision(id: id("cart"), lines: [first, second], expiresAt: at + 1)), .cartAbandoned(id("cart")),
      .cartEnded(id("cart"), .expire, claims: [CartClaim(line: second, claim: id("line-2"), kind: .sale)]),
      .cartExtended(id("cart"), expiresAt: at - 1), .lineAcknowledged(id("cart"), line: second),
    ] + reports().map { .reported($0) }
  }

  private static func reports() -> [Report] {
    let bodies: [Report.Body] = [
      .count(Count(units: -9_007_199_254_740_992, asOf: at)),
      .count(
        Count(units: 12, asOf: at - 60_000, isPhysical: true, includes: [SourceTime(source: id("pos"), time: at)])),
      .adjustment(Adjustment(document: id("grn-7"), delta: -4, occurredAt: at)),
      .aggregate(Aggregate(component: .pending, units: 3, asOf: at, since: at - 1, out: 0)),
      .aggregate(Aggregate(component: .open, units: 0, asOf: at)),
      .demand(Demand(claim: id("line-1"), kind: .order, total: .one, occurredAt: at)),
      .demand(
        Demand(
          claim: id("line-2"), kind: .sale, total: .one, occurredAt: .distantPast, reference: id("token"),
          channel: id("till"), customer: id("c-1"))),
      .stage(
        StageReport(claim: id("line-1"), stage: .ship, amount: .document(id("parcel"), .one), occurredAt: at)),
      .stage(
        StageReport(claim: id("line-2"), kind: .sale, stage: .returned, amount: .cumulative(0), occurredAt: at)),
      .move(Move(claim: id("line-1"), document: id("mv"), direction: .leaves, units: .one, occurredAt: at)),
      .completeThrough(.allocated, at - 5),
    ]
    return bodies.enumerated().map { index, body in
      Report(
        source: id("erp"), delivery: id("d-\(index)"), incarnation: Int64(index) - 3,
        number: index % 2 == 0 ? nil : Int64.min, body: body)
    }
  }

  /// The entries as one payload: a section of all, one of a single entry, one of the item itself.
  static func payload() throws -> [UInt8] {
    var payload: [UInt8] = []
    let entries = try list()
    EntryCodec.appendSection(key: try key("leeds"), entries: entries, to: &payload)
    EntryCodec.appendSection(key: try key("york"), entry: entries[0], to: &payload)
    EntryCodec.appendSection(key: try key(""), entry: entries[1], to: &payload)
    return payload
  }

  static func record() throws -> JournalRecord {
    let count = try list().count + 2
    return JournalRecord.seal(
      shard: try key("leeds").shard, epoch: 3, nonce: RecordNonce(first: 0x0102_0304_0506_0708, second: .max),
      firstNumber: 1_000, count: count, time: at + 60, previous: RecordHash(first: 1, second: 2),
      payload: try payload())
  }

  static func snapshot() throws -> ShardSnapshot {
    let record = try record()
    return ShardSnapshot(
      shard: record.shard, through: record.lastNumber, hash: record.hash, time: record.time,
      images: [
        KeyImage(key: try key(""), number: 1_001, bytes: []),
        KeyImage(key: try key("leeds"), number: 1_002, bytes: [1, 2, 3]),
        KeyImage(key: try key("york"), number: record.lastNumber, bytes: Array(repeating: 0xAA, count: 70)),
      ])
  }
}

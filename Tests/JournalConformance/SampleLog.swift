public import StockJournal
public import StockLedger

/// Makes the records of one shard, one after the other, as an engine would: same calls, same bytes.
public struct SampleLog: Sendable {
  /// The shard.
  public let shard: Int
  /// A key of the shard.
  public let key: StockKey
  /// Where the log ends.
  public private(set) var head: ShardHead
  /// The epoch that records carry where no other is asked for.
  public let epoch: UInt64
  /// The nonce that records carry where no other is asked for.
  public let nonce: RecordNonce

  /// A log of a shard, 0 to 255, that goes on from a head; empty where that is left out.
  public init(
    shard: Int, from head: ShardHead = ShardHead(), epoch: UInt64 = 1,
    nonce: RecordNonce = RecordNonce(first: 7, second: 9)
  ) {
    self.shard = shard
    self.head = head
    self.epoch = epoch
    self.nonce = nonce
    key = Self.key(shard: shard, number: 0)
  }

  /// The so-manieth key of a shard, found by trying SKUs in order.
  public static func key(shard: Int, number: Int) -> StockKey {
    var found = -1
    var sku = 0
    while true {
      if let key = try? StockKey(shop: "kiosk", sku: "\(sku)", location: "leeds"), key.shard == shard {
        found += 1
        if found == number { return key }
      }
      sku += 1
    }
  }

  /// Before every entry's time.
  public static let start = Timestamp(milliseconds: 1_700_000_000_000)

  /// A hold, told apart by its number.
  public static func held(_ number: UInt64) -> JournalEntry {
    let at = start + Int64(clamping: number)
    return JournalEntry(
      at: at,
      body: .held(
        Held(
          id: Identifier(high: 0x6f72_6465_7200_0000, low: number), quantity: .one, expiresAt: at + 600_000,
          requestedAt: at, channel: .none, customer: .none, reference: .none)))
  }

  /// The next record, of so many holds.
  public mutating func next(count: Int = 1, epoch: UInt64? = nil, nonce: RecordNonce? = nil) -> JournalRecord {
    let first = head.number + 1
    let entries = (0..<count).map { Self.held(first + UInt64($0)) }
    var payload: [UInt8] = []
    EntryCodec.appendSection(key: key, entries: entries, to: &payload)
    let record = JournalRecord.seal(
      shard: shard, epoch: epoch ?? self.epoch, nonce: nonce ?? self.nonce, firstNumber: first, count: count,
      time: entries[count - 1].at, previous: head.hash, payload: payload)
    head = record.head
    return record
  }

  /// A snapshot as of the head, of so many images.
  public func snapshot(images count: Int = 2, imageBytes: Int = 40) -> ShardSnapshot {
    let images = (0..<count).map { index in
      KeyImage(
        key: Self.key(shard: shard, number: index), number: head.number,
        bytes: (0..<imageBytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index) })
    }
    return ShardSnapshot(
      shard: shard, through: head.number, hash: head.hash, time: head.time,
      images: images.sorted { $0.key < $1.key })
  }
}

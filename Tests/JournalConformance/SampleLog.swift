public import StockJournal
public import StockLedger

/// Makes the records of one shard, one after the other, as an engine would: same calls, same bytes.
public struct SampleLog: Sendable {
  /// The shard.
  public let shard: Int
  /// A key of the shard.
  public let key: StockKey
  /// Where the log ends.
  public private(set) var head = ShardHead()

  /// An empty log of a shard, 0 to 255.
  public init(shard: Int) {
    self.shard = shard
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

  /// A hold, told apart by its number.
  public static func held(_ number: UInt64) -> JournalEntry {
    let at = Timestamp(milliseconds: 1_700_000_000_000) + Int64(clamping: number)
    return JournalEntry(
      at: at,
      body: .held(
        Held(
          id: Identifier(high: 0x6f72_6465_7200_0000, low: number), quantity: .one, expiresAt: at + 600_000,
          requestedAt: at, channel: .none, customer: .none, reference: .none)))
  }

  /// The next record, of so many holds.
  public mutating func next(count: Int = 1, epoch: UInt64 = 1) -> JournalRecord {
    let first = head.number + 1
    let entries = (0..<count).map { Self.held(first + UInt64($0)) }
    var payload: [UInt8] = []
    EntryCodec.appendSection(key: key, entries: entries, to: &payload)
    let record = JournalRecord.seal(
      shard: shard, epoch: epoch, nonce: RecordNonce(first: 7, second: 9), firstNumber: first, count: count,
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

import StockJournal
import StockLedger

/// Reads logs and snapshots; confined to its thread, on a connection of its own, so that commits never wait for it.
///
/// Everything is verified as it is read: checksums, the chain, and at a log's end that it ends where its owner's row
/// says.
final class RedisReader: @unchecked Sendable {
  // Confined: everything here is touched by the reading thread alone.
  let session: RedisSession
  let archive: RedisArchive?
  /// The epoch of the record that ends at a number: where a read may go on without a search.
  private var epochs: [Int: (number: UInt64, epoch: UInt64)] = [:]

  init(session: RedisSession, archive: RedisArchive?) {
    self.session = session
    self.archive = archive
  }

  /// Runs work with its failures named as the port names them. Reads change nothing: one more try on a new connection.
  func usable<Value>(_ work: () throws -> Value) -> Result<Value, StoreFailure> {
    for _ in 0..<2 {
      do { return .success(try work()) } catch RedisFailure.noReply, RedisFailure.dead { continue } catch {
        return .failure(RedisStoreFailure.failure(error))
      }
    }
    do { return .success(try work()) } catch { return .failure(RedisStoreFailure.failure(error)) }
  }

  // MARK: Heads

  /// Where each shard's log ends, as its owner's row says.
  func heads() throws -> [ShardHead] { try owners(of: Array(0..<256)).map(\.head) }

  /// The owner rows of shards.
  func owners(of shards: [Int]) throws -> [OwnState] {
    var writer = RESPWriter()
    RedisOwnerRow.ask(shards, in: &writer)
    let replies = RedisOwnerRow.read(try session.run(&writer))
    return try zip(shards, replies).map { try Self.owner(of: $0, $1) }
  }

  static func owner(of shard: Int, _ row: OwnReply) throws -> OwnState {
    switch row {
    case .own(let state): return state
    case .gone: throw gone(shard)
    case .word(let line): throw WordClass.failure(line)
    case .none: throw StoreFailure.unavailable("no answer")
    }
  }

  static func gone(_ shard: Int) -> StoreFailure {
    .damaged(
      "the row of shard \(shard) is gone: this Redis was emptied, or evicted keys; restore it from a copy, "
        + "and set maxmemory-policy noeviction")
  }

  // MARK: Records

  /// Records after a number, archive first.
  func records(shard: Int, after number: UInt64, limit: Int) throws -> [JournalRecord] {
    guard (0...255).contains(shard), limit > 0 else { return [] }
    var found: [JournalRecord] = []
    var chain: RecordChain?
    if let archive, number < archive.last(shard: shard) {
      found = try archive.records(shard: shard, after: number, limit: limit)
      chain = found.last.map { RecordChain(shard: shard, from: $0.head) }
    }
    while found.count < limit {
      let from = found.last?.lastNumber ?? number
      let batch = try logRecords(shard: shard, after: from, limit: min(256, limit - found.count), chain: &chain)
      if batch.isEmpty { break }
      found += batch
    }
    return found
  }

  /// One read of the stream: the record that ends at `number` too where it is there, for the chain.
  private func logRecords(
    shard: Int, after number: UInt64, limit: Int, chain: inout RecordChain?
  ) throws -> [JournalRecord] {
    let start = try startID(shard: shard, number: number)
    var writer = RESPWriter()
    writer.command("XRANGE", RedisKeys.log(shard), start, "+", "COUNT", "\(limit + 1)")
    let reply = try session.run(&writer)[0]
    guard let entries = reply.array else { throw Self.failure(reply, "the log of shard \(shard)") }
    var found: [JournalRecord] = []
    for entry in entries where found.count < limit {
      let record = try Self.record(entry, shard: shard)
      if record.lastNumber <= number {
        if chain == nil { chain = RecordChain(shard: shard, from: record.head) }
        continue
      }
      do {
        if chain == nil { chain = RecordChain(shard: shard, from: try base(of: record, after: number, shard: shard)) }
        try chain?.accept(record)
      } catch let error as RecordError {
        throw error.failure(at: "shard \(shard), the record that ends at \(record.lastNumber)")
      }
      found.append(record)
    }
    if let last = found.last { epochs[shard] = (last.lastNumber, last.epoch) }
    return found
  }

  /// What a first record follows whose predecessor is not there: the log begins here, or what was before was trimmed.
  private func base(of record: JournalRecord, after number: UInt64, shard: Int) throws -> ShardHead {
    if record.firstNumber == 1 { return ShardHead() }
    let before = record.firstNumber - 1
    if before >= number {
      // The record that ends there was asked for too: it is gone, by trimming or by damage.
      guard try names(shard: shard).contains(where: { $0.through >= before }) else {
        throw RecordError(.number(expected: number + 1, found: record.firstNumber))
      }
      guard before == number else {
        throw StoreFailure.historyTrimmed(shard: shard, since: record.firstNumber)
      }
    }
    return ShardHead(number: before, hash: record.previous, epoch: record.epoch, time: record.time)
  }

  /// The stream id at which a record that ends at `number` stands, or before which all such records stand.
  private func startID(shard: Int, number: UInt64) throws -> String {
    if number == 0 { return "-" }
    if let known = epochs[shard], known.number == number { return "\(known.epoch)-\(number)" }
    // Ids order by epoch, then by number, and numbers grow with epochs: the epoch is found by halving.
    guard var low = try edge(shard, "XRANGE", "-", "+"), let last = try edge(shard, "XREVRANGE", "+", "-") else {
      return "-"
    }
    if low.number > number { return "-" }
    var high = last.epoch + 1
    while high - low.epoch > 1 {
      let middle = low.epoch + (high - low.epoch) / 2
      if let first = try edge(shard, "XRANGE", "\(middle)-0", "+"), first.number <= number {
        low = first
      } else {
        high = middle
      }
    }
    return "\(low.epoch)-\(number)"
  }

  private func edge(
    _ shard: Int, _ order: String, _ from: String, _ to: String
  ) throws -> (epoch: UInt64, number: UInt64)? {
    let reply = try session.ask(order, RedisKeys.log(shard), from, to, "COUNT", "1")
    guard let entries = reply.array else { throw Self.failure(reply, "the log of shard \(shard)") }
    return try entries.first.map { try Self.id($0, shard: shard) }
  }

  static func id(_ entry: RedisReply, shard: Int) throws -> (epoch: UInt64, number: UInt64) {
    let fields = entry.array?.first?.text?.split(separator: "-") ?? []
    guard fields.count == 2, let epoch = UInt64(fields[0]), let number = UInt64(fields[1]),
      epoch <= JournalRecord.numberMax
    else {
      throw StoreFailure.damaged("shard \(shard): an entry of its log has no id; restore Redis from a copy")
    }
    return (epoch, number)
  }

  static func record(_ entry: RedisReply, shard: Int) throws -> JournalRecord {
    let (epoch, number) = try id(entry, shard: shard)
    let place = "shard \(shard), entry \(epoch)-\(number) of its log"
    guard let fields = entry.array?.last?.array, fields.count == 2, let bytes = fields[1].bytes else {
      throw StoreFailure.damaged("\(place): not a record; restore Redis from a copy")
    }
    do throws(RecordError) {
      let record = try JournalRecord(bytes: bytes)
      guard record.lastNumber == number else { throw RecordError(.number(expected: number, found: record.lastNumber)) }
      return record
    } catch { throw error.failure(at: place) }
  }

  static func failure(_ reply: RedisReply, _ what: String) -> StoreFailure {
    guard let line = reply.error else { return .damaged("\(what): an answer that is none") }
    return WordClass.failure(line)
  }

  // MARK: Pages

  /// A shard a page, or a part of a long one; at a shard's end its log is compared with its owner's row.
  func page(after numbers: [UInt64], from cursor: PageCursor) throws -> RecordPage {
    var shard = Int(cursor.raw >> 54)
    var number = cursor.raw & (1 << 54 - 1)
    while shard < 256 {
      if numbers[shard] > JournalRecord.numberMax {
        shard += 1
        number = 0
        continue
      }
      let end = try owners(of: [shard])[0]
      let after = max(number, numbers[shard])
      let found = try records(shard: shard, after: after, limit: 512)
      let reached = found.last?.lastNumber ?? after
      if found.count == 512 {
        return RecordPage(records: found, next: PageCursor(raw: UInt64(shard) << 54 | reached))
      }
      if reached < end.head.number
        || (reached == end.head.number && found.last.map { $0.hash != end.head.hash } == true)
      {
        throw StoreFailure.damaged(
          "the log of shard \(shard) ends at entry \(reached), its owner's row says \(end.head.number); "
            + "restore Redis from a copy")
      }
      let next = shard == 255 ? nil : PageCursor(raw: UInt64(shard + 1) << 54)
      return RecordPage(records: found, next: next)
    }
    return RecordPage(records: [], next: nil)
  }

  /// Remembers where a snapshot ends, so that its tail is found without a search.
  func note(_ name: SnapshotName, shard: Int) { epochs[shard] = (name.through, name.epoch) }
}

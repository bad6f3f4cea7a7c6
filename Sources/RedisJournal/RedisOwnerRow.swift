import StockJournal
import StockLedger

/// A shard's row in Redis, as it is asked for and read: who owns it, for how long, and where its log ends.
enum RedisOwnerRow {
  /// Milliseconds since 1970, and seconds all the more, that can be reckoned with: to the year 287396.
  private static let times: ClosedRange<Int64> = 0...(1 << 53)
  private static let fields = ["epoch", "nonce", "node", "addr", "seq", "hash", "time", "until"]

  /// Asks for the rows of shards, and for Redis's time; one reply each.
  static func ask(_ shards: [Int], in writer: inout RESPWriter) {
    for shard in shards {
      writer.command(2 + fields.count)
      writer.argument("HMGET")
      writer.argument(RedisKeys.owner(shard))
      for field in fields { writer.argument(field) }
    }
    writer.command("TIME")
  }

  /// Reads the answers to ``ask(_:in:)``: one per shard.
  static func read(_ replies: [RedisReply]) -> [OwnReply] {
    guard let last = replies.last else { return [] }
    guard let time = milliseconds(last) else {
      return replies.dropLast().map { _ in .word(last.error ?? "TIME gave no time") }
    }
    return replies.dropLast().map { read($0, now: time) }
  }

  private static func read(_ reply: RedisReply, now: Int64) -> OwnReply {
    guard let values = reply.array else { return .word(reply.error ?? "an answer that is none") }
    guard values.count == fields.count, values[0] != .null else { return .gone }
    guard let epoch = values[0].text.flatMap({ UInt64($0) }),
      let nonce = values[1].bytes.flatMap({ RecordNonce(hexadecimal: $0) }),
      let number = values[4].text.flatMap({ UInt64($0) }),
      let hash = values[5].bytes.flatMap({ RecordHash(hexadecimal: $0) }),
      let time = values[6].integer, let until = values[7].integer, Self.times.contains(until)
    else { return .gone }
    // A shard without entries has no time yet.
    let at: Timestamp = number == 0 ? .distantPast : Timestamp(milliseconds: time)
    return .own(
      OwnState(
        epoch: epoch, nonce: nonce, node: values[2].text ?? "", address: values[3].text ?? "",
        head: ShardHead(number: number, hash: hash, epoch: epoch, time: at), leaseLeft: until - now))
  }

  /// Milliseconds since 1970 from the answer to `TIME`.
  private static func milliseconds(_ reply: RedisReply) -> Int64? {
    guard let parts = reply.array, parts.count == 2, let seconds = parts[0].integer, let micros = parts[1].integer,
      times.contains(seconds)
    else { return nil }
    return seconds * 1_000 + micros / 1_000
  }
}

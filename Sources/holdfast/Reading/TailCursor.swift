import StockLedger

/// Where a reader of all shards stands: after which entry of each. Opaque outside; a digit-for-digit text of its own.
struct TailCursor: Equatable, Sendable {
  /// The last entry read of each shard, 256 numbers.
  var numbers: [UInt64] = Array(repeating: 0, count: 256)

  init() {}

  /// A cursor's text, or one entry as `<shard>-<number>`: then only that shard is read, from that entry on.
  static func read(_ text: String) throws(Complaint) -> (cursor: TailCursor, shard: Int?) {
    var cursor = TailCursor()
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    if parts.count == 2, let shard = UInt8(parts[0]), let number = UInt64(parts[1]), number >= 1 {
      cursor.numbers[Int(shard)] = number - 1
      return (cursor, Int(shard))
    }
    if parts.count == 1, text.hasPrefix("c."), let read = TailCursor(text: text) { return (read, nil) }
    throw Complaint(
      "\(text) is no entry and no cursor", do: "write <shard>-<number> as 17-1, or the cursor that tail printed",
      outcome: .failed)
  }

  /// `c.` and per shard that was read its number and its distance to the shard before, in base 36.
  var text: String {
    var text = "c."
    var last = -1
    for (shard, number) in numbers.enumerated() where number > 0 {
      text += "\(String(shard - last, radix: 36)):\(String(number, radix: 36))."
      last = shard
    }
    return text
  }

  private init?(text: String) {
    var last = -1
    for part in text.dropFirst(2).split(separator: ".") {
      let pair = part.split(separator: ":")
      guard pair.count == 2, let step = Int(pair[0], radix: 36), step >= 1, step <= 256,
        let number = UInt64(pair[1], radix: 36), last + step < 256
      else { return nil }
      last += step
      numbers[last] = number
    }
  }
}

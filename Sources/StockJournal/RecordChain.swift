/// Checks that records of one shard follow on: contiguous numbers, linked hashes, epochs and times that never fall.
public struct RecordChain: Hashable, Sendable {
  /// The shard that is followed.
  public let shard: Int
  /// Where the chain ends now.
  public private(set) var head: ShardHead

  /// Follows a shard from a place; from the very start when `head` is left out.
  public init(shard: Int, from head: ShardHead = ShardHead()) {
    self.shard = shard
    self.head = head
  }

  /// Accepts the next record or says why it is not the next. A refused record changes nothing.
  public mutating func accept(_ record: JournalRecord) throws(RecordError) {
    guard record.shard == shard else { throw RecordError(.shard(expected: shard, found: record.shard)) }
    guard record.firstNumber == head.number + 1 else {
      throw RecordError(.number(expected: head.number + 1, found: record.firstNumber))
    }
    guard record.previous == head.hash else { throw RecordError(.previousHash, offset: 56) }
    guard record.epoch >= head.epoch else { throw RecordError(.epoch(last: head.epoch, found: record.epoch)) }
    guard record.time >= head.time else { throw RecordError(.time(last: head.time, found: record.time)) }
    head = record.head
  }
}

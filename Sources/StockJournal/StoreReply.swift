/// What a shared store answers to one append, or to the renewal of one shard's lease.
public enum AppendReply: Hashable, Sendable {
  /// Written just now; for a renewal: the lease lives on.
  case ok
  /// An earlier try of the same record stands there already.
  case duplicate
  /// Another claim owns the shard.
  case fenced(epoch: UInt64, node: String)
  /// The log ends elsewhere than where the record goes on.
  case gap(number: UInt64, hash: RecordHash)
  /// The shard's owner row is missing from a store that was set up: it was emptied.
  case gone
  /// An error line; ``WordClass`` says what it means. This try did nothing.
  case word(String)
  /// No reply: connection refused, reset, half a reply, time over. The try may have been carried out, or still be.
  case none
}

/// What a shared store answers to one claim.
public enum ClaimReply: Hashable, Sendable {
  /// Written just now.
  case ok
  /// An earlier try of the same claim stands there already.
  case duplicate
  /// The owner row is not what the claim expects: it changed after it was read.
  case changed
  /// Another node's lease lives, for so many milliseconds more.
  case held(by: String, for: Int64)
  /// As ``AppendReply/gone``.
  case gone
  /// As ``AppendReply/word(_:)``.
  case word(String)
  /// As ``AppendReply/none``.
  case none
}

/// What a shared store answers to the question who owns a shard.
public enum OwnReply: Hashable, Sendable {
  /// The owner row.
  case own(OwnState)
  /// As ``AppendReply/gone``.
  case gone
  /// As ``AppendReply/word(_:)``.
  case word(String)
  /// As ``AppendReply/none``.
  case none
}

/// The owner row of a shard, as it was read.
public struct OwnState: Hashable, Sendable {
  /// The epoch of the last claim; 0 before the first.
  public var epoch: UInt64
  /// The nonce of the last claim; zero before the first.
  public var nonce: RecordNonce
  /// The name of the node that claimed.
  public var node: String
  /// Where that node is reached.
  public var address: String
  /// Where the log ends.
  public var head: ShardHead
  /// Milliseconds until the lease ends; 0 or less where it has ended or was given up.
  public var leaseLeft: Int64

  /// The owner row of a shard; what is left out is a shard that nobody has claimed yet.
  public init(
    epoch: UInt64 = 0, nonce: RecordNonce = RecordNonce(first: 0, second: 0), node: String = "", address: String = "",
    head: ShardHead = ShardHead(), leaseLeft: Int64 = 0
  ) {
    self.epoch = epoch
    self.nonce = nonce
    self.node = node
    self.address = address
    self.head = head
    self.leaseLeft = leaseLeft
  }

  /// True where a claim that expects `other` finds what it expects: the same claim, the same end of the log. Leases do
  /// not matter, a renewal is no change.
  public func isSameClaim(as other: OwnState) -> Bool {
    epoch == other.epoch && nonce == other.nonce && head.number == other.head.number && head.hash == other.head.hash
  }
}

/// What to do before asking a shared store again.
public enum RetryAfter: Hashable, Sendable {
  /// Nothing: ask at once.
  case now
  /// Wait a little, longer each time.
  case pause
  /// Find out which server takes writes now, and ask that one.
  case otherServer
  /// Load the scripts again.
  case loadScripts
  /// The connection is dead: make a new one.
  case reconnect
}

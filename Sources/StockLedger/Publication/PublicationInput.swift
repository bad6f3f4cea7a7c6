/// What a publication is told.
public enum PublicationInput: Hashable, Sendable {
  /// The channel named an order; whoever tells it has first told the target that counts it (``Publication/aim(at:)``).
  case order(NamedChange, Holding)
  /// The channel named a restock; told after the target, like an order.
  case restock(NamedChange)
  /// The channel says that its number changed, and perhaps to what. A reason to look, never a number to apply.
  case hint(available: Int64?)
  /// A read is about to leave.
  case reading
  /// The read that is out was answered.
  case read(available: Int64)
  /// The read that is out failed; try again from a time on.
  case readFailed(retryAt: Timestamp)
  /// A write is about to leave, in a call of this idempotency key. It may leave when the entry is durable.
  case sending(key: Identifier)
  /// A write of unknown outcome is about to leave again.
  case repeating
  /// The write that is out was answered.
  case answered(WriteAnswer)
  /// The ledger's claim of this number is durable with so many units; told after the target that counts it.
  case claimed(number: Int64, units: Int64)
  /// Reconciliation ended the claim of this number.
  case settled(number: Int64)
  /// An operator stops all calls.
  case suspend
  /// An operator lets calls go on.
  case resume
  /// An operator wants the target written whatever the channel holds.
  case force
  /// An operator wants a stopped publication to try again.
  case retry
  /// An operator gives a stopped write up.
  case drop
  /// Reconciliation read what the channel holds and has taken over every claim without a name.
  case reconciled(available: Int64)
  /// All that the channel holds was read, from a time on. Only a number that nobody had yet is news.
  case takeUp(available: Int64, readAt: Timestamp)
  /// The process has started anew: what was out has no answer.
  case restarted

  /// Who held the units of an order before the channel made it.
  public enum Holding: UInt8, Hashable, Sendable {
    /// Nobody: the channel sold them by itself.
    case nobody
    /// A reservation or confirm of ours, and the order was made without touching the channel's number (`BYPASS`).
    case bypassing
    /// A reservation or confirm of ours in a sales channel that is set to `shopifyDecrements`.
    case decrementing
  }

  /// How a channel answered a write.
  public enum WriteAnswer: Hashable, Sendable {
    /// Done, now or at an earlier sending of the same key.
    case accepted
    /// This row was compared and differed.
    case stale
    /// The call failed for other rows; this one was not looked at.
    case notTaken
    /// No answer, a server's failure, or `IDEMPOTENCY_CONCURRENT_REQUEST`: again later, under the same key.
    case unknown(retryAt: Timestamp)
    /// Throttled: nothing was done by this sending.
    case throttled(retryAt: Timestamp)
    /// `IDEMPOTENCY_KEY_PARAMETER_MISMATCH`.
    case keyMismatch
    /// This row was refused.
    case rejected(PublicationEntry.Rejection)
  }
}

/// What a publication answers to an input before anything changes.
public enum PublicationVerdict: Hashable, Sendable {
  /// It matters: journal this entry and apply it.
  case accept(PublicationEntry)
  /// It changes nothing: our own echo, or known already.
  case ignore
  /// It does not fit what is out or what is known: a late answer, or a key used twice.
  case refuse(Reason)

  /// True where there is an entry.
  public var isAccepted: Bool { if case .accept = self { true } else { false } }

  /// Why an input does not fit.
  public enum Reason: Hashable, Sendable {
    /// No call of this kind is out.
    case nothingIsOut
    /// A call is out.
    case callIsOut
    /// The machine wants something else now.
    case notWanted
    /// A new write needs a new key.
    case keyReused
    /// No such claim.
    case unknownClaim
    /// The publication has not stopped.
    case notStopped
    /// A number outside its range.
    case outOfRange
  }
}

/// What a publication wants done now. Derived from its state, so that a crash loses none of it.
public enum PublicationAction: Hashable, Sendable {
  /// Nothing: the channel has its number, or an answer is awaited.
  case rest
  /// Nothing before a time.
  case wait(until: Timestamp)
  /// Read what the channel holds.
  case read
  /// Write the quantity; the key is the sender's to choose.
  case send(quantity: Int64, changeFrom: Int64?)
  /// Write this again, under its key and in its call.
  case repeating(PublicationEntry.Write)
  /// Make the ledger hold an open claim of this number, without a name, of so many units.
  case book(number: Int64, units: Int64)
  /// Orders have taken their names: leave the claim of this number so many units, and end it at 0.
  case join(number: Int64, leaving: Int64)
  /// Reconciliation's.
  case handOver(PublicationEntry.Trouble)
  /// A person's: list it, retry it or drop it.
  case deadLetter(PublicationEntry.Trouble)
}

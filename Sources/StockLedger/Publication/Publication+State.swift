extension Publication {
  /// Where a publication stands, in a word for people. Names are told to clients: none is given to another case.
  public enum State: String, Hashable, Sendable, CaseIterable {
    /// The channel has its number, we believe.
    case published
    /// It waits to be written.
    case toWrite
    /// It waits to be read, before anything is written.
    case toRead
    /// A read is out.
    case reading
    /// A write is out.
    case writing
    /// Nobody knows what became of the write: it is repeated under its key.
    case outcomeUnknown
    /// An operator gave its number up: it goes on with the next.
    case dropped
    /// It has stopped; ``Publication/trouble`` says why.
    case stopped
  }

  /// Where it stands.
  public var state: State {
    if trouble != nil { return .stopped }
    switch call {
    case .read: return .reading
    case .write(_, _, retryAt: nil): return .writing
    case .write: return .outcomeUnknown
    case nil: break
    }
    if isForced { return .toWrite }
    guard let expected, readReason == nil else { return .toRead }
    if target == expected { return .published }
    return target == passedOver ? .dropped : .toWrite
  }
}

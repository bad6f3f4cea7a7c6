/// What we believe a channel holds of one key, and which of its changes nobody has named.
///
/// `expected` is the number of the last accepted write or answered read, moved by what the channel named since. A read
/// that finds fewer books a claim without a name; an order made surely before that read takes it over. No unit is
/// dropped: each that left the channel is in `expected`, in a claim or in a named order, so a name that comes late
/// finds where it has been counted. Source: docs/shopify-publication.md.
struct Mirror: Hashable, Sendable {
  /// What the channel holds, we believe; nil until the first read.
  private(set) var expected: Int64?
  /// The write or read that ``expected`` starts from.
  private(set) var since = CallTimes(sentAt: .distantPast, answeredAt: .distantPast)
  /// When the first read was sent: what the channel did surely before it was counted by nobody here.
  private(set) var begunAt = Timestamp.distantPast
  var claims = UnattributedClaims()
  /// Units that came to the channel without a name: a person added them, or a restock is still to be named.
  private(set) var surplus = Doubt()
  /// Orders named since, of which clocks cannot say whether ``since`` had them already.
  private(set) var doubtfulOrders = Doubt()
  /// The same of restocks.
  private(set) var doubtfulRestocks = Doubt()

  /// Units, and between which times they belong.
  struct Doubt: Hashable, Sendable {
    var units: Int64 = 0
    var firstAt = Timestamp.distantFuture
    var lastAt = Timestamp.distantPast

    mutating func add(_ more: Int64, at time: Timestamp) {
      if more == 0 { return }
      units = min(units + more, Limits.mirrorMax)
      firstAt = min(firstAt, time)
      lastAt = max(lastAt, time)
    }

    /// True unless all of this came surely after all of that.
    func mayBe(_ surplus: Doubt) -> Bool { !surplus.lastAt.isSurelyBefore(firstAt) }
  }

  /// When the doubts can be looked into: a read sent then surely has them; nil where there are none.
  var doubtsEndAt: Timestamp? {
    if doubtfulOrders.units == 0 && doubtfulRestocks.units == 0 { return nil }
    return max(doubtfulOrders.lastAt, doubtfulRestocks.lastAt) + Limits.channelSkew
  }

  /// Until then no rise is written: where a doubted order and one that nobody has heard of look alike, a fall leaves
  /// the channel lower than it was, and a rise would put the unheard order back on sale. Nil where nothing is doubted.
  var riseWaitsUntil: Timestamp? {
    doubtsEndAt.map { min($0, min(doubtfulOrders.firstAt, doubtfulRestocks.firstAt) + 2 * Limits.channelSkew) }
  }

  // MARK: What the channel names

  /// Counts a named change. Where clocks cannot order it and ``since``, it moves what is expected, and is doubted.
  mutating func name(_ change: NamedChange, at: Timestamp) {
    guard let expected, !change.madeAt.isSurelyBefore(begunAt) else { return }
    if change.madeAt.isSurelyBefore(since.sentAt) { return explain(change, at: at) }
    self.expected = expected + change.delta
    if since.answeredAt.isSurelyBefore(change.madeAt) { return }
    switch change.kind {
    case .order: doubtfulOrders.add(change.units, at: change.madeAt)
    case .restock: doubtfulRestocks.add(change.units, at: change.madeAt)
    }
  }

  /// Counts a change that `expected` has had since it was last read or written.
  private mutating func explain(_ change: NamedChange, at: Timestamp) {
    switch change.kind {
    case .order:
      let joined = claims.join(change.units, madeAt: change.madeAt)
      // Nobody missed the rest: as many units had come without a name, or an unseen order was written over.
      surplus.add(change.units - joined, at: since.answeredAt)
    case .restock:
      let taken = takeSurplus(change.units, madeAt: change.madeAt)
      // Nobody saw the rest come: as many units have left without a name.
      claims.book(change.units - taken, missedBy: since, at: at)
    }
  }

  private mutating func takeSurplus(_ units: Int64, madeAt: Timestamp) -> Int64 {
    if surplus.lastAt.isSurelyBefore(madeAt) { return 0 }
    let taken = min(units, surplus.units)
    surplus.units -= taken
    return taken
  }

  // MARK: What the channel answers

  /// Takes a read's number.
  ///
  /// - Returns: Units above what was expected that nothing named explains.
  mutating func read(_ available: Int64, _ times: CallTimes) -> Int64 {
    defer {
      self.expected = available
      since = times
    }
    guard let expected else {
      begunAt = times.sentAt
      return 0
    }
    let rise = available - expected
    let late = settleDoubts(rise: rise, times)
    if rise > 0 {
      surplus.add(rise - late.joined, at: times.answeredAt)
    } else {
      claims.book(-rise - late.taken, missedBy: times, at: times.answeredAt)
    }
    return max(0, rise - late.orders)
  }

  /// Takes an accepted write: the channel held what was expected, and holds this now.
  mutating func accept(_ quantity: Int64, _ times: CallTimes) {
    _ = settleDoubts(rise: 0, times)
    if expected == nil { begunAt = times.sentAt }
    expected = quantity
    since = times
  }

  /// What of the doubts a call's number tells.
  private struct Settled {
    /// Units of orders that had been in the number before.
    var orders: Int64
    /// Of these, units that had a claim.
    var joined: Int64
    /// Units of restocks that had been in the number before, and in the surplus.
    var taken: Int64
  }

  /// Ends the doubts. Where a number is above what was expected, doubted orders had been in it before, and take their
  /// claims now; where it is below, doubted restocks, and take their surplus.
  private mutating func settleDoubts(rise: Int64, _ times: CallTimes) -> Settled {
    let orders = doubtfulOrders
    let restocks = doubtfulRestocks
    doubtfulOrders = Doubt()
    doubtfulRestocks = Doubt()
    let settledOrders = min(max(0, rise), orders.units)
    let settledRestocks = min(max(0, -rise), restocks.units)
    let joined = claims.join(settledOrders, madeAt: orders.firstAt)
    let taken = takeSurplus(settledRestocks, madeAt: restocks.firstAt)
    // As many of both at once do not show in the number; but where a claim and a surplus are there to be taken, they
    // were missed together.
    let both = min(orders.units - settledOrders, restocks.units - settledRestocks)
    if both > 0 && restocks.mayBe(surplus) {
      _ = takeSurplus(claims.join(min(both, surplus.units), madeAt: orders.firstAt), madeAt: restocks.firstAt)
    }
    // What is left had not been in it; but then a claim may be of a later order that looked the same, and a surplus
    // of a later restock.
    if orders.units > settledOrders { claims.missAgain(in: times, madeAt: orders.firstAt) }
    if restocks.units > settledRestocks && restocks.mayBe(surplus) { surplus.lastAt = times.answeredAt }
    return Settled(orders: settledOrders, joined: joined, taken: taken)
  }

  // MARK: What time and people end

  /// Forgets units that came without a name longer ago than any name is late.
  mutating func forget(at: Timestamp) {
    if surplus.units > 0 && surplus.lastAt + Limits.unnamedClaimMax < at { surplus = Doubt() }
  }

  /// Units that seemed to have gone to nobody are missed once more; an order made before the last look may be theirs.
  mutating func reopen(_ number: Int64, units: Int64, at: Timestamp) {
    claims.reopen(number, units: units, missedBy: since, at: at)
  }

  /// Believes nothing any more; claims without a name stay open.
  mutating func lose() {
    expected = nil
    surplus = Doubt()
    doubtfulOrders = Doubt()
    doubtfulRestocks = Doubt()
  }
}

/// When a call left and when it was answered: its effect lies between.
struct CallTimes: Hashable, Sendable {
  var sentAt: Timestamp
  var answeredAt: Timestamp

  func write(to writer: inout ByteWriter) {
    writer.write(sentAt)
    writer.write(answeredAt)
  }
}

extension CallTimes {
  init(from reader: inout ByteReader) throws(ByteError) {
    sentAt = try reader.readTimestamp()
    answeredAt = try reader.readTimestamp()
  }
}

extension Timestamp {
  /// True where this came first whatever two clocks differ by, up to ``Limits/channelSkew``.
  func isSurelyBefore(_ other: Timestamp) -> Bool { self + Limits.channelSkew < other }
}

extension Mirror {
  func write(to writer: inout ByteWriter) {
    writer.write(optional: expected) { $0.write(signed: $1) }
    since.write(to: &writer)
    writer.write(begunAt)
    claims.write(to: &writer)
    for doubt in [surplus, doubtfulOrders, doubtfulRestocks] {
      writer.write(varint: UInt64(doubt.units))
      writer.write(doubt.firstAt)
      writer.write(doubt.lastAt)
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    expected = try reader.readOptional { (reader: inout ByteReader) throws(ByteError) in
      let start = reader.offset
      let units = try reader.readSigned()
      guard units.magnitude <= Limits.mirrorMax.magnitude else {
        throw ByteError(offset: start, expected: "what a channel may hold")
      }
      return units
    }
    since = try CallTimes(from: &reader)
    begunAt = try reader.readTimestamp()
    claims = try UnattributedClaims(from: &reader)
    surplus = try Doubt(from: &reader)
    doubtfulOrders = try Doubt(from: &reader)
    doubtfulRestocks = try Doubt(from: &reader)
  }
}

extension Mirror.Doubt {
  fileprivate init(from reader: inout ByteReader) throws(ByteError) {
    units = try reader.readUnits(max: Limits.mirrorMax)
    firstAt = try reader.readTimestamp()
    lastAt = try reader.readTimestamp()
  }
}

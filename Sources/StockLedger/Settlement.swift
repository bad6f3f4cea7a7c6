/// Up to when ships and sales are in a count, per source: the answer to the likeliest silent oversell.
///
/// A count settles what occurred strictly before its as-of less the skew of the pair of sources; where it names a
/// source in `includes`, units at or before that time, without skew. A settled time never goes back: a later count
/// that says nothing of a source keeps what an earlier one included, because books do not forget a posting.
struct Settlement: Hashable, Sendable {
  /// A count's time and source.
  struct CountMark: Hashable, Sendable {
    var asOf: Timestamp
    var source: SourceID

    func implied(for claims: SourceID, _ policy: KeyPolicy) -> Timestamp {
      asOf - policy.skew(count: source, claims: claims) - 1
    }
  }

  /// A source that some count has named.
  struct NamedSource: Hashable, Sendable {
    var source: SourceID
    /// Settled through this time, inclusive.
    var through: Timestamp
    /// What arrives later is settled too, through this time.
    var lateThrough: Timestamp
  }

  /// Before every time: nothing is settled.
  static let never = Timestamp(milliseconds: .min)

  /// The latest count, and the latest physical one.
  private(set) var lastCount: CountMark?
  private(set) var lastPhysical: CountMark?
  /// By source.
  private(set) var sources: [NamedSource] = []

  /// The last time whose ships and sales of a source are settled.
  func through(_ source: SourceID, _ policy: KeyPolicy) -> Timestamp {
    if let named = sources.first(where: { $0.source == source }) { return named.through }
    return lastCount?.implied(for: source, policy) ?? Self.never
  }

  /// The last time for which also what arrives after the count is settled by it.
  func lateThrough(_ source: SourceID, _ policy: KeyPolicy) -> Timestamp {
    if let named = sources.first(where: { $0.source == source }) { return named.lateThrough }
    return lastPhysical?.implied(for: source, policy) ?? Self.never
  }

  /// True for a ship or sale that a count has passed without including it: it counts until the next count.
  func isLate(_ time: Timestamp, _ source: SourceID, _ policy: KeyPolicy) -> Bool {
    time <= through(source, policy) && time > lateThrough(source, policy)
  }

  /// The first source, in the count's own order, whose settled time the count would lower.
  func goesBack(_ count: Count, _ policy: KeyPolicy) -> SourceID? {
    count.includes.first { $0.time < through($0.source, policy) }?.source
  }

  /// Takes a count.
  mutating func take(_ count: Count, by source: SourceID, _ policy: KeyPolicy) {
    let mark = CountMark(asOf: count.asOf, source: source)
    for include in count.includes where !sources.contains(where: { $0.source == include.source }) {
      let named = NamedSource(
        source: include.source, through: through(include.source, policy),
        lateThrough: lateThrough(include.source, policy))
      let place = sources.firstIndex { include.source < $0.source } ?? sources.endIndex
      sources.insert(named, at: place)
    }
    for index in sources.indices {
      let claims = sources[index].source
      // Named twice in one count, the earlier time is the one that both say.
      let named = count.includes.filter { $0.source == claims }.map(\.time).min()
      let time = named ?? mark.implied(for: claims, policy)
      sources[index].through = max(sources[index].through, time)
      if named != nil || count.isPhysical { sources[index].lateThrough = max(sources[index].lateThrough, time) }
    }
    if mark.asOf >= lastCount?.asOf ?? Self.never { lastCount = mark }
    if count.isPhysical && mark.asOf >= lastPhysical?.asOf ?? Self.never { lastPhysical = mark }
  }
}

extension Settlement {
  func write(to writer: inout ByteWriter) {
    for mark in [lastCount, lastPhysical] {
      writer.write(optional: mark) { writer, mark in
        writer.write(mark.asOf)
        writer.write(mark.source)
      }
    }
    writer.write(list: sources) { writer, named in
      writer.write(named.source)
      writer.write(named.through)
      writer.write(named.lateThrough)
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    func readMark(_ reader: inout ByteReader) throws(ByteError) -> CountMark {
      CountMark(asOf: try reader.readReportedTime(), source: try reader.readIdentifier())
    }
    lastCount = try reader.readOptional(readMark)
    lastPhysical = try reader.readOptional(readMark)
    let start = reader.offset
    sources = try reader.readList { (reader: inout ByteReader) throws(ByteError) in
      NamedSource(
        source: try reader.readIdentifier(), through: try reader.readTimestamp(),
        lateThrough: try reader.readTimestamp())
    }
    for (left, right) in zip(sources, sources.dropFirst()) where left.source >= right.source {
      throw ByteError(offset: start, expected: "sources in their order")
    }
  }
}

import StockLedger

/// A line that counts here by one source's word, and that this source's complete list does not have.
struct LackedLine: Hashable, Sendable {
  /// A line of a key.
  struct Name: Hashable, Sendable {
    let key: StockKey
    let claim: ClaimID
  }

  let key: StockKey
  let account: ClaimAccount
  /// Units that the list would name if they were there.
  let units: Int64
  /// What may be promised of the key now, negative where it is short.
  let net: Int64
  /// The last time whose ships and sales of the source the counts on hand include.
  let settledThrough: Timestamp

  var name: Name { Name(key: key, claim: account.id) }

  /// What a look makes of it.
  ///
  /// Tried: ended by the first list that lacks it. A line is not listed any more, too, when its goods have left: then
  /// they are gone from the shelf and still in the books, and to end the line sells them a second time until the next
  /// count. So two lists must lack it, and a count must have included what left by the first of them; without one a
  /// person is asked.
  ///
  /// - Parameters:
  ///   - missingSince: The time of the first list that lacked it; nil where this is the first.
  ///   - isRefresh: True where a person has asked to rebuild from this list.
  func row(of source: SourceID, asOf: Timestamp, missingSince: Timestamp?, isRefresh: Bool) -> DriftRow {
    let isSure = isRefresh || missingSince.map { $0 < asOf } ?? false
    let isSettled = isRefresh || missingSince.map { settledThrough >= $0 } ?? false
    let cause =
      if !isSure {
        "its list as of \(asOf) does not have line \(account.id); the next list will tell"
      } else if isSettled {
        "its list as of \(asOf) does not have line \(account.id), of which nobody else has spoken"
      } else {
        "its lists do not have line \(account.id) any more; no count since says whether its goods have left"
      }
    return DriftRow(
      key: key, side: .source(source), component: component, ours: net, theirs: net + units,
      driftClass: isSure ? .claimOrphaned : .oursIsNewer, cause: cause,
      mending: isSure ? .correct(.claim(account.id, units: units, from: account.counted), .claimOrphaned) : .none,
      state: isSure && !isSettled ? .held : .noted)
  }

  private var component: Component {
    if account.pending > 0 { .pending } else if account.allocated > 0 { .allocated } else { .open }
  }
}

import StockLedger

/// What a look has found so far: it grows while its sides are read.
struct Look: Sendable {
  var report: DriftReport
  /// Numbers compared, by location.
  var compared: [String: Int] = [:]
  /// Numbers of the channel that differed when they were read first.
  var candidates: [Candidate] = []
  /// How many keys each source has reported a component of.
  var known: [SourceID: [Component: Int]] = [:]
  /// Keys whose number at the channel was never read.
  var unread: [StockKey] = []
  /// Reports that change no number that may be promised.
  var settling: [KeyedReport] = []
  /// Rows of the snapshot that is being read.
  var snapshot = SnapshotRows()
  /// Lines that seem to count twice, as the books had them when they were walked over.
  var doubleCounts: [DoubleCount] = []
  /// The locations of the item that is being walked over.
  var item = ItemClaims()

  /// A number that differed.
  struct Candidate: Sendable {
    let key: StockKey
    let available: Int64
  }

  /// What a source's snapshot said so far; counts only once all of it is believed.
  struct SnapshotRows: Sendable {
    var plausible = SnapshotGuard()
    var found: [DriftRow] = []
    var settling: [KeyedReport] = []
    var leftOut = 0
    var compared: [String: Int] = [:]
    var inStep = 0
    var inFlight = 0
    /// Lines that rest on the source's word alone, and those of them that it does not say any more.
    var restingLines = 0
    var lackedLines = 0
    /// The first of these, as many as a report has rows.
    private(set) var lacked: [LackedLine] = []

    mutating func lack(_ line: LackedLine) {
      lackedLines += 1
      if lacked.count < DriftReport.rowsMax { lacked.append(line) } else { leftOut += 1 }
    }

    mutating func note(_ comparison: SnapshotComparison, at location: String) {
      compared[location, default: 0] += 1
      switch comparison {
      case .inStep: inStep += 1
      case .settles(let row):
        inStep += 1
        if settling.count < DriftReport.rowsMax { settling.append(row) }
      case .oursIsNewer: inFlight += 1
      case .differs(let row): if found.count < DriftReport.rowsMax { found.append(row) } else { leftOut += 1 }
      }
    }
  }

  /// Notes what is known of each source, to hold its list against.
  mutating func noteKnown(_ level: StockLevel) {
    for account in level.sources.accounts {
      for mark in account.marks where mark.last != nil {
        known[mark.source, default: [:]][account.component, default: 0] += 1
      }
    }
  }

  mutating func note(_ level: StockLevel, of key: StockKey, check: KeyCheck, channel: ChannelID?) {
    for row in check.rows(of: key, level) { report.add(row) }
    if report.scope == .shop && doubleCounts.count < DriftReport.rowsMax {
      doubleCounts += item.add(level.sources.claimAccounts, at: key)
    }
    if let channel, level.publication(at: channel).expected == nil { unread.append(key) }
  }

  mutating func note(_ holding: (key: StockKey, available: Int64), _ publication: Publication) {
    report.compared += 1
    compared[holding.key.location, default: 0] += 1
    switch ChannelComparison(available: holding.available, publication) {
    case .inStep: report.inStep += 1
    case .inFlight: report.inFlight += 1
    case .differs:
      if candidates.count < DriftReport.rowsMax {
        candidates.append(Candidate(key: holding.key, available: holding.available))
      } else {
        report.rowsLeftOut += 1
      }
    }
  }

  /// Ends the walk over the books.
  mutating func endOfBooks() { doubleCounts += item.end() }

  /// Takes over what a snapshot said.
  mutating func believe() {
    report.compared += snapshot.compared.values.reduce(0, +)
    compared.merge(snapshot.compared, uniquingKeysWith: +)
    report.inStep += snapshot.inStep
    report.inFlight += snapshot.inFlight
    for row in snapshot.found { report.add(row) }
    report.rowsLeftOut += snapshot.leftOut
    settling += snapshot.settling
    snapshot = SnapshotRows()
  }
}

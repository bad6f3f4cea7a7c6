import InventoryEngine
public import StockLedger

/// From a row to what becomes of it.
extension Reconciler {
  /// Says of each row what may be done without asking; a side of which everything differs is a mistake of that side.
  ///
  /// - Parameter isSentList: True where a list was looked at that nobody can ask for a second time.
  func plan(isSentList: Bool) {
    corrections.forget(before: now)
    if let refresh = look.report.refresh { return plan(refresh) }
    let isTooMuch = look.report.rowsLeftOut > 0
    for place in look.report.rows.indices where look.report.rows[place].state == .noted {
      let row = look.report.rows[place]
      let state = settings.mending.state(of: row, price: nil, corrections: corrections.count(of: row.key, at: now))
      look.report.rows[place].state = isTooMuch && state == .planned ? .held : state
      if look.report.rows[place].state == .planned && !firstRises.knows(row) {
        look.report.rows[place].state = isSentList ? .held : .noted
        look.report.rows[place].remark = "a rise, by one reading: it is mended when the next list says the same"
      }
    }
    if !isSentList { firstRises.note(look.report, isWhole: look.report.scope == .shop) }
  }

  /// A refresh is a person's word: its thresholds are their eyes.
  private func plan(_ refresh: RefreshTerms) {
    let isPlanned = look.report.isDryRun || (refresh.isApplied && look.report.rowsLeftOut == 0)
    for place in look.report.rows.indices where look.report.rows[place].mending != .none {
      look.report.rows[place].state = isPlanned ? .planned : .held
    }
  }

  /// A report after what it has planned is done: what lowers a number first.
  func mended(_ report: DriftReport) async -> DriftReport {
    var report = report
    let planned = report.rows.indices.filter { report.rows[$0].state == .planned }
    let lowering = planned.filter { report.rows[$0].raisesBy <= 0 }
    let raising = planned.filter { report.rows[$0].raisesBy > 0 }
    for place in lowering + raising { report.rows[place] = await mended(report.rows[place], of: report.id) }
    report.endedAt = now
    return report
  }

  private func mended(_ row: DriftRow, of report: Identifier) async -> DriftRow {
    switch row.mending {
    case .none: return row
    case .lookAgain(let available):
      var row = row
      await channel?.publisher.hint(row.key, available: available)
      row.state = .mended
      row.remark = "read again, booked, and written by comparing"
      return row
    case .deliver(let delivery): return await submitted(.report(delivery), row)
    case .correct(let change, let reason):
      let correction = Correction(
        document: Self.document(of: row.number, in: report, isUndone: false), report: report, reason: reason,
        change: change)
      return await submitted(.correct(correction), row)
    }
  }

  private func submitted(_ command: Command, _ row: DriftRow) async -> DriftRow {
    var row = row
    switch await engine.submit(KeyedCommand(key: row.key, command: command)) {
    case .accepted(let receipt):
      row.state = .mended
      if !receipt.isDuplicate { corrections.note(row.key, at: now) }
    case .refused(let refusal):
      row.state = refusal.isRetryable ? .planned : .overtaken
      row.remark = refusal.code
    // Nobody knows: it stays planned, and is asked again under the same name.
    case .unknown: row.remark = "the store was away"
    }
    return row
  }

  /// The document that a row's correction is counted by.
  static func document(of row: Int, in report: Identifier, isUndone: Bool) -> DocumentID {
    var mixed = SipHash128(key0: report.high, key1: report.low)
    for byte in 0..<8 { mixed.absorb(UInt8(truncatingIfNeeded: row >> (8 * byte))) }
    mixed.absorb(isUndone ? 1 : 0)
    let (first, second) = mixed.finish()
    return Identifier(high: first, low: 0xC1 << 56 | second >> 8)
  }

  // MARK: After a crash

  /// Goes on with what the last look had planned and not done.
  func finishWhatWasPlanned() async {
    guard let reports = try? await store.latest(8, ofShop: shop) else { return }
    for report in reports {
      if ordersSeenUntil == nil { ordersSeenUntil = report.ordersSeenUntil }
      guard !report.isDryRun && report.count(.planned) > 0 else { continue }
      let report = await mended(report)
      try? await keep(report)
      await observer?.changed(report)
    }
  }

  // MARK: A person's word

  /// Does what is held or parked.
  ///
  /// - Parameter rows: Numbers of rows; nil for all that wait.
  /// - Returns: The report as it stands now.
  public func approve(
    _ id: Identifier, rows: Set<Int>? = nil
  ) async throws(ReconciliationFailure) -> DriftReport {
    try await decide(id, rows, .planned)
  }

  /// Leaves what is held or parked as it is.
  public func reject(
    _ id: Identifier, rows: Set<Int>? = nil
  ) async throws(ReconciliationFailure) -> DriftReport {
    try await decide(id, rows, .rejected)
  }

  private func decide(
    _ id: Identifier, _ rows: Set<Int>?, _ state: MendingState
  ) async throws(ReconciliationFailure) -> DriftReport {
    var report = try await report(id)
    // What it shows is what was thought of then, and nobody has kept it ready to be done.
    if report.isDryRun { throw .isDryRun }
    for place in report.rows.indices where rows?.contains(report.rows[place].number) ?? true {
      let row = report.rows[place]
      guard row.state == .held || row.state == .parked, row.mending != .none || state == .rejected else { continue }
      report.rows[place].state = state
    }
    // Kept before it begins, so that a crash between goes on with it.
    try await keep(report)
    report = await mended(report)
    try await keep(report)
    await observer?.changed(report)
    return report
  }

  /// Takes back what a report corrected, or rebuilt of units on hand. What a source or the channel said by itself
  /// stands.
  public func undo(_ id: Identifier) async throws(ReconciliationFailure) -> DriftReport {
    var report = try await report(id)
    for place in report.rows.indices where report.rows[place].state == .mended {
      let row = report.rows[place]
      guard let level = await engine.glance(at: row.key) else { continue }
      guard let change = row.undone(of: level, isRefresh: report.refresh != nil) else {
        report.rows[place].remark = "this is their own word, and stands"
        continue
      }
      let back = Correction(
        document: Self.document(of: row.number, in: id, isUndone: true), report: id, reason: .undone, change: change)
      if case .accepted = await engine.submit(KeyedCommand(key: row.key, command: .correct(back))) {
        report.rows[place].state = .undone
      }
    }
    try await keep(report)
    await observer?.changed(report)
    return report
  }

  /// A report, with its rows.
  public func report(_ id: Identifier) async throws(ReconciliationFailure) -> DriftReport {
    let found: DriftReport?
    do throws(ChannelFailure) { found = try await store.load(id) } catch { throw .store(error) }
    guard let found, found.shop == shop else { throw .unknownReport }
    return found
  }

  /// The newest reports, newest first.
  public func latest(_ count: Int) async throws(ReconciliationFailure) -> [DriftReport] {
    do throws(ChannelFailure) { return try await store.latest(count, ofShop: shop) } catch {
      throw .store(error)
    }
  }
}

extension DriftRow {
  /// What takes it back, as its key stands now; nil for what is not ours to take back.
  ///
  /// A count of a refresh was somebody's decision: what it changed of what may be promised goes back, until the next
  /// count.
  fileprivate func undone(of level: StockLevel, isRefresh: Bool) -> Correction.Change? {
    switch mending {
    case .correct(let change, _): change.undone(of: level, at: key)
    case .deliver where isRefresh && component == .onHand && difference != 0:
      .onHand(delta: -difference, from: level.numbers.onHand)
    case .none, .lookAgain, .deliver: nil
    }
  }
}

extension Correction.Change {
  /// What takes it back, as the key stands now.
  fileprivate func undone(of level: StockLevel, at key: StockKey) -> Correction.Change {
    switch self {
    case .onHand(let delta, _): .onHand(delta: -delta, from: level.numbers.onHand)
    case .claim(let id, let units, _):
      .claim(id, units: -units, from: level.sources.place(of: id, at: key)?.counted ?? 0)
    case .unnamed(let channel, let number, let units):
      .unnamedAgain(channel, number: number, units: units)
    case .unnamedAgain(let channel, let number, let units):
      .unnamed(channel, number: number, from: units)
    }
  }
}

import InventoryEngine
import StockLedger

/// What sources say now against what they have said.
extension Reconciler {
  func look(at source: any SnapshotSource) async {
    look.snapshot = Look.SnapshotRows()
    look.snapshot.plausible.maxShrinkPerMille = settings.maxShrinkPerMille
    let extent: SnapshotExtent
    do throws(ChannelFailure) {
      extent = try await source.readAll { await self.compare($0, of: source.source) }
    } catch {
      look.report.failures.append("\(source.source) was not read to its end, and nothing of it counts: \(error)")
      return
    }
    if extent.unreadRows > 0 {
      look.report.failures.append(
        "\(source.source) has \(extent.unreadRows) rows that cannot be read, so what it lacks says nothing; the first: "
          + extent.firstFault)
    } else if let asOf = extent.asOf {
      await lookForLacked(by: source.source, asOf: asOf, complete: extent.complete)
    }
    let problem = problem(of: source.source, asOf: extent.asOf)
    look.report.lists.append(
      ReadList(
        source: source.source, asOf: extent.asOf, rows: look.snapshot.plausible.rows, isBelieved: problem == nil))
    if let problem {
      look.report.failures.append("\(source.source) is not believed, and nothing of it counts: \(problem)")
      return
    }
    if let asOf = extent.asOf { addLacked(by: source.source, asOf: asOf) }
    look.believe()
  }

  private func compare(_ rows: [KeyedReport], of source: SourceID) async {
    for row in rows where row.key.shop == shop && row.report.source == source {
      let isCovered = look.report.scope.covers(row.key)
      look.snapshot.plausible.note(row, isCovered: isCovered)
      // A line without a location is wherever it is: it is there, and that is all it says.
      guard isCovered, !row.key.isItem, let level = await levelOrNew(row.key) else { continue }
      look.snapshot.note(SnapshotComparison(row, with: level, now: now), at: row.key.location)
    }
  }

  /// A key that nobody has spoken of is there as soon as somebody does.
  private func levelOrNew(_ key: StockKey) async -> StockLevel? {
    if let level = await engine.glance(at: key) { return level }
    return engine.ownedShards.contains(key.shard) ? StockLevel() : nil
  }

  private func problem(of source: SourceID, asOf: Timestamp?) -> String? {
    let plausible = look.snapshot.plausible
    // Everything here would be older than it.
    if let asOf, asOf > now + Limits.futureMax { return "it is as of \(asOf), which is yet to come" }
    if let contradiction = plausible.contradiction { return contradiction }
    if look.report.refresh?.allowsShrink ?? false { return nil }
    // One key is no measure for a list of a shop.
    if case .key = look.report.scope { return nil }
    return plausible.shrink(from: look.known[source] ?? [:])
      ?? plausible.shrink(lacking: look.snapshot.lackedLines, of: look.snapshot.restingLines)
  }

  // MARK: What a list lacks

  /// Walks over the books again, for what the list does not say and should: lines of which it names every one, and in a
  /// refresh the numbers of its source.
  private func lookForLacked(by source: SourceID, asOf: Timestamp, complete: Set<Component>) async {
    let isRefresh = look.report.refresh != nil
    if complete.isEmpty && !isRefresh { return }
    await engine.eachKey(ofShop: shop) { await self.note($0, source, asOf, complete, isRefresh: isRefresh) }
  }

  private func note(
    _ keys: [StockKey], _ source: SourceID, _ asOf: Timestamp, _ complete: Set<Component>, isRefresh: Bool
  ) async {
    for key in keys where look.report.scope.covers(key) {
      guard let level = await engine.glance(at: key) else { continue }
      for account in level.sources.claimAccounts where account.soleSource == source && account.lastSaidOf < asOf {
        let units = complete.reduce(0) { $0 + account.units(in: $1) }
        if units == 0 { continue }
        look.snapshot.restingLines += 1
        guard !look.snapshot.plausible.hasSeen(account.id, of: key) else { continue }
        look.snapshot.lack(
          LackedLine(
            key: key, account: account, units: units, net: level.numbers.net,
            settledThrough: level.settledThrough(source)))
      }
      if isRefresh {
        for report in level.sources.emptied(by: source, asOf: asOf)
        where !look.snapshot.plausible.hasSeen(key, report.component ?? .onHand) {
          let row = KeyedReport(key: key, report: report)
          look.snapshot.note(SnapshotComparison(row, with: level, now: now), at: key.location)
        }
      }
    }
  }

  /// What becomes of lines that a believed list lacks, and which it was that lacked them first.
  private func addLacked(by source: SourceID, asOf: Timestamp) {
    let isRefresh = look.report.refresh != nil
    let before = lackedSince[source] ?? [:]
    var since: [LackedLine.Name: Timestamp] = [:]
    for line in look.snapshot.lacked {
      let first = before[line.name]
      since[line.name] = first ?? asOf
      look.report.add(line.row(of: source, asOf: asOf, missingSince: first, isRefresh: isRefresh))
    }
    // A part of a shop does not say that the others are there again.
    if look.report.scope == .shop { lackedSince[source] = since }
  }

  // MARK: What sources do not say

  /// Sources that should have spoken by now; a row of no key.
  func addSilent() {
    guard let key = try? StockKey(shop: shop, sku: "", location: "") else { return }
    for silent in silence?.silentSources(ofShop: shop, at: now) ?? [] {
      look.report.add(
        DriftRow(
          key: key, side: .source(silent.source), ours: nil, theirs: nil, driftClass: .sourceSilent,
          cause: "nothing has come since \(silent.since), and something should every "
            + "\(silent.expectedEvery / 1_000) s: its numbers are as old"))
    }
  }

  // MARK: What counts twice

  /// Lines that count twice still, nobody having spoken of them meanwhile.
  func addDoubleCounts() async {
    for found in look.doubleCounts where found.lastSaidOf + settings.unnamedAfter <= now {
      var places: [DoubleCount.Place] = []
      var nets: [StockKey: Int64] = [:]
      for place in found.places {
        guard let level = await engine.glance(at: place.key),
          let account = level.sources.claimAccounts.first(where: { $0.id == found.claim })
        else { continue }
        places.append(DoubleCount.Place(key: place.key, account: account))
        nets[place.key] = level.numbers.net
      }
      if places == found.places { for row in found.rows(nets: nets) { look.report.add(row) } }
    }
  }
}

extension SourceBook {
  /// What a source would say of its numbers here if there were none as of a time; those that are newer aside.
  fileprivate func emptied(by source: SourceID, asOf: Timestamp) -> [Report] {
    accounts.compactMap { account in
      if let count = account.count, count.source == source, count.asOf < asOf {
        return Report(source: source, saying: .count(Count(units: 0, asOf: asOf)))
      }
      guard let sum = account.sum, sum.source == source, sum.asOf < asOf else { return nil }
      // Without what ever left the sum, all of it falls, and counts until its next owner has taken it over.
      let none = Aggregate(component: account.component, units: 0, asOf: asOf, since: sum.since)
      return Report(source: source, saying: .aggregate(none))
    }
  }
}

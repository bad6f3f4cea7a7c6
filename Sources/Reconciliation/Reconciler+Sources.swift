import InventoryEngine
import StockLedger

/// What sources say now against what they have said.
extension Reconciler {
  func look(at source: any SnapshotSource) async {
    look.snapshot = Look.SnapshotRows()
    look.snapshot.plausible.maxShrinkPerMille = settings.maxShrinkPerMille
    do throws(ChannelFailure) {
      try await source.readAll { await self.compare($0, of: source.source) }
    } catch {
      look.report.failures.append("\(source.source) was not read to its end, and nothing of it counts: \(error)")
      return
    }
    // A part of a shop is no measure for a list of the whole.
    let known = look.report.scope == .shop ? look.known[source.source] ?? 0 : 0
    if let problem = look.snapshot.plausible.problem(known: known) {
      look.report.failures.append("\(source.source) is not believed, and nothing of it counts: \(problem)")
      return
    }
    look.believe()
  }

  private func compare(_ rows: [KeyedReport], of source: SourceID) async {
    for row in rows where row.key.shop == shop && row.report.source == source {
      look.snapshot.plausible.note(row)
      guard look.report.scope.covers(row.key), let level = await engine.glance(at: row.key) else { continue }
      look.snapshot.note(SnapshotComparison(row, with: level, now: now))
    }
  }
}

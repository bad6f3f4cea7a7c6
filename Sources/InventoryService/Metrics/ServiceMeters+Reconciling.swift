import Metrics
import Reconciliation
import StockLedger

extension ServiceMeters {
  /// Takes over what looks for drift have found, for a text that is about to be written: all shops' together, since who
  /// may scrape need not know one from another.
  func look(at board: LookBoard, now: Timestamp) {
    for outcome in LookBoard.Outcome.allCases {
      factory.total(.reconciliationLooks, UInt64(board.looks(outcome)), [("outcome", outcome.rawValue)])
    }
    for driftClass in DriftClass.allCases where driftClass.isDrift {
      factory.total(.reconciliationMended, UInt64(board.mended(driftClass)), [("class", driftClass.name)])
    }
    let shops = board.shops
    measureDrift(shops)
    measureOpen(shops, now: now)
    let ends = shops.compactMap(\.endedAt)
    if let last = ends.min() {
      factory.gauge(.reconciliationLastLook).record(Double(last.milliseconds) / 1_000)
      factory.gauge(.reconciliationDuration).record(Double(shops.map(\.duration).max() ?? 0) / 1_000)
    }
  }

  /// What the last look at each whole shop found, by location.
  private func measureDrift(_ shops: [LookBoard.Shop]) {
    let rows: [LookBoard.Place: Int] = shops.reduce(into: [:]) { $0.merge($1.rows, uniquingKeysWith: +) }
    var drifted: [String: Int] = [:]
    for (place, count) in rows {
      factory.gauge(
        .reconciliationRows, [("class", place.driftClass.name), ("location", place.location)]
      ).record(count)
      drifted[place.location, default: 0] += place.driftClass.isDrift ? count : 0
    }
    for (location, count) in drifted {
      factory.gauge(.reconciliationDrifted, [("location", location)]).record(count)
    }
    let compared: [String: Int] = shops.reduce(into: [:]) { $0.merge($1.compared, uniquingKeysWith: +) }
    for (location, count) in compared {
      factory.gauge(.reconciliationCompared, [("location", location)]).record(count)
      if drifted[location] == nil { factory.gauge(.reconciliationDrifted, [("location", location)]).record(0) }
    }
  }

  /// What waits for somebody.
  private func measureOpen(_ shops: [LookBoard.Shop], now: Timestamp) {
    for state in MendingState.allCases where state.isOpen {
      let count = shops.reduce(0) { $0 + $1.open.count(state) }
      factory.gauge(.reconciliationOpen, [("state", state.name)]).record(count)
    }
    let oldest = shops.compactMap(\.open.oldest).min() ?? now
    factory.gauge(.reconciliationOldestOpen).record(Double(max(0, now.milliseconds - oldest.milliseconds)) / 1_000)
  }
}

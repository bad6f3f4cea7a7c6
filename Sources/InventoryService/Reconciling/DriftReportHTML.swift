import Mustache
public import Reconciliation
import StockLedger

/// A drift report as one HTML file that opens anywhere, offline too: words, a chart over the last reports, and a table
/// that sorts.
///
/// What others have named (SKUs, causes) stands between tags only, never in an attribute: the template's escaping goes
/// by characters, and a quote with a combining mark after it is another character than a quote.
public enum DriftReportHTML {
  /// The most rows that are shown: a page of some 800 kB. JSON and CSV have all.
  static let rowsMax = 2_000

  private static let template = Result { try MustacheTemplate(string: DriftReportTemplate.text) }

  /// The page of a report.
  ///
  /// - Parameter history: What earlier reports came to, in any order; the report itself may be among them.
  /// - Throws: What is wrong with the template, which a test would have found.
  public static func page(_ report: DriftReport, history: [DriftTotals] = []) throws -> String {
    try template.get().render(fields(of: report, history))
  }

  private static func fields(of report: DriftReport, _ history: [DriftTotals]) -> [String: Any] {
    let rows = shown(report.rows)
    return [
      "shop": report.shop, "scope": report.scope.words, "report": report.id.description,
      "startedAt": report.startedAt.description, "endedAt": report.endedAt.description,
      "isDryRun": report.isDryRun, "lists": report.lists.map(\.words), "refresh": report.refresh?.words ?? "",
      "isRefresh": report.refresh != nil, "tiles": tiles(of: report), "failures": report.failures,
      "hasFailures": !report.failures.isEmpty, "classes": classes(of: report), "chart": chart(of: report, history),
      "rows": rows.map(fields), "hasRows": !rows.isEmpty,
      "hidden": report.rows.count - rows.count + report.rowsLeftOut,
      "isShortened": rows.count < report.rows.count + report.rowsLeftOut,
    ]
  }

  /// What somebody has to see to first, then what differs most.
  private static func shown(_ rows: [DriftRow]) -> [DriftRow] {
    func rank(_ row: DriftRow) -> (Int, UInt64, Int) {
      (row.state.isOpen ? 0 : 1, UInt64.max - row.difference.magnitude, row.number)
    }
    return Array(rows.sorted { rank($0) < rank($1) }.prefix(rowsMax))
  }

  private static func tiles(of report: DriftReport) -> [[String: Any]] {
    let tiles: [(String, Int, Bool)] = [
      ("compared", report.compared, false), ("in step", report.inStep, false), ("on their way", report.inFlight, false),
      ("drifted", report.drifted, report.drifted > 0), ("mended", report.count(.mended), false),
      ("open", report.open, report.open > 0),
    ]
    return tiles.map { ["name": $0.0, "count": $0.1, "isLoud": $0.2] }
  }

  private static func classes(of report: DriftReport) -> [[String: Any]] {
    DriftClass.allCases.compactMap { one in
      let rows = report.rows.filter { $0.driftClass == one }
      if rows.isEmpty { return nil }
      return [
        "name": one.words, "count": rows.count, "mended": rows.count { $0.state == .mended },
        "open": rows.count { $0.state.isOpen },
      ]
    }
  }

  private static func chart(of report: DriftReport, _ history: [DriftTotals]) -> [String: Any] {
    let chart = DriftChart(history.filter { $0.report != report.id } + [DriftTotals(of: report)])
    let bars: [[String: Any]] = chart.bars.map { bar in
      [
        "x": tenths(bar.x), "width": tenths(bar.width), "at": bar.totals.startedAt.description,
        "drifted": bar.totals.drifted, "mended": bar.totals.mended, "open": bar.totals.open,
        "parts": bar.parts.map { ["kind": $0.kind, "y": tenths($0.y), "height": tenths($0.height)] },
      ]
    }
    return [
      "bars": bars, "top": chart.top, "first": chart.bars.first?.totals.startedAt.description ?? "",
      "last": chart.bars.last?.totals.startedAt.description ?? "",
    ]
  }

  /// A length with one decimal: more of them only make the file longer.
  private static func tenths(_ length: Double) -> String { "\((length * 10).rounded() / 10)" }

  private static func fields(of row: DriftRow) -> [String: Any] {
    let difference = row.ours == nil || row.theirs == nil ? "" : String(row.difference)
    return [
      "number": row.number, "sku": row.key.sku, "location": row.key.location, "side": row.side.words,
      "component": row.component.map { "\($0)" } ?? (row.key.sku.isEmpty ? "" : "ATS"),
      "ours": row.ours.map { String($0) } ?? "",
      "theirs": row.theirs.map { String($0) } ?? "", "difference": difference, "class": row.driftClass.words,
      "cause": row.cause, "action": row.mending.words, "state": row.state.name, "isOpen": row.state.isOpen,
      "isMended": row.state == .mended, "remark": row.remark,
    ]
  }
}

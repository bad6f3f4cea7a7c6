import Reconciliation

/// Drift over time as the bars of a picture, one for each report: where each stands, and how high its parts are.
struct DriftChart {
  /// The picture's size, in the units of its view box; the text below the bars is outside it.
  static let width = 720.0
  static let height = 140.0
  /// The most reports in one picture: a bar of 24 units can still be pointed at.
  static let barsMax = 30

  /// One part of a bar.
  struct Part {
    let kind: String
    let y: Double
    let height: Double
  }

  /// One report.
  struct Bar {
    let totals: DriftTotals
    let x: Double
    let width: Double
    let parts: [Part]
  }

  let bars: [Bar]
  /// What the full height stands for.
  let top: Int

  /// A picture of the newest reports, oldest to the left.
  init(_ history: [DriftTotals]) {
    let shown = history.sorted { $0.startedAt < $1.startedAt }.suffix(Self.barsMax)
    let top = max(1, shown.map(\.drifted).max() ?? 0)
    let step = Self.width / Double(max(shown.count, 8))
    bars = shown.enumerated().map { place, totals in
      Bar(totals: totals, x: step * (Double(place) + 0.15), width: step * 0.7, parts: Self.parts(totals, top: top))
    }
    self.top = top
  }

  /// Mended below, open above it, and on top what asks for nobody.
  private static func parts(_ totals: DriftTotals, top: Int) -> [Part] {
    var parts: [Part] = []
    var base = 0
    let rest = max(0, totals.drifted - totals.mended - totals.open)
    for (kind, count) in [("mended", totals.mended), ("open", totals.open), ("rest", rest)] {
      // Rows may ask for a look, or be mended, without being drift: no part is higher than the drift.
      let end = min(base + count, totals.drifted)
      guard end > base else { continue }
      let scale = height / Double(top)
      parts.append(Part(kind: kind, y: height - Double(end) * scale, height: Double(end - base) * scale))
      base = end
    }
    return parts
  }
}

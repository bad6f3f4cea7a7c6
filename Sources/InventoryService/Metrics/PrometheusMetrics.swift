public import Metrics
import Synchronization

/// Keeps what is measured, and writes it as Prometheus reads it (text format 0.0.4).
///
/// A backend of swift-metrics: whatever counts through that counts here. Names take the form that Prometheus wants
/// (`a.b` becomes `a_b`, a counter ends in `_total`, a timer in `_seconds`). The first kind of a name stands: an
/// instrument of another kind under it is measured and not shown.
public final class PrometheusMetrics: MetricsFactory {
  /// Series of one name: a label whose values do not end would fill memory here and at every scraper. What comes later
  /// shares one series, labelled `overflow`.
  static let seriesMax = 1_000

  private let families = Mutex<[String: MetricFamily]>([:])

  /// Nothing measured yet.
  public init() {}

  // MARK: Instruments

  /// What only grows, in whole steps.
  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(Self.name(label, endingIn: "_total"), .counter, dimensions) { CounterSeries() }
  }

  /// What only grows, in any steps.
  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    series(Self.name(label, endingIn: "_total"), .counter, dimensions) { NumberSeries() }
  }

  /// What goes up and down.
  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(Self.name(label), .gauge, dimensions) { NumberSeries() }
  }

  /// A spread of numbers where they are aggregated, else the last one.
  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    aggregate
      ? series(Self.name(label), .histogram, dimensions) { HistogramSeries(bounds: HistogramSeries.counts) }
      : series(Self.name(label), .gauge, dimensions) { NumberSeries() }
  }

  /// A spread of durations, in seconds.
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(Self.name(label, endingIn: "_seconds"), .histogram, dimensions) {
      HistogramSeries(bounds: HistogramSeries.seconds)
    }
  }

  /// What was counted stays counted: a scraper that misses a series takes it for a restart.
  public func destroyCounter(_ handler: any CounterHandler) {}
  /// What was counted stays counted.
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  /// What was measured stays measured.
  public func destroyMeter(_ handler: any MeterHandler) {}
  /// What was measured stays measured.
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  /// What was measured stays measured.
  public func destroyTimer(_ handler: any TimerHandler) {}

  /// Sets what only grows and is counted elsewhere.
  func total(_ measure: Measure, _ count: UInt64, _ labels: [(String, String)] = []) {
    series(measure.rawValue, .counter, labels) { CounterSeries() }.set(count)
  }

  private func series<Series: MetricSeries>(
    _ name: String, _ kind: MetricFamily.Kind, _ labels: [(String, String)], make: () -> Series
  ) -> Series {
    let text = MetricFamily.text(of: labels)
    return families.withLock { families in
      var family = families[name] ?? MetricFamily(kind: kind)
      if let found = family.series[text] { return found as? Series ?? make() }
      guard family.kind == kind else { return make() }
      let place = family.series.count < Self.seriesMax ? text : MetricFamily.text(of: [("overflow", "true")])
      if let shared = family.series[place] { return shared as? Series ?? make() }
      let made = make()
      family.series[place] = made
      families[name] = family
      return made
    }
  }

  private static func name(_ label: String, endingIn ending: String = "") -> String {
    var name = String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    if name.first?.isNumber != false { name = "_" + name }
    return name.hasSuffix(ending) ? name : name + ending
  }

  // MARK: Text

  /// Everything measured so far, names and series in the order of their letters.
  public var text: String {
    let families = families.withLock { $0 }
    var text = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      text += "# HELP \(name) \(Measure(rawValue: name)?.help ?? "Not described here.")\n"
      text += "# TYPE \(name) \(family.kind)\n"
      for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
        series.write(name, labels: labels, to: &text)
      }
    }
    return text
  }
}

/// All series of one name.
struct MetricFamily: Sendable {
  enum Kind { case counter, gauge, histogram }

  let kind: Kind
  /// By their labels, as they are written.
  var series: [String: any MetricSeries] = [:]

  /// Labels in the order of their names: `a="1",b="2"`.
  static func text(of labels: [(String, String)]) -> String {
    labels.sorted { $0.0 < $1.0 }.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}

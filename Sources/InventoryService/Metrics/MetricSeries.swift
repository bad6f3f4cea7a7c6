import Metrics
import Synchronization

/// What one name with one set of labels has come to.
protocol MetricSeries: AnyObject, Sendable {
  /// Its lines.
  ///
  /// - Parameter labels: As they are written, without braces; may be empty.
  func write(_ name: String, labels: String, to text: inout String)
}

extension MetricSeries {
  fileprivate func line(_ name: String, _ labels: String, _ value: some CustomStringConvertible, to text: inout String)
  {
    text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
  }
}

/// Whole steps upwards.
final class CounterSeries: MetricSeries, CounterHandler {
  private let count = Atomic<UInt64>(0)

  func increment(by amount: Int64) { count.wrappingAdd(UInt64(max(0, amount)), ordering: .relaxed) }
  func set(_ total: UInt64) { count.store(total, ordering: .relaxed) }
  func reset() { set(0) }

  func write(_ name: String, labels: String, to text: inout String) {
    line(name, labels, count.load(ordering: .relaxed), to: &text)
  }
}

/// One number: a gauge, or a counter of any steps.
final class NumberSeries: MetricSeries, FloatingPointCounterHandler, MeterHandler, RecorderHandler {
  private let number = Mutex(0.0)

  func set(_ value: Double) { number.withLock { $0 = value } }
  func set(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }
  func record(_ value: Int64) { set(Double(value)) }
  func increment(by amount: Double) { number.withLock { $0 += amount } }
  func decrement(by amount: Double) { number.withLock { $0 -= amount } }
  func reset() { set(0.0) }

  func write(_ name: String, labels: String, to text: inout String) {
    line(name, labels, MetricNumber(number.withLock { $0 }), to: &text)
  }
}

/// How often something was how large, in fixed steps: what a quantile over many processes is made from.
final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
  private struct State {
    var counts: [UInt64]
    var sum = 0.0
  }

  /// Half a millisecond, which is less than a sync, to ten seconds, after which no caller waits.
  static let seconds = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  /// One to the most lines of a batch.
  static let counts: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]

  private let bounds: [Double]
  private let state: Mutex<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func record(_ value: Double) {
    let place = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[place] += 1
      state.sum += value
    }
  }

  func record(_ value: Int64) { record(Double(value)) }
  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  func write(_ name: String, labels: String, to text: inout String) {
    let state = state.withLock { $0 }
    let comma = labels.isEmpty ? "" : ","
    var count: UInt64 = 0
    for (bound, here) in zip(bounds.map { MetricNumber($0).description } + ["+Inf"], state.counts) {
      count += here
      line(name + "_bucket", "\(labels)\(comma)le=\"\(bound)\"", count, to: &text)
    }
    line(name + "_sum", labels, MetricNumber(state.sum), to: &text)
    line(name + "_count", labels, count, to: &text)
  }
}

/// A number as Prometheus reads it.
struct MetricNumber: CustomStringConvertible {
  private let number: Double

  init(_ number: Double) { self.number = number }

  var description: String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: number).map(String.init) ?? number.description
  }
}

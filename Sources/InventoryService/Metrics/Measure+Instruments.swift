public import Metrics
import Synchronization

// Instruments by what they measure, so that no name is spelt twice.
extension MetricsFactory {
  /// What only grows.
  public func counter(_ measure: Measure, _ labels: [(String, String)] = []) -> Counter {
    Counter(label: measure.rawValue, dimensions: labels, factory: self)
  }

  /// A number that is set.
  public func gauge(_ measure: Measure, _ labels: [(String, String)] = []) -> Gauge {
    Gauge(label: measure.rawValue, dimensions: labels, factory: self)
  }

  /// A number that goes up and down.
  public func meter(_ measure: Measure, _ labels: [(String, String)] = []) -> Meter {
    Meter(label: measure.rawValue, dimensions: labels, factory: self)
  }

  /// A spread of durations.
  public func timer(_ measure: Measure, _ labels: [(String, String)] = []) -> Metrics.Timer {
    Timer(label: measure.rawValue, dimensions: labels, factory: self)
  }

  /// A spread of numbers.
  public func recorder(_ measure: Measure, _ labels: [(String, String)] = []) -> Recorder {
    Recorder(label: measure.rawValue, dimensions: labels, aggregate: true, factory: self)
  }
}

extension Metrics.Timer {
  /// Notes how long something took.
  public func record(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    recordNanoseconds(overflow ? .max : whole + attoseconds / 1_000_000_000)
  }
}

/// Instruments of one kind by their labels, each made when it is first wanted: looked up once a request, not built.
final class InstrumentTable<Key: Hashable & Sendable, Instrument: Sendable>: Sendable {
  private let made: Mutex<[Key: Instrument]> = Mutex([:])
  private let make: @Sendable (Key) -> Instrument

  init(_ make: @escaping @Sendable (Key) -> Instrument) { self.make = make }

  subscript(key: Key) -> Instrument {
    made.withLock { made in
      if let instrument = made[key] { return instrument }
      let instrument = make(key)
      made[key] = instrument
      return instrument
    }
  }
}

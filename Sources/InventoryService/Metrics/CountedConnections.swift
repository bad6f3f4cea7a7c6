import HummingbirdCore
import Metrics

/// The bound on connections, and how many there are.
struct CountedConnections: AvailableConnectionsDelegate {
  private var bound: MaximumAvailableConnections
  private let meter: Meter

  init(_ bound: MaximumAvailableConnections, _ meter: Meter) {
    self.bound = bound
    self.meter = meter
  }

  mutating func connectionOpened() {
    bound.connectionOpened()
    meter.increment()
  }

  mutating func connectionClosed() {
    bound.connectionClosed()
    meter.decrement()
  }

  func isAcceptingNewConnections() -> Bool { bound.isAcceptingNewConnections() }
}

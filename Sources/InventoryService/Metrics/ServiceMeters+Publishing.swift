import InventoryEngine
import Metrics
import StockLedger

extension ServiceMeters {
  /// Takes over what publishers count, for a text that is about to be written: all shops' together, since who may
  /// scrape need not know one from another.
  func look(at publishers: [ChannelPublisher], now: Timestamp) async {
    var shops: [PublisherCounters] = []
    for publisher in publishers { shops.append(await publisher.counters) }
    count(shops)
    measure(shops, now: now)
  }

  /// What only grows.
  private func count(_ shops: [PublisherCounters]) {
    func count(_ measure: Measure, _ labels: [(String, String)], _ number: (PublisherCounters) -> Int) {
      factory.total(measure, UInt64(shops.reduce(0) { $0 + number($1) }), labels)
    }
    count(.publisherCalls, [("kind", "write")], \.writes)
    count(.publisherCalls, [("kind", "read")], \.reads)
    count(.publisherRows, [("kind", "write")], \.rowsWritten)
    count(.publisherRows, [("kind", "read")], \.rowsRead)
    count(.publisherAnswers, [("outcome", "accepted")], \.accepted)
    count(.publisherAnswers, [("outcome", "stale")], \.stale)
    count(.publisherAnswers, [("outcome", "refused")], \.refused)
    count(.publisherAnswers, [("outcome", "unknown")], \.unknown)
    count(.publisherAnswers, [("outcome", "throttled")], \.throttled)
    count(.publisherClaims, [], \.claims)
  }

  /// What is so now.
  private func measure(_ shops: [PublisherCounters], now: Timestamp) {
    func gauge(_ measure: Measure, _ state: String, _ number: (PublisherCounters) -> Int) {
      factory.gauge(measure, [("state", state)]).record(shops.reduce(0) { $0 + number($1) })
    }
    gauge(.publisherKeys, "active", \.keysActive)
    gauge(.publisherKeys, "toWrite", \.keysToWrite)
    gauge(.publisherKeys, "toRead", \.keysToRead)
    gauge(.publisherKeys, "stopped", \.keysStopped)
    gauge(.publisherShops, "published") { _ in 1 }
    gauge(.publisherShops, "paused") { $0.isSuspended ? 1 : 0 }
    gauge(.publisherShops, "down") { $0.isDown ? 1 : 0 }
    factory.gauge(.publisherCallsOut).record(shops.reduce(0) { $0 + $1.callsOut })
    let since = shops.compactMap(\.waitingSince).min() ?? now
    factory.gauge(.publisherWait).record(Double(max(0, now.milliseconds - since.milliseconds)) / 1_000)
  }
}

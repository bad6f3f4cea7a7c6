import ChannelIntake
import Metrics
import StockLedger
import Synchronization

/// What every source has sent since the service was started, and how it stands now.
final class SourceBoard: Sendable {
  /// Sources that are kept apart: more names than that are nobody's systems.
  static let sourcesMax = 1_000

  private let standings: Mutex<[DeliveryOrigin: SourceStanding]>
  private let start: Timestamp
  private let factory: any MetricsFactory
  private let intakes = Atomic<Int>(0)

  /// A board on which the configured sources stand already.
  init(configured: [SourceSettings] = [], at start: Timestamp, metrics factory: any MetricsFactory) {
    self.start = start
    self.factory = factory
    var standings: [DeliveryOrigin: SourceStanding] = [:]
    for source in configured {
      standings[source.origin] = SourceStanding(
        origin: source.origin, door: source.door.word, expectedEvery: source.expectedEvery, since: start)
    }
    self.standings = Mutex(standings)
  }

  /// A place for one that pushes; ``endIntake()`` has to follow where there is one.
  func beginIntake(max: Int) -> Bool {
    if intakes.add(1, ordering: .relaxed).newValue <= max { return true }
    endIntake()
    return false
  }

  /// Who pushed has ended.
  func endIntake() { intakes.subtract(1, ordering: .relaxed) }

  /// Counts what became of rows.
  func count(_ tally: IntakeTally, of origin: DeliveryOrigin) {
    change(origin) { $0.tally.add(tally) }
    SourceMetrics(origin.source, factory).count(tally)
  }

  /// Notes that a delivery came to its end.
  func delivered(_ name: String, of origin: DeliveryOrigin, at now: Timestamp) {
    change(origin) { standing in
      standing.deliveries += 1
      standing.lastDelivery = SourceStanding.Delivery(name: name, at: now)
    }
    SourceMetrics(origin.source, factory).delivered(at: now)
  }

  /// Notes that a delivery failed as a whole.
  func failed(_ words: String, of origin: DeliveryOrigin, at now: Timestamp) {
    change(origin) { $0.failure = SourceStanding.Failure(words: words, at: now) }
    SourceMetrics(origin.source, factory).failed()
  }

  /// Changes what is known of a source.
  func change(_ origin: DeliveryOrigin, _ change: (inout SourceStanding) -> Void) {
    standings.withLock { standings in
      guard standings[origin] != nil || standings.count < Self.sourcesMax else { return }
      change(&standings[origin, default: SourceStanding(origin: origin, since: start)])
    }
  }

  /// Measures who is silent, of those that are expected to say something: for a text that is about to be written.
  ///
  /// Shops are not told apart in what is scraped: a name is silent where it is in any shop.
  func look(at now: Timestamp) {
    let awaited = standings.withLock { $0.values.filter { $0.expectedEvery != nil } }
    for (source, standings) in Dictionary(grouping: awaited, by: \.origin.source) {
      SourceMetrics(source, factory).note(isSilent: standings.contains { $0.isSilent(at: now) })
    }
  }

  /// Sources of all shops that should have spoken by now, by shop and name.
  func silent(at now: Timestamp) -> [SourceStanding] {
    standings.withLock { $0.values.filter { $0.isSilent(at: now) } }
      .sorted { ($0.origin.shop, $0.origin.source) < ($1.origin.shop, $1.origin.source) }
  }

  /// The sources of a shop, by name.
  func standings(of shop: String) -> [SourceStanding] {
    standings.withLock { $0.values.filter { $0.origin.shop.utf8.elementsEqual(shop.utf8) } }
      .sorted { $0.origin.source < $1.origin.source }
  }

  /// One source; nil where nothing was ever heard of it.
  func standing(of origin: DeliveryOrigin) -> SourceStanding? { standings.withLock { $0[origin] } }
}

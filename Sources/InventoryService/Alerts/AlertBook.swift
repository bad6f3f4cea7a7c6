import StockLedger

/// The newest messages and how they stand, as lines say it: a value, the same after a restart.
struct AlertBook: Sendable {
  /// Messages that are kept, those that are over among them: what a receiver that is away for a day misses, in some
  /// 20 MB at most.
  static let keptMax = 1_000

  /// In the order in which they were made.
  private(set) var alerts: [Alert] = []
  /// Everything of stock before this has been told; nil where nothing ever was.
  private(set) var heard: Timestamp?
  /// Messages that gave way to newer ones before they were sent.
  private(set) var dropped = 0

  /// Takes over what a line says.
  mutating func take(_ line: AlertLine) {
    switch line {
    case .kept(let alert): keep(alert)
    case .stands(let id, let standing):
      if let place = alerts.firstIndex(where: { $0.id == id }) { alerts[place].standing = standing }
    case .heard(let time): heard = Timestamp(milliseconds: time)
    }
  }

  /// What is over gives way first; where everything waits, the oldest.
  private mutating func keep(_ alert: Alert) {
    if alerts.count >= Self.keptMax {
      let over = alerts.firstIndex { $0.standing.state != .waiting }
      if over == nil { dropped += 1 }
      alerts.remove(at: over ?? 0)
    }
    alerts.append(alert)
  }

  /// Everything that a file has to say.
  var lines: [AlertLine] { (heard.map { [.heard($0.milliseconds)] } ?? []) + alerts.map { .kept($0) } }

  /// The message to try next, of those that are due: the one that was tried least, then the oldest, so that one that a
  /// receiver cannot take keeps no other back.
  func due(at now: Timestamp) -> Alert? {
    alerts.filter { $0.standing.state == .waiting && $0.standing.nextAt <= now.milliseconds }
      .min { $0.standing.tries < $1.standing.tries }
  }

  /// When the next message is due; nil where none waits.
  var nextAt: Timestamp? {
    alerts.filter { $0.standing.state == .waiting }.map { Timestamp(milliseconds: $0.standing.nextAt) }.min()
  }

  /// A message of a shop; nil where none is kept under the name.
  func alert(_ id: String, of shop: String) -> Alert? { alerts.first { $0.id == id && $0.shop == shop } }

  /// How many stand so.
  func count(_ state: Alert.State) -> Int { alerts.count { $0.standing.state == state } }
}

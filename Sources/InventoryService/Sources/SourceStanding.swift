import ChannelIntake
import StockLedger

/// How one source stands: what it sent since the service was started, and what is wrong with it.
struct SourceStanding: Sendable {
  /// A request, a file or a poll that came to its end.
  struct Delivery: Sendable {
    var name: String
    var at: Timestamp
  }

  /// What went wrong with a delivery as a whole.
  struct Failure: Sendable {
    var words: String
    var at: Timestamp
  }

  let origin: DeliveryOrigin
  /// `push`, `drop` or `pull`.
  var door = "push"
  /// How often something should come, in milliseconds; nil where nobody said.
  var expectedEvery: Int64?
  /// From when on is counted.
  let since: Timestamp
  var deliveries: Int64 = 0
  var lastDelivery: Delivery?
  var tally = IntakeTally(faultsMax: 10)
  /// What failed last, until something succeeds.
  var failure: Failure?
  /// When the next poll is due.
  var nextPollAt: Timestamp?
  /// Files that wait in the drop folder, and those that were put aside since the start.
  var filesWaiting: Int64 = 0
  var filesFailed: Int64 = 0
  var filesRepeated: Int64 = 0

  init(origin: DeliveryOrigin, door: String = "push", expectedEvery: Int64? = nil, since: Timestamp) {
    self.origin = origin
    self.door = door
    self.expectedEvery = expectedEvery
    self.since = since
  }

  /// How long nothing came, in milliseconds.
  func silent(at now: Timestamp) -> Int64 { max(0, now.milliseconds - (lastDelivery?.at ?? since).milliseconds) }

  /// True where a delivery is overdue.
  func isSilent(at now: Timestamp) -> Bool { expectedEvery.map { silent(at: now) > $0 } ?? false }

  /// `failing` while the last delivery failed as a whole, `silent` where one is overdue, else `ok`.
  func state(at now: Timestamp) -> String {
    if failure != nil { return "failing" }
    return isSilent(at: now) ? "silent" : "ok"
  }

  func write(to json: inout JSONWriter, at now: Timestamp) {
    json.field("source", origin.source)
    json.field("kind", door)
    json.field("state", state(at: now))
    json.field("since", since.description)
    json.field("deliveries", deliveries)
    if let lastDelivery {
      json.field("lastDelivery") { json in
        json.field("name", lastDelivery.name)
        json.field("at", lastDelivery.at.description)
      }
    }
    json.field("silentMs", silent(at: now))
    if let expectedEvery { json.field("expectedEveryMs", expectedEvery) }
    if let newest = tally.newest {
      json.field("newestReportAt", newest.description)
      json.field("lagMs", max(0, now.milliseconds - newest.milliseconds))
    }
    tally.write(to: &json)
    if let failure {
      json.field("lastFailure") { json in
        json.field("reason", failure.words)
        json.field("at", failure.at.description)
      }
    }
    if let nextPollAt { json.field("nextPollAt", nextPollAt.description) }
    if door == "drop" {
      json.field("filesWaiting", filesWaiting)
      json.field("filesFailed", filesFailed)
      json.field("filesRepeated", filesRepeated)
    }
    tally.writeFaults(to: &json)
  }
}

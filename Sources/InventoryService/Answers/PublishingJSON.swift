import InventoryEngine
import StockLedger

// What is said of publications, wherever it is shown.

extension JSONWriter {
  /// A key by its names, in the caller's shop.
  mutating func name(_ key: StockKey) {
    field("sku", utf8: key.skuBytes)
    field("location", utf8: key.locationBytes)
  }

  fileprivate mutating func field(_ name: String, _ mark: Publication.Mark) {
    field(name) { json in
      json.field("units", mark.units)
      json.field("at", mark.at)
    }
  }
}

extension Publication {
  /// All of it, as members of an object.
  func write(to json: inout JSONWriter) {
    json.field("state", state.rawValue)
    writeTrouble(to: &json)
    writeNumbers(to: &json)
    json.array("unattributed") { json in
      for claim in unattributed {
        json.object { json in
          json.field("number", claim.number)
          json.field("units", claim.units)
          json.field("bookedAt", claim.bookedAt)
          json.field("handedOver", claim.isHandedOver)
        }
      }
    }
    json.field("doubted", doubted)
    json.field("staleInARow", staleInARow)
    json.field("forced", isForced)
  }

  /// Why it stopped, where it has.
  func writeTrouble(to json: inout JSONWriter) {
    guard let trouble else { return }
    json.field("trouble", trouble.code)
    json.field("deadLetter", trouble.isDeadLetter)
  }

  /// What the channel should hold, what we believe it holds, and the two marks.
  func writeNumbers(to json: inout JSONWriter) {
    if let target { json.field("target", target) }
    if let expected { json.field("expected", expected) }
    if let accepted { json.field("accepted", accepted) }
    if let confirmed { json.field("confirmed", confirmed) }
  }
}

extension PublisherCounters {
  /// All of them, as members of an object.
  func write(to json: inout JSONWriter) {
    json.field("paused", isSuspended)
    json.field("down", isDown)
    json.field("dryRun", isDryRun)
    if let waitingSince { json.field("waitingSince", waitingSince) }
    json.counts("keys", ["active": keysActive, "toWrite": keysToWrite, "toRead": keysToRead, "stopped": keysStopped])
    json.counts(
      "calls",
      [
        "out": callsOut, "writes": writes, "reads": reads, "accepted": accepted, "stale": stale, "refused": refused,
        "unknown": unknown, "throttled": throttled,
      ])
    json.counts("rows", ["written": rowsWritten, "read": rowsRead])
    json.field("claims", Int64(claims))
  }
}

extension JSONWriter {
  fileprivate mutating func counts(_ name: String, _ counts: KeyValuePairs<String, Int>) {
    field(name) { json in for (name, count) in counts { json.field(name, Int64(count)) } }
  }
}

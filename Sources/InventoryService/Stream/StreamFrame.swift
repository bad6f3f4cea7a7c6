import StockLedger

/// One event as it is sent (server-sent events, WHATWG HTML section 9.2).
enum StreamFrame {
  /// Why a stream cannot go on from where its client was.
  enum Reset: String, Sendable {
    /// Too much has happened since, or the journal does not reach back so far.
    case tooFarBack
    /// Stock has come from another node, or gone to one.
    case moved
  }

  /// Why the service ends a stream.
  enum End: String, Sendable {
    /// The service stops.
    case stopping
    /// More keys wait for the client than are kept for it.
    case tooSlow
    /// The key opens nothing any more.
    case keyEnded
  }

  /// What says that nothing has happened, so that nobody in between takes the connection for dead.
  static let keepAlive = Array(": keep-alive\n\n".utf8)

  /// The first event: from here on everything is told.
  static func open(lowAt: Int64?) -> [UInt8] {
    frame("open") { json in if let lowAt { json.field("lowAt", lowAt) } }
  }

  static func reset(_ reason: Reset) -> [UInt8] { frame("reset") { $0.field("reason", reason.rawValue) } }

  static func end(_ reason: End) -> [UInt8] { frame("end") { $0.field("reason", reason.rawValue) } }

  /// Everything that a listener is told of a change; nothing where it changes nothing that is told.
  static func events(of change: StockChange, lowAt: Int64?) -> [UInt8] {
    var bytes: [UInt8] = []
    let (before, now) = (change.before, change.now)
    if before?.availableToSell != now.availableToSell || before?.shortfall != now.shortfall {
      bytes += frame("stock") { json in
        write(change, to: &json)
        json.field("shortfall", now.shortfall)
      }
    }
    let was = before?.shortfall ?? 0
    if (was > 0 || now.shortfall > 0) && (before?.shortfall != now.shortfall || before?.uncovered != now.uncovered) {
      bytes += shortfall(change, state: now.shortfall == 0 ? "ended" : was == 0 ? "began" : "changed")
    }
    if let lowAt {
      let (wasLow, isLow) = (before.map { $0.availableToSell <= lowAt } ?? false, now.availableToSell <= lowAt)
      if wasLow != isLow {
        bytes += frame("lowStock") { json in
          write(change, to: &json)
          json.field("lowAt", lowAt)
          json.field("low", isLow)
        }
      }
    }
    return bytes
  }

  private static func shortfall(_ change: StockChange, state: String) -> [UInt8] {
    frame("shortfall") { json in
      write(change, to: &json)
      json.field("shortfall", change.now.shortfall)
      json.field("state", state)
      json.array("uncoveredClaims") { json in
        for claim in change.now.uncovered { json.element(claim.description) }
      }
    }
  }

  private static func write(_ change: StockChange, to json: inout JSONWriter) {
    json.field("sku", change.key.sku)
    json.field("location", change.key.location)
    json.field("availableToSell", change.now.availableToSell)
    json.field("entry", change.entry.description)
  }

  /// JSON holds no line end outside its strings, and none unescaped within: one line of data is all of it.
  private static func frame(_ event: String, _ write: (inout JSONWriter) -> Void) -> [UInt8] {
    Array("event: \(event)\ndata: ".utf8) + JSONWriter.object(write) + Array("\n\n".utf8)
  }
}

/// How far a stream has come, as its ids say it: everything that was written before this time was told.
///
/// A time and not the ends of 256 logs: those would show every shop how much the others sell.
struct StreamCursor: Hashable, Sendable {
  let through: Timestamp

  init(_ through: Timestamp) { self.through = through }

  /// Nil where the text is none of ours.
  init?(_ text: String) {
    guard text.first == "t", let milliseconds = Int64(text.dropFirst()), milliseconds >= 0,
      milliseconds <= Timestamp.distantFuture.milliseconds
    else { return nil }
    through = Timestamp(milliseconds: milliseconds)
  }

  var text: String { "t\(through.milliseconds)" }

  /// Events, the last of which makes a client remember this place for the next time it connects.
  func closing(_ events: [UInt8]) -> [UInt8] { events.dropLast() + Array("id: \(text)\n\n".utf8) }

  /// From when on what was written is told again: a turn that was about to write when a commit was taken may have its
  /// time from before. Turns take microseconds; this is for a machine that does not let them run.
  var resumesFrom: Timestamp { through - 2_000 }
}

import ChannelIntake
import InventoryEngine
import Reconciliation
import StockLedger

/// What each kind of alert has to say: members of its message, after `id`, `kind`, `shop` and `at`.
enum AlertWords {
  /// Claims of one key that are named: a person calls that many buyers, and the API names all.
  private static let claimsMax = 20

  // MARK: Stock

  /// Messages of what is low and what is short: of one shop each, and of so many keys at most.
  static func drafts(of news: StockNews.News, lowAt: Int64?) -> [AlertDesk.Draft] {
    drafts(.shortfall, news.short) { moment, json in
      json.field("availableToSell", moment.availableToSell)
      json.field("shortfall", moment.shortfall)
      json.array("uncoveredClaims") { json in
        for claim in moment.uncovered.prefix(claimsMax) { json.element(claim.description) }
      }
    }
      + drafts(.lowStock, news.low) { moment, json in
        json.field("availableToSell", moment.availableToSell)
        if let lowAt { json.field("lowAt", lowAt) }
      }
  }

  private static func drafts(
    _ kind: AlertKind, _ moments: [StockNews.Moment],
    _ write: @escaping @Sendable (StockNews.Moment, inout JSONWriter) -> Void
  ) -> [AlertDesk.Draft] {
    Dictionary(grouping: moments, by: \.key.shop).sorted { $0.key < $1.key }.flatMap { shop, moments in
      stride(from: 0, to: moments.count, by: AlertSettings.rowsMax).map { start in
        let some = moments[start..<min(start + AlertSettings.rowsMax, moments.count)]
        return AlertDesk.Draft(kind: kind, shop: shop) { json in
          json.array("rows") { json in
            for moment in some {
              json.object { json in
                json.name(moment.key)
                write(moment, &json)
              }
            }
          }
        }
      }
    }
  }

  // MARK: Drift

  /// What a look found, and the rows that somebody has to see to and was not told of before.
  static func drift(_ report: DriftReport, new rows: [DriftRow]) -> AlertDesk.Draft {
    AlertDesk.Draft(kind: .drift, shop: report.shop) { json in
      json.field("report", report.id)
      json.field("compared", Int64(report.compared))
      json.field("drifted", Int64(report.drifted))
      json.field("mended", Int64(report.count(.mended)))
      json.field("open", Int64(report.open))
      json.field("rowsLeftOut", Int64(max(0, rows.count - AlertSettings.rowsMax)))
      json.array("rows") { json in
        for row in rows.prefix(AlertSettings.rowsMax) {
          json.object { json in
            json.field("row", Int64(row.number))
            json.name(row.key)
            if let ours = row.ours { json.field("ours", ours) }
            if let theirs = row.theirs { json.field("theirs", theirs) }
            json.field("class", row.driftClass.name)
            json.field("state", row.state.name)
          }
        }
      }
    }
  }

  // MARK: Sources

  /// A source of which nothing came for too long.
  static func silent(_ standing: SourceStanding, at now: Timestamp) -> AlertDesk.Draft {
    AlertDesk.Draft(kind: .sourceSilent, shop: standing.origin.shop) { json in
      json.field("source", standing.origin.source)
      json.field("silentMs", standing.silent(at: now))
      if let every = standing.expectedEvery { json.field("expectedEveryMs", every) }
      if let last = standing.lastDelivery { json.field("lastDeliveryAt", last.at) }
    }
  }

  /// One that has spoken again.
  static func back(_ standing: SourceStanding) -> AlertDesk.Draft {
    AlertDesk.Draft(kind: .sourceBack, shop: standing.origin.shop) { json in
      json.field("source", standing.origin.source)
      if let last = standing.lastDelivery { json.field("lastDeliveryAt", last.at) }
    }
  }

  /// What somebody sends to see whether it arrives.
  static func test(_ shop: String) -> AlertDesk.Draft {
    AlertDesk.Draft(kind: .test, shop: shop) { $0.field("text", "This is a test. Nothing is wrong.") }
  }
}

extension Alert {
  /// How it stands, as members of an object.
  func write(to json: inout JSONWriter) {
    json.field("id", id)
    json.field("kind", kind.rawValue)
    json.field("at", Timestamp(milliseconds: madeAt))
    json.field("state", standing.state.rawValue)
    json.field("tries", Int64(standing.tries))
    if let status = standing.status { json.field("lastStatus", Int64(status)) }
    if let triedAt = standing.triedAt { json.field("lastTryAt", Timestamp(milliseconds: triedAt)) }
    if !standing.trouble.isEmpty { json.field("trouble", standing.trouble) }
    if standing.state == .waiting { json.field("nextTryAt", Timestamp(milliseconds: standing.nextAt)) }
  }
}

import ChannelIntake
import HTTPTypes
import Hummingbird
import InventoryEngine
import Logging
import StockLedger

/// How a shop's stock is written to its channel: what was done, what waits, what has stopped, and a person's orders.
extension Route {
  private static let publishing = "/v1/publications"

  static let publications = [
    Route(.get, publishing, .bearer(.read)) { try await look($0) },
    Route(.get, publishing + "/stopped", .bearer(.read), query: ["cursor", "limit"], isLong: true, stopped),
    Route(.get, publishing + "/preview", .bearer(.read), query: ["limit"], isLong: true, preview),
    Route(.get, publishing + "/keys/{sku}/{location}", .bearer(.read), look(atKey:)),
    Route(.post, publishing + "/pause", .bearer(.publish)) { try await pause(true, $0) },
    Route(.post, publishing + "/resume", .bearer(.publish)) { try await pause(false, $0) },
    Route(.post, publishing + "/retry", .bearer(.publish)) { try await order(.retry, $0) },
    Route(.post, publishing + "/drop", .bearer(.publish)) { try await order(.drop, $0) },
    Route(.post, publishing + "/force", .bearer(.publish)) { try await order(.force, $0) },
  ]

  // MARK: The shop

  private static func look(_ call: Call) async throws -> Reply {
    let publisher = try await call.publisher()
    let counters = await publisher.counters
    return Reply(
      json: JSONWriter.object { json in
        json.field("channel", publisher.place.channel)
        counters.write(to: &json)
      })
  }

  private static func stopped(_ call: Call) async throws -> Reply {
    let publisher = try await call.publisher()
    guard let page = await publisher.stopped(after: try call.cursor(), limit: try call.query.rows()) else {
      throw Problem(.storeUnavailable(retryAfter: 1_000))
    }
    return Reply(
      json: JSONWriter.object { json in
        json.page("stopped", page.rows, upTo: call.settings.pageBytesMax, last: page.last, key: \.key) { row, json in
          json.name(row.key)
          row.publication.writeTrouble(to: &json)
          row.publication.writeNumbers(to: &json)
        }
      })
  }

  /// What would be written now: of a shop that is paused, what waits.
  private static func preview(_ call: Call) async throws -> Reply {
    let publisher = try await call.publisher()
    let rows = await publisher.preview(max: try call.query.rows())
    let waiting = await publisher.counters.keysToWrite
    return Reply(
      json: JSONWriter.object { json in
        json.field("waiting", Int64(waiting))
        json.array("rows") { json in
          for row in rows {
            json.object { json in
              json.name(row.key)
              if let from = row.changeFrom { json.field("from", from) }
              json.field("to", row.quantity)
            }
          }
        }
      })
  }

  private static func pause(_ isPaused: Bool, _ call: Call) async throws -> Reply {
    // Who is published nowhere hears it, whatever the body says.
    let publisher = try await call.publisher()
    _ = try await call.fields(required: [])
    do { try await call.publishing?.pause(isPaused, shop: publisher.place.shop) } catch {
      call.context.logger.error("a pause could not be kept", metadata: ["error": "\(error)"])
      throw Problem(.storeUnavailable(retryAfter: 1_000))
    }
    return try await look(call)
  }

  // MARK: One key

  private static func look(atKey call: Call) async throws -> Reply {
    let publisher = try await call.publisher()
    return try await answer(try await call.knownKey(), publisher, call)
  }

  private static func order(_ order: ChannelPublisher.Order, _ call: Call) async throws -> Reply {
    let publisher = try await call.publisher()
    let fields = try await call.fields(required: ["sku", "location"])
    let key = try await call.known(try fields.key(ofShop: call.caller.shop))
    switch await publisher.order(order, of: key) {
    case .accept, .ignore: return try await answer(key, publisher, call)
    case .refuse: throw Problem.notStopped(try await standing(of: key, publisher, call))
    case nil: throw call.engine.ownedShards.contains(key.shard) ? Problem.unknown : call.absence(of: key)
    }
  }

  private static func standing(
    of key: StockKey, _ publisher: ChannelPublisher, _ call: Call
  ) async throws -> Publication {
    guard let publication = await publisher.standing(of: key) else { throw call.absence(of: key) }
    return publication
  }

  private static func answer(
    _ key: StockKey, _ publisher: ChannelPublisher, _ call: Call
  ) async throws -> Reply {
    let publication = try await standing(of: key, publisher, call)
    return Reply(
      json: JSONWriter.object { json in
        json.name(key)
        publication.write(to: &json)
      })
  }
}

extension Call {
  /// Who writes the caller's stock to its channel.
  fileprivate func publisher() async throws -> ChannelPublisher {
    guard let publisher = await publishing?.publisher(of: caller.shop) else { throw Problem.notPublished }
    return publisher
  }
}

extension Problem {
  fileprivate static let notPublished = Problem(
    .notFound, "notPublished", "The shop's stock is written to no channel",
    detail: "docs/shopify.md says how it is: the service's file of shops needs an access token for it")

  /// An order to a key that is none for it.
  fileprivate static func notStopped(_ publication: Publication) -> Problem {
    guard let trouble = publication.trouble else {
      return Problem(
        .conflict, "notStopped", "What the key publishes has not stopped", detail: "it goes on by itself",
        members: [("state", .text(publication.state.rawValue))])
    }
    return Problem(
      .conflict, "notDeadLetter", "What has stopped is no dead letter, so it is not given up",
      detail: "the channel is read anew each minute, and the key goes on from there; retry does so at once",
      members: [("trouble", .text(trouble.code))])
  }
}

import ArgumentParser
import Foundation
import InventoryEngine
import Logging
import RedisJournal
import StockJournal
import StockLedger

/// One of several processes that share the shards of a Redis.
struct Node: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run one of several nodes that share a Redis: each owns some of the 256 shards.",
    discussion: """
      Node i of n is at home in every shard s with s mod n = i − 1. A node that stops hands its shards over; those of
      one that dies are taken two seconds after their leases have ended, and given back when it returns.
      Commands are JSON lines on stdin, answers and events JSON lines on stdout; docs/guide.md lists them. A command for
      a shard that lives elsewhere is answered with the owner's address. At the end of stdin the node goes on.
      """)

  @Option(help: "The Redis: redis://[user@]host[:port][,host2…][/db] or unix:///socket. Password: REDIS_PASSWORD.")
  var store: String

  @Option(help: "Which node this is, from 1.")
  var node = 1

  @Option(help: "How many nodes there are; the same for all.")
  var nodes = 1

  @Option(help: "What clients of other nodes are told: where this node can be asked.")
  var address = ""

  @Flag(help: "Write what may be sold to ats:<shop>:<sku>:<location>, for storefronts that read Redis.")
  var readModel = false

  @Flag(help: "Accept a wall clock that is more than a day ahead of the journal.")
  var acceptClock = false

  @OptionGroup var redis: RedisFlags
  @OptionGroup var times: LeaseFlags
  @OptionGroup var log: LogOptions

  func validate() throws {
    if !(1...256).contains(nodes) { throw ValidationError("--nodes is 1 to 256") }
    if !(1...nodes).contains(node) { throw ValidationError("--node is 1 to --nodes") }
  }

  func run() async throws {
    try await perform(json: true) { flag in
      let observing = Observing(log: log.start())
      let named = RedisNode(name: "\(node)", address: address.isEmpty ? "node \(node)" : address)
      guard case .redis(let named) = try redis.place(store, node: named) else {
        throw Complaint("\(store) is no Redis", do: "write --store redis://host:port")
      }
      let place = RedisPlace(address: named.address, options: times.set(named.options))
      let journal = try await place.open(creates: place.options.creates)
      if redis.archive == nil {
        Console.say("without --archive nothing is trimmed: Redis keeps every entry in memory")
      }
      let clock = SystemClock(lastJournaled: try await journal.lastTime())
      var settings = EngineSettings.ofProgram
      settings.clockJumpMax = acceptClock ? nil : EngineSettings().clockJumpMax
      // A hand-over must not wait for snapshots; the next owner replays a few seconds more.
      settings.snapshotsOnStop = false
      let feed = readModel ? RedisReadModel(place.address) : nil
      try await withEngine(
        on: journal, clock: clock, settings: settings, shards: .some([]), feed: feed, observing: observing
      ) { engine in
        let watch = ShardWatch(engine: engine, journal: journal, node: node, of: nodes, lease: place.options.lease)
        let door = LineDoor(engine: engine)
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await watch.run(flag) }
          group.addTask { await door.serve(flag) }
          try await group.next()
          try await group.next()
        }
      }
      return .done
    }
  }
}

/// The times of ownership, for tests that cannot wait.
struct LeaseFlags: ParsableArguments {
  @Option(name: .customLong("lease"), help: "Milliseconds that a claim lives without being confirmed.")
  var lease: Int64 = 10_000

  func validate() throws {
    if !(200...600_000).contains(lease) { throw ValidationError("--lease is 200 to 600000 milliseconds") }
  }

  /// Renewal and self-stop in the proportion that 10 s have.
  func set(_ options: RedisJournal.Options) -> RedisJournal.Options {
    var options = options
    options.lease = lease
    options.renewal = lease / 4
    options.selfStop = lease * 7 / 10
    return options
  }
}

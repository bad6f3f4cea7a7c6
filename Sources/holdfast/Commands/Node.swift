import ArgumentParser
import InventoryEngine
import RedisJournal

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

  @OptionGroup var share: NodeOptions

  @Flag(help: "Accept a wall clock that is more than a day ahead of the journal.")
  var acceptClock = false

  @OptionGroup var redis: RedisFlags
  @OptionGroup var log: LogOptions

  func run() async throws {
    try await perform(json: true) { flag in
      let observing = Observing(log: log.start())
      let address = share.address.isEmpty ? "node \(share.node)" : share.address
      let node = RedisNode(name: "\(share.node)", address: address)
      guard case .redis(let place) = try redis.place(store, node: node) else {
        throw Complaint("\(store) is no Redis", do: "write --store redis://host:port")
      }
      if redis.archive == nil {
        Console.say("without --archive nothing is trimmed: Redis keeps every entry in memory")
      }
      var settings = EngineSettings.ofProgram
      settings.clockJumpMax = acceptClock ? nil : EngineSettings().clockJumpMax
      try await withNode(share, at: place, settings, observing, flag) { engine, _ in
        await LineDoor(engine: engine).serve(flag)
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

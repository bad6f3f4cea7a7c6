import ArgumentParser
import Foundation
import Logging
import RedisJournal
import SQLiteJournal
import StockJournal
import StockLedger

/// Where a command's journal lives: a directory of this machine, or a Redis that several nodes may share.
enum JournalPlace: Sendable, CustomStringConvertible {
  case directory(DataDirectory)
  case redis(RedisPlace)

  /// The place's name, without a password.
  var description: String {
    switch self {
    case .directory(let directory): directory.path
    case .redis(let place): place.address.description
    }
  }

  /// Opens the journal that is there; a command that only reads must not make an empty one beside a misspelt name.
  func openExisting() async throws -> any JournalStore {
    switch self {
    case .directory(let directory): try await directory.openExisting()
    case .redis(let place): try await place.open(creates: false)
    }
  }

  /// Opens the journal; makes one in a directory, and in a Redis only with `--create`.
  func open() async throws -> any JournalStore {
    switch self {
    case .directory(let directory): try await directory.open()
    case .redis(let place): try await place.open(creates: place.options.creates)
    }
  }

  /// What storefronts read of a Redis; nil for a directory.
  var readModel: RedisReadModel? {
    if case .redis(let place) = self { RedisReadModel(place.address) } else { nil }
  }

  /// True where a directory has no journal yet; a Redis says so when it is opened.
  var isMissing: Bool {
    if case .directory(let directory) = self { !directory.hasJournal } else { false }
  }

  /// Bytes on the disk of a directory; a Redis's are its own matter.
  var bytes: Int64? {
    if case .directory(let directory) = self { directory.bytes } else { nil }
  }
}

/// A journal in a Redis, as a command was told.
struct RedisPlace: Sendable {
  var address: RedisAddress
  var options: RedisJournal.Options

  /// - Parameter logger: What is told of settings that are not as they should be.
  func open(
    creates: Bool, logger: Logger = ProgramLog.quiet.logger(level: .warning)
  ) async throws(StoreFailure) -> RedisJournal {
    var options = options
    options.creates = creates
    return try await RedisJournal.open(address, options: options, logger: logger)
  }
}

/// The flags that say where the journal is: one of `--data` and `--store`.
struct PlaceOptions: ParsableArguments {
  @Option(help: "The directory of the journal.")
  var data: String?

  @Option(
    help:
      "The Redis of the journal: redis://[user@]host[:port][,host2…][/db] or unix:///socket; REDIS_PASSWORD.")
  var store: String?

  @OptionGroup var redis: RedisFlags

  func validate() throws {
    if (data == nil) == (store == nil) { throw ValidationError("name one of --data and --store") }
  }

  /// The place that was named.
  func place(node: RedisNode? = nil) throws(Complaint) -> JournalPlace {
    try redis.place(store ?? data ?? "", node: node)
  }
}

/// What can be said about a Redis beside its address.
struct RedisFlags: ParsableArguments {
  @Flag(help: "Make the journal in this Redis. Never for a Redis that had one: restore that instead.")
  var create = false

  @Option(name: .customLong("redis-replicas"), help: "Replicas that must have an entry before it is acknowledged: all.")
  var replicas: Int?

  @Option(help: "Where records that are trimmed from Redis are kept; without it Redis keeps all.")
  var archive: String?

  @Flag(
    name: .customLong("redis-plaintext"), help: "Accept a Redis on another machine, though the way is not encrypted.")
  var plaintext = false

  @Flag(name: .customLong("accept-redis-risks"), help: "Accept settings of Redis that can lose what was acknowledged.")
  var acceptsRisks = false

  @Option(name: .customLong("redis-password-file"), help: "The file that holds the password of the Redis user.")
  var passwordFile: String?

  func validate() throws {
    if let replicas, !(0...16).contains(replicas) { throw ValidationError("--redis-replicas is 0 to 16") }
  }

  /// The password that the environment or a file holds; never an argument, which everybody on the machine could read.
  private func password() throws(Complaint) -> String? {
    if let passwordFile {
      guard let text = try? String(contentsOfFile: passwordFile, encoding: .utf8) else {
        throw Complaint("\(passwordFile) cannot be read", do: "check --redis-password-file")
      }
      return text.trimmingCharacters(in: .newlines)
    }
    return Console.environment("HOLDFAST_REDIS_PASSWORD") ?? Console.environment("REDIS_PASSWORD")
  }

  /// A place from its name: what has a scheme is a Redis, everything else a directory.
  func place(_ name: String, node: RedisNode? = nil) throws(Complaint) -> JournalPlace {
    guard name.contains("://") else { return .directory(DataDirectory(name)) }
    var options = RedisJournal.Options()
    options.replicas = replicas
    options.archive = archive
    options.acceptsRisks = acceptsRisks
    options.creates = create
    if let node { options.node = node }
    let password = try password()
    do throws(RedisAddressError) {
      let address = try RedisAddress(
        name, password: password, allowsPlaintext: plaintext)
      return .redis(RedisPlace(address: address, options: options))
    } catch {
      throw Complaint("\(error)", do: "", outcome: .failed)
    }
  }
}

extension JournalStore {
  /// The last journaled time of all shards.
  func lastTime() async throws -> Timestamp { try await heads().map(\.time).max() ?? .distantPast }
}

import ArgumentParser
import InventoryEngine
import InventoryService
import StockLedger

/// The keys of a service.
struct Key: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make, list and revoke the keys that clients of holdfast serve show.",
    subcommands: [Create.self, List.self, Revoke.self])

  /// What the three have.
  struct Options: ParsableArguments {
    @Option(help: "The file of keys.")
    var keys: String

    @OptionGroup var output: OutputOptions

    var file: KeyFile { KeyFile(path: keys) }
  }

  /// Makes a key.
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key and print it: the only time that it is shown.")

    @OptionGroup var options: Options

    @Option(help: "The shop whose stock it opens.")
    var shop: String

    @Option(help: "What it allows: read, hold, ingest:SOURCE, admin. May be given more than once.")
    var scope: [String]

    @Option(help: "How long it is good: 12h, 90d. Without it, until it is revoked.")
    var expires: String?

    func validate() throws {
      do { _ = try StockKey(shop: shop, sku: "", location: "") } catch { throw ValidationError("--shop: \(error)") }
      if scope.isEmpty { throw ValidationError("a key without --scope opens nothing") }
      for word in scope where Scope(word) == nil {
        throw ValidationError("--scope \(word) is none of read, hold, ingest:SOURCE and admin")
      }
      if let expires, Self.milliseconds(expires) == nil { throw ValidationError("--expires is a number and h or d") }
    }

    func run() async throws {
      try await perform(json: options.output.json) { _ in
        // A line that cannot be read would make the new key useless, too.
        _ = try options.file.read(mayBeMissing: true)
        let expiresAt = expires.flatMap(Self.milliseconds).map { SystemClock().now + $0 }
        var random = SystemRandomNumberGenerator()
        let made = AccessKey.make(
          shop: shop, scopes: scope.compactMap { Scope($0) }, expiresAt: expiresAt, using: &random)
        try options.file.append(made.key.line)
        if options.output.json {
          Console.put(JSONValue.object(made.key.jsonFields + [("token", .string(made.token))]).text)
        } else {
          Console.put(made.token)
          Console.say("keep it: it is shown only now; holdfast key revoke \(made.key.id) ends it")
        }
        return .done
      }
    }

    private static func milliseconds(_ text: String) -> Int64? {
      let units: [Character: Int64] = ["h": 3_600_000, "d": 86_400_000]
      guard let unit = text.last.flatMap({ units[$0] }), let number = UInt16(text.dropLast()), number > 0 else {
        return nil
      }
      return Int64(number) * unit
    }
  }

  /// Lists the keys.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the keys, without their secrets.")

    @OptionGroup var options: Options

    func run() async throws {
      try await perform(json: options.output.json) { _ in
        let keys = try options.file.read().keys
        if options.output.json {
          Console.put(JSONValue.array(keys.map { .object($0.jsonFields) }).text)
        } else {
          var table = Columns()
          for key in keys {
            let scopes = key.scopes.map(\.description).joined(separator: " ")
            table.add(key.id, key.state, key.shop, scopes, key.expiresAt.map { "until \($0)" } ?? "")
          }
          Console.put(table.text)
        }
        return .done
      }
    }
  }

  /// Revokes a key.
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Revoke a key: a service that runs refuses it a second later.")

    @OptionGroup var options: Options

    @Argument(help: "The key's id: the part of the token between the underscores.")
    var id: String

    func run() async throws {
      try await perform(json: options.output.json) { _ in
        guard var key = try options.file.read().keys.first(where: { $0.id == id }) else {
          throw Complaint("there is no key \(id) in \(options.keys)", do: "holdfast key list shows them")
        }
        if !key.isRevoked {
          try options.file.append(AccessKey.revocation(of: id, at: SystemClock().now))
          key = try options.file.read().keys.first { $0.id == id } ?? key
        }
        Console.put(options.output.json ? JSONValue.object(key.jsonFields).text : "\(id) is revoked")
        return .done
      }
    }
  }
}

extension AccessKey {
  fileprivate var state: String {
    if isRevoked { return "revoked" }
    return isGood(at: SystemClock().now) ? "good" : "expired"
  }

  fileprivate var jsonFields: [(String, JSONValue)] {
    [
      ("id", .string(id)), ("shop", .string(shop)), ("scopes", .array(scopes.map { JSONValue($0) })),
      ("expiresAt", expiresAt.map { JSONValue($0) } ?? .null), ("state", .string(state)),
    ]
  }
}

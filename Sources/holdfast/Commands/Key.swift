import ArgumentParser
import InventoryEngine
import InventoryService
import StockLedger

/// The keys of a service.
struct Key: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make, list, rotate and revoke the keys that clients of holdfast serve show.",
    subcommands: [Create.self, List.self, Rotate.self, Sign.self, Revoke.self])

  /// What all of them have.
  struct Options: ParsableArguments {
    @Option(help: "The file of keys.")
    var keys: String

    @OptionGroup var output: OutputOptions

    var file: KeyFile { KeyFile(path: keys) }

    /// The key of an id.
    func key(_ id: String) throws -> AccessKey {
      guard let key = try file.read().keys.first(where: { $0.id == id }) else {
        throw Complaint("there is no key \(id) in \(keys)", do: "holdfast key list shows them")
      }
      return key
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
            table.add(key.id, key.state, key.shop, scopes, key.bounds)
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
        let now = SystemClock().now
        if !(try options.key(id).isRevoked(at: now)) {
          try options.file.append(AccessKey.revocation(of: id, at: now))
        }
        let key = try options.key(id)
        Console.put(options.output.json ? JSONValue.object(key.jsonFields).text : "\(id) is revoked")
        return .done
      }
    }
  }
}

extension AccessKey {
  fileprivate var state: String {
    let now = SystemClock().now
    if isRevoked(at: now) { return "revoked" }
    if !isGood(at: now) { return "expired" }
    return revokedAt == nil ? "good" : "ending"
  }

  /// When it ends, and what it may, for people.
  fileprivate var bounds: String {
    let end = [expiresAt, revokedAt].compactMap(\.self).min().map { "until \($0)" }
    let limits = limits.named.compactMap { name, bound in bound.map { "\(name) \(grouped($0))" } }
    return (limits + [end].compactMap(\.self)).joined(separator: ", ")
  }

  /// Everything but its secret.
  var jsonFields: [(String, JSONValue)] {
    [
      ("id", .string(id)), ("shop", .string(shop)), ("scopes", .array(scopes.map { JSONValue($0) })),
      ("expiresAt", expiresAt.map { JSONValue($0) } ?? .null), ("revokedAt", revokedAt.map { JSONValue($0) } ?? .null),
    ] + limits.named.map { ($0, $1.map { .integer($0) } ?? .null) } + [("state", .string(state))]
  }
}

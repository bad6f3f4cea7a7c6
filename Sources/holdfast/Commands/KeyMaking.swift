import ArgumentParser
import InventoryEngine
import InventoryService
import StockLedger

extension Key {
  /// Makes a key.
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key and print it: the only time that it is shown.")

    @OptionGroup var options: Options

    @Option(help: "The shop whose stock it opens.")
    var shop: String

    @Option(help: "What it allows: read, hold, ingest:SOURCE, publish, admin. May be given more than once.")
    var scope: [String]

    @Option(help: "How long it is good: 12h, 90d. Without it, until it is revoked.")
    var expires: Period?

    @OptionGroup var limits: LimitOptions

    func validate() throws {
      do { _ = try StockKey(shop: shop, sku: "", location: "") } catch { throw ValidationError("--shop: \(error)") }
      if scope.isEmpty { throw ValidationError("a key without --scope opens nothing") }
      for word in scope where Scope(word) == nil {
        throw ValidationError("--scope \(word) is none of \(Scope.words.joined(separator: ", "))")
      }
    }

    func run() async throws {
      try await perform(json: options.output.json) { _ in
        // A line that cannot be read would make the new key useless, too.
        _ = try options.file.read(mayBeMissing: true)
        var random = SystemRandomNumberGenerator()
        let made = AccessKey.make(
          shop: shop, scopes: scope.compactMap { Scope($0) }, expiresAt: expires.map { SystemClock().now + $0.length },
          limits: limits.limits, using: &random)
        try options.file.append(made.key.line)
        options.show(made.key, made.token)
        return .done
      }
    }
  }

  /// Makes a key that takes another's place.
  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key with the shop, scopes and limits of another, which ends when clients had time to change.")

    @OptionGroup var options: Options

    @Argument(help: "The id of the key that is to end.")
    var id: String

    @Option(help: "How long the old key is good beside the new one: 1h to 65535d.")
    var overlap = Period.day

    @Option(help: "How long the new key is good: 12h, 90d. Must be said where the old one has an end.")
    var expires: Period?

    func run() async throws {
      try await perform(json: options.output.json) { _ in
        let now = SystemClock().now
        let old = try options.key(id)
        guard old.isGood(at: now) else {
          throw Complaint("\(id) is not good any more", do: "holdfast key create makes a new key")
        }
        if old.expiresAt != nil && expires == nil {
          throw Complaint("\(id) has an end, and the new key needs one", do: "say --expires 90d")
        }
        var random = SystemRandomNumberGenerator()
        let made = AccessKey.make(
          shop: old.shop, scopes: old.scopes, expiresAt: expires.map { now + $0.length }, limits: old.limits,
          using: &random)
        // The new one first: who is interrupted between the two has two keys, and not none.
        try options.file.append(made.key.line)
        let end = now + overlap.length
        try options.file.append(AccessKey.revocation(of: id, at: end))
        options.show(made.key, made.token)
        if !options.output.json { Console.say("\(id) ends at \(end)") }
        return .done
      }
    }
  }

  /// How much a key may ask and hold.
  struct LimitOptions: ParsableArguments {
    @Option(help: "Requests a second in the long run; a batch costs one for each of its lines.")
    var rate: Int64?

    @Option(help: "Requests at once after a rest; twice the rate where nothing is said.")
    var burst: Int64?

    @Option(help: "Holds that may be live at once.")
    var holdsMax: Int64?

    @Option(help: "Units in live holds at once.")
    var unitsMax: Int64?

    func validate() throws {
      try limits.check(prefix: "")
    }

    var limits: KeyLimits { KeyLimits(rate: rate, burst: burst, holdsMax: holdsMax, unitsMax: unitsMax) }
  }

  /// A length of time as people say it: `12h`, `90d`.
  struct Period: ExpressibleByArgument, CustomStringConvertible {
    /// Milliseconds.
    let length: Int64

    static let day = Period(length: 86_400_000)

    private init(length: Int64) { self.length = length }

    init?(argument text: String) {
      let units: [Character: Int64] = ["h": 3_600_000, "d": 86_400_000]
      guard let unit = text.last.flatMap({ units[$0] }), let number = UInt16(text.dropLast()), number > 0 else {
        return nil
      }
      length = Int64(number) * unit
    }

    var description: String { "\(length / 3_600_000)h" }
  }
}

extension Key.Options {
  /// Shows a key that was made, this one time.
  fileprivate func show(_ key: AccessKey, _ token: String) {
    if output.json { return Console.put(JSONValue.object(key.jsonFields + [("token", .string(token))]).text) }
    Console.put(token)
    Console.say("keep it: it is shown only now; holdfast key revoke \(key.id) ends it")
  }
}

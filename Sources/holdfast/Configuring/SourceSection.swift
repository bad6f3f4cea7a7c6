import ChannelIntake
import InventoryService
import StockLedger

/// What is said of one source, setting by setting: `kind`, `url`, `fields.sku`.
struct SourceSection: Sendable {
  /// As configuration calls it, and the source too where nothing else is said.
  let name: String
  /// By setting.
  var settings: [String: String]

  /// Settings by the kind that has them; those that end in a dot have names of their own behind it.
  private static let known: KeyValuePairs<String, [String]> = [
    "push": [],
    "drop": ["path", "settle"],
    "pull": [
      "url", "interval", "timeout", "rows", "cursor.path", "cursor.parameter", "cursor.start", "pages.path",
      "pages.parameter", "snapshot.url", "snapshot.asOf", "snapshot.complete", "stateFile", "headers.", "fields.",
    ],
  ]
  private static let common = ["kind", "shop", "source", "expectedEvery"]

  /// The source that is meant.
  ///
  /// - Parameters:
  ///   - shop: Whose stock it is where the section does not say.
  ///   - stateFolder: Where pulls keep how far they are, unless they say; nil where there is none.
  ///   - environment: What secrets are taken from.
  func source(
    shop: String, stateFolder: String?, environment: [String: String]
  ) throws(SourceMistake) -> SourceSettings {
    // It is a file's name too.
    let isName = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    guard isName, (1...64).contains(name.count) else {
      throw SourceMistake("sources.\(name) is no name: write 1 to 64 letters, digits, - and _, and the rest as source")
    }
    let kinds = Self.known.map(\.key)
    guard let kind = settings["kind"], let own = Self.known.first(where: { $0.key == kind })?.value else {
      throw mistake("kind", "is one of \(kinds.joined(separator: ", "))")
    }
    try check(kind, own)
    return SourceSettings(
      origin: try origin(shop), door: try door(kind, stateFolder, environment),
      expectedEvery: try span("expectedEvery")?.milliseconds)
  }

  private func check(_ kind: String, _ own: [String]) throws(SourceMistake) {
    let known = Self.common + own
    func isKnown(_ setting: String, _ names: [String]) -> Bool {
      names.contains { $0.hasSuffix(".") ? setting.hasPrefix($0) && setting != $0 : setting == $0 }
    }
    for setting in settings.keys.sorted() where !isKnown(setting, known) {
      if let other = Self.known.first(where: { isKnown(setting, $0.value) })?.key {
        throw mistake(setting, "is for a source of kind \(other); this one is of kind \(kind)")
      }
      let meant = NearestName.of(setting, among: known).map { "; did you mean \($0)?" } ?? ""
      throw mistake(setting, "is no setting of a source" + meant)
    }
  }

  private func origin(_ shop: String) throws(SourceMistake) -> DeliveryOrigin {
    let source = settings["source"] ?? name
    if Identifier(source) == nil { throw mistake("source", "is 1 to 128 bytes without control characters") }
    let shop = settings["shop"] ?? shop
    do { _ = try StockKey(shop: shop, sku: "", location: "") } catch { throw mistake("shop", "\(error)") }
    return DeliveryOrigin(shop: shop, source: source)
  }

  private func door(
    _ kind: String, _ stateFolder: String?, _ environment: [String: String]
  ) throws(SourceMistake) -> SourceSettings.Door {
    switch kind {
    case "drop": .drop(try drop)
    case "pull": .pull(try pull(stateFolder, environment))
    default: .push
    }
  }

  private var drop: DropSettings {
    get throws(SourceMistake) {
      var drop = DropSettings(path: try needed("path", "the folder in which files are left"))
      if let settle = try span("settle") { drop.settle = settle.duration }
      return drop
    }
  }

  private func pull(
    _ stateFolder: String?, _ environment: [String: String]
  ) throws(SourceMistake) -> PullSettings {
    let url = try needed("url", "what is asked")
    guard let address = PullAddress(url) else {
      throw mistake("url", "is an http or https URL, without a user, a password and a #: secrets go into headers")
    }
    var pull = PullSettings(address: address, mapping: try mapping)
    pull.fields = try headers
    let names = pull.fields.flatMap(\.text.names).flatMap { [$0, $0 + "_FILE"] }
    pull.environment = environment.filter { names.contains($0.key) }
    pull.cursor = try cursor
    pull.pages = try pages
    pull.list = try list
    pull.stateFile = settings["stateFile"] ?? stateFolder.map { $0 + "/" + name + ".json" }
    if let interval = try span("interval") { pull.interval = interval.duration }
    if let timeout = try span("timeout") { pull.patience = timeout.duration }
    return pull
  }

  private var mapping: RowMapping {
    get throws(SourceMistake) {
      let fields = named("fields.")
      if fields.isEmpty { throw mistake("fields", "is missing: say of each field where an answer has it") }
      do throws(MappingError) {
        return try RowMapping(rows: settings["rows"] ?? "", fields: fields.map { (field: $0.name, rule: $0.value) })
      } catch { throw SourceMistake("sources.\(name): \(error)") }
    }
  }

  private var headers: [PullField] {
    get throws(SourceMistake) {
      var headers: [PullField] = []
      for (name, value) in named("headers.") {
        let text: SecretText
        do throws(SecretError) { text = try SecretText(value) } catch { throw mistake("headers." + name, "\(error)") }
        guard let header = PullField(name, text) else {
          throw mistake("headers." + name, "is no header, or one that is not to be set")
        }
        headers.append(header)
      }
      return headers
    }
  }

  private var cursor: PullSettings.Cursor? {
    get throws(SourceMistake) {
      guard let path = try path("cursor.path") else {
        for other in ["cursor.parameter", "cursor.start"] where settings[other] != nil {
          throw mistake(other, "goes with a cursor.path: where an answer has the cursor")
        }
        return nil
      }
      let parameter = try needed("cursor.parameter", "the field of the query that takes the cursor")
      return PullSettings.Cursor(path: path, parameter: parameter, start: settings["cursor.start"])
    }
  }

  private var pages: PullSettings.Pages? {
    get throws(SourceMistake) {
      guard let path = try path("pages.path") else {
        if settings["pages.parameter"] == nil { return nil }
        throw mistake("pages.parameter", "goes with a pages.path: where an answer names the next page")
      }
      return PullSettings.Pages(path: path, parameter: settings["pages.parameter"])
    }
  }

  private var list: PullSettings.List? {
    get throws(SourceMistake) {
      guard let url = settings["snapshot.url"] else {
        for other in ["snapshot.asOf", "snapshot.complete"] where settings[other] != nil {
          throw mistake(other, "goes with a snapshot.url: what is asked for all that the source knows")
        }
        return nil
      }
      guard let address = PullAddress(url) else {
        throw mistake("snapshot.url", "is an http or https URL, without a user, a password and a #")
      }
      var list = PullSettings.List(address: address)
      list.asOf = try path("snapshot.asOf")
      if let names = settings["snapshot.complete"] {
        guard let complete = Component.named(names) else {
          throw mistake("snapshot.complete", "is some of allocated, pending and open, as allocated,open")
        }
        list.complete = complete
      }
      return list
    }
  }

  private func path(_ setting: String) throws(SourceMistake) -> JSONPath? {
    guard let text = settings[setting] else { return nil }
    do throws(MappingError) { return try JSONPath(text) } catch { throw mistake(setting, "\(error)") }
  }

  private func needed(_ setting: String, _ what: String) throws(SourceMistake) -> String {
    guard let text = settings[setting], !text.isEmpty else { throw mistake(setting, "is missing: \(what)") }
    return text
  }

  private func span(_ setting: String) throws(SourceMistake) -> TimeSpan? {
    guard let text = settings[setting] else { return nil }
    guard let span = TimeSpan(text) else {
      throw mistake(setting, "is whole seconds, or a number with s, m, h or d, as 90, 5m, 24h; a year at most")
    }
    return span
  }

  /// Settings with names of their own, by name.
  private func named(_ prefix: String) -> [(name: String, value: String)] {
    settings.filter { $0.key.hasPrefix(prefix) }.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
      .sorted { $0.name < $1.name }
  }

  private func mistake(_ setting: String, _ words: String) -> SourceMistake {
    SourceMistake("sources.\(name).\(setting) \(words)")
  }
}

/// What is wrong with the description of a source.
struct SourceMistake: Error, CustomStringConvertible {
  let description: String

  init(_ words: String) { description = words }
}

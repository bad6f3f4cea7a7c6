import Configuration

/// The command line of a service, with what its environment and its file say where the command line is silent.
///
/// Everything that is set becomes a flag, and ArgumentParser alone says what a value may be: there is one place for
/// ranges, defaults and complaints, wherever a value comes from.
struct ConfiguredArguments: Sendable {
  /// A value, and who said it.
  struct Said: Sendable {
    let setting: Setting
    let values: [String]
    let origin: String
  }

  /// What is parsed in the place of what was given.
  let arguments: [String]
  let said: [Said]

  /// The commands that are configured.
  private static let commands: Set<String> = ["serve", "doctor"]

  /// The arguments as they were given, where the command is none that is configured.
  static func read(_ given: [String], environment: [String: String]) async throws(Complaint) -> ConfiguredArguments {
    guard let command = given.first, commands.contains(command) else {
      return ConfiguredArguments(arguments: given, said: [])
    }
    let line = CommandLineSettings(given.dropFirst())
    warn(of: environment)
    let own = environment.filter { $0.key.hasPrefix(Setting.prefix) && !$0.value.isEmpty }
    var layers = [
      Layer(InMemoryProvider(name: "flags", values: line.values)) { $0.flag },
      Layer(EnvironmentVariablesProvider(environmentVariables: withoutPrefix(own))) { $0.variable },
    ]
    if let path = line.file ?? own["HOLDFAST_CONFIG"] {
      let file = try await ConfigurationFile.read(path)
      layers.append(Layer(file.provider, tableKeys: file.tableKeys) { _ in path })
    }
    var said: [Said] = []
    for setting in Setting.all {
      if setting.kind == .table {
        said += try rows(of: setting, in: layers)
      } else {
        for layer in layers {
          guard let values = try layer.values(of: setting) else { continue }
          said.append(Said(setting: setting, values: values, origin: layer.origin(setting)))
          break
        }
      }
    }
    var arguments = [command]
    for one in said { arguments += try one.arguments }
    return ConfiguredArguments(arguments: arguments + line.others, said: said)
  }

  /// What is said of each name of a table, by name; of one that is said twice in one place, the last.
  private static func rows(of setting: Setting, in layers: [Layer]) throws(Complaint) -> [Said] {
    var rows: [String: Said] = [:]
    for layer in layers.reversed() {
      for row in try layer.rows(of: setting) {
        let name = String(row.prefix { $0 != "=" })
        rows[name] = Said(setting: setting, values: [row], origin: layer.origin(setting))
      }
    }
    return rows.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The provider knows no prefix that all its keys have.
  private static func withoutPrefix(_ variables: [String: String]) -> [String: String] {
    Dictionary(uniqueKeysWithValues: variables.map { (String($0.key.dropFirst(Setting.prefix.count)), $0.value) })
  }

  /// All settings as a file of them, with who said each; what nobody said is a comment. Secrets are not in it.
  var text: String {
    Setting.all.map { setting in
      let rows = said.filter { setting.kind == .table && $0.setting.key == setting.key }
      if !rows.isEmpty { return rows.map(Self.row).joined(separator: "\n") }
      if let one = said.first(where: { $0.setting.key == setting.key }) {
        return "\(setting.key): \(Self.written(one.values, of: setting))  # \(one.origin)"
      }
      let standard = setting.standard.isEmpty ? "" : " " + Self.written([setting.standard], of: setting)
      return "# \(setting.key):" + standard
    }.joined(separator: "\n")
  }

  /// A name of a table and its value, as a file may have them too.
  private static func row(_ said: Said) -> String {
    let row = said.values.joined()
    guard let one = SourceOption(argument: row) else { return "# \(said.setting.key): \(row)  # \(said.origin)" }
    return "\(said.setting.key).\(one.name).\(one.setting): \(quoted(one.shown))  # \(said.origin)"
  }

  private static func written(_ values: [String], of setting: Setting) -> String {
    let values = values.map { quoted(withoutSecret($0, of: setting)) }
    return setting.kind == .list ? "[\(values.joined(separator: ", "))]" : values.joined()
  }

  private static func withoutSecret(_ value: String, of setting: Setting) -> String {
    guard setting.key == "store", let at = value.lastIndex(of: "@") else { return value }
    guard let scheme = value.firstRange(of: "://") else { return value }
    let user = value[scheme.upperBound..<at].prefix { $0 != ":" }
    return value[..<scheme.upperBound] + user + ":***" + value[at...]
  }

  private static func quoted(_ value: String) -> String {
    let isPlain =
      !value.isEmpty
      && value.utf8.allSatisfy { byte in
        Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
          || byte == UInt8(ascii: "/")
          || byte == UInt8(ascii: "_")
      }
    return isPlain ? value : JSONValue.string(value).text
  }

  /// A variable that is nearly one of ours is a misspelt one; others with our prefix may be somebody else's: Kubernetes
  /// makes some for every service.
  private static func warn(of environment: [String: String]) {
    let known = Setting.all.map(\.variable) + Setting.secrets + ["HOLDFAST_CONFIG"]
    for name in environment.keys.sorted() where name.hasPrefix(Setting.prefix) && !known.contains(name) {
      guard let meant = NearestName.of(name, among: known) else { continue }
      Console.complain("\(name) is no setting; did you mean \(meant)?")
    }
  }
}

/// One source of settings.
private struct Layer {
  let provider: any ConfigProvider
  /// Keys within tables, of a place that knows them.
  let tableKeys: [String]
  let origin: (Setting) -> String

  init(_ provider: some ConfigProvider, tableKeys: [String] = [], origin: @escaping (Setting) -> String) {
    self.provider = provider
    self.tableKeys = tableKeys
    self.origin = origin
  }

  /// What it says of a table: `name=value` for each name.
  func rows(of setting: Setting) throws(Complaint) -> [String] {
    var rows = try values(of: setting) ?? []
    for key in tableKeys where key.hasPrefix(setting.key + ".") {
      let value = try values(of: Setting(key))?.joined() ?? ""
      rows.append(key.dropFirst(setting.key.count + 1) + "=" + value)
    }
    return rows
  }

  /// What it says of a setting; nil where it is silent.
  ///
  /// The provider is asked, and not a reader: a reader takes a value of another kind for silence.
  func values(of setting: Setting) throws(Complaint) -> [String]? {
    let key = AbsoluteConfigKey(setting.key.split(separator: ".").map(String.init))
    let isList = setting.kind != .value && setting.kind != .flag
    do {
      switch try provider.value(forKey: key, type: isList ? .stringArray : .string).value?.content {
      case .string(let text): return [text]
      case .stringArray(let texts): return texts
      default: return nil
      }
    } catch {
      let form = isList ? "a list" : "one value"
      throw Complaint("\(setting.key) in \(origin(setting)) is not \(form)", do: "", outcome: .misused)
    }
  }
}

extension ConfiguredArguments.Said {
  /// The value as flags.
  fileprivate var arguments: [String] {
    get throws(Complaint) {
      guard setting.kind == .flag else { return values.map { "\(setting.flag)=\($0)" } }
      switch values.first?.lowercased() {
      case "true", "yes", "on": return [setting.flag]
      case "false", "no", "off": return []
      default:
        throw Complaint(
          "\(setting.key) in \(origin) is neither true nor false", do: "", outcome: .misused)
      }
    }
  }
}

/// What was said on a command line, setting by setting.
private struct CommandLineSettings {
  private(set) var values: [AbsoluteConfigKey: ConfigValue] = [:]
  private(set) var file: String?
  /// Left to ArgumentParser, which also says what is wrong with it.
  private(set) var others: [String] = []

  init(_ given: some Sequence<String>) {
    var rest = Array(given)[...]
    while let word = rest.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let setting = Setting.all.first { $0.flag == parts[0] }
      let isOurs = setting != nil || parts[0] == "--config"
      if !isOurs {
        others.append(word)
      } else if parts.count == 2 {
        note(parts[1], of: setting)
      } else if setting?.kind == .flag {
        note("true", of: setting)
      } else if let value = rest.popFirst() {
        note(value, of: setting)
      } else {
        others.append(word)
      }
    }
  }

  private mutating func note(_ value: String, of setting: Setting?) {
    guard let setting else {
      file = value
      return
    }
    let key = AbsoluteConfigKey(setting.key.split(separator: ".").map(String.init))
    guard setting.kind == .list || setting.kind == .table else {
      values[key] = ConfigValue(.string(value), isSecret: false)
      return
    }
    var all = [value]
    if case .stringArray(let earlier) = values[key]?.content { all = earlier + all }
    values[key] = ConfigValue(.stringArray(all), isSecret: false)
  }
}

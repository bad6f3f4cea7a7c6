import Configuration
import Foundation
import Synchronization
import SystemPackage

/// A file of settings, in YAML or in JSON, which is YAML too.
struct ConfigurationFile: Sendable {
  let path: String
  let provider: FileProvider<YAMLSnapshot>
  /// What it says of settings that have names within: `sources.erp.url`.
  let tableKeys: [String]

  /// Reads a file and refuses what it does not know, so that a misspelt setting is not passed over.
  static func read(_ path: String) async throws(Complaint) -> ConfigurationFile {
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw Complaint("the configuration \(path) cannot be read", do: "check --config", outcome: .misused)
    }
    // The provider asks of every key whether it is secret: the only way to hear which keys a file has.
    let keys = Keys()
    let options = YAMLSnapshot.ParsingOptions(
      secretsSpecifier: .dynamic { key, _ in
        keys.add(key)
        return false
      })
    let provider: FileProvider<YAMLSnapshot>
    do { provider = try await FileProvider(parsingOptions: options, filePath: FilePath(path)) } catch {
      throw Complaint(
        "\(path) is neither YAML nor JSON: \(error)", do: "docs/configuration.md has an example", outcome: .misused)
    }
    let known = Setting.all.map(\.key)
    let tables = Setting.all.filter { $0.kind == .table }.map { $0.key + "." }
    let tableKeys = keys.all.sorted().filter { key in tables.contains { key.hasPrefix($0) } }
    for key in keys.all.sorted() where !known.contains(key) && !tableKeys.contains(key) {
      let meant = NearestName.of(key, among: known).map { "; did you mean \($0)?" } ?? ""
      throw Complaint(
        "\(path): there is no setting \(key)\(meant)", do: "docs/configuration.md lists them", outcome: .misused)
    }
    return ConfigurationFile(path: path, provider: provider, tableKeys: tableKeys)
  }

  private final class Keys: Sendable {
    private let names = Mutex<Set<String>>([])
    func add(_ name: String) { names.withLock { _ = $0.insert(name) } }
    var all: Set<String> { names.withLock { $0 } }
  }
}

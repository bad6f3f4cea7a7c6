import ArgumentParser
import ChannelIntake
import Foundation
import InventoryService
import StockLedger

/// What sources bring, and how: by calling, by leaving files, by answering.
struct SourceOptions: ParsableArguments {
  @Option(
    help: "A source and the folder in which it leaves files, as erp=/srv/drop/erp; in the shop that --shop names.")
  var drop: [DropOption] = []

  @Option(
    help: "One setting of a source, as erp.url=https://…: what the file has under sources. docs/sources.md lists them.")
  var sources: [SourceOption] = []

  /// The sources as the service knows them.
  ///
  /// - Parameters:
  ///   - shop: Whose they are where nothing else is said.
  ///   - data: The directory of the journal, beside which pulls keep how far they are; nil where it is not a directory.
  func settings(
    shop: String, data: String?, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(SourceMistake) -> [SourceSettings] {
    var all = drop.map { one in
      SourceSettings(
        origin: DeliveryOrigin(shop: shop, source: one.source), door: .drop(DropSettings(path: one.path)))
    }
    for section in sections {
      all.append(
        try section.source(shop: shop, stateFolder: data.map { $0 + "/sources" }, environment: environment))
    }
    try check(all)
    return all
  }

  /// What was said, source by source.
  private var sections: [SourceSection] {
    var sections: [String: SourceSection] = [:]
    for one in sources {
      sections[one.name, default: SourceSection(name: one.name, settings: [:])].settings[one.setting] = one.value
    }
    return sections.values.sorted { $0.name < $1.name }
  }

  /// Refuses what two would do at once: a source's health, and a folder, are one's alone.
  private func check(_ all: [SourceSettings]) throws(SourceMistake) {
    var origins: Set<DeliveryOrigin> = []
    var folders: Set<String> = []
    for source in all {
      let name = source.origin.source
      guard origins.insert(source.origin).inserted else {
        throw SourceMistake(
          "the source \(name) of the shop \(source.origin.shop) is described twice: leave one out")
      }
      guard case .drop(let folder) = source.door else { continue }
      guard folders.insert(URL(fileURLWithPath: folder.path).standardizedFileURL.path).inserted else {
        throw SourceMistake("\(folder.path) is the folder of two sources: give \(name) one of its own")
      }
    }
  }
}

/// `erp=/srv/drop/erp`: a source, and the folder in which it leaves files.
struct DropOption: ExpressibleByArgument {
  let source: String
  let path: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, Identifier(parts[0]) != nil else { return nil }
    source = String(parts[0])
    path = String(parts[1])
  }
}

/// `erp.url=https://erp.example/stock`: one setting of one source.
struct SourceOption: ExpressibleByArgument {
  let name: String
  let setting: String
  let value: String

  init?(argument: String) {
    guard let end = argument.firstIndex(of: "="), let dot = argument[..<end].firstIndex(of: ".") else { return nil }
    name = String(argument[..<dot])
    setting = String(argument[dot..<end].dropFirst())
    value = String(argument[end...].dropFirst())
    if setting.isEmpty { return nil }
  }

  /// True where a header says a secret itself, instead of its name.
  static func holdsSecret(header: String, saying value: String) -> Bool {
    !value.contains("${") && (Redaction.isSecret(header) || header.lowercased().contains("key"))
  }

  /// The value as it can be shown.
  var shown: String {
    setting.hasPrefix("headers.") && Self.holdsSecret(header: setting, saying: value) ? "***" : value
  }
}

import ArgumentParser
import ChannelIntake
import InventoryService
import StockLedger

/// What sources bring otherwise than by calling.
struct SourceOptions: ParsableArguments {
  @Option(
    help: "A source and the folder in which it leaves files, as erp=/srv/drop/erp; in the shop that --shop names.")
  var drop: [DropOption] = []

  func validate() throws {
    let sources = drop.map(\.source)
    for (index, source) in sources.enumerated() where sources[..<index].contains(source) {
      throw ValidationError("--drop names \(source) twice: a source leaves its files in one folder")
    }
  }

  /// The sources as the service knows them.
  func settings(shop: String) -> [SourceSettings] {
    drop.map { one in
      SourceSettings(
        origin: DeliveryOrigin(shop: shop, source: one.source), door: .drop(DropSettings(path: one.path)))
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

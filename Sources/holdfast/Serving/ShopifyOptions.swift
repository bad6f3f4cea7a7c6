import ArgumentParser
import ChannelIntake
import Foundation
import InventoryEngine
import InventoryService
import Logging

/// The flags of `serve` for Shopify's webhooks.
struct ShopifyOptions: ParsableArguments {
  @Option(help: "The file of Shopify shops whose webhooks are taken: docs/shopify.md.")
  var shopifyShops: String?

  @Option(help: "Where webhooks are kept that wait; beside the journal in --data where nothing is said.")
  var shopifyKept: String?

  /// The shops of the file, with their secrets; none without one.
  func accounts() throws(Complaint) -> [ShopifyAccount] {
    guard let path = shopifyShops else { return [] }
    let entries = try ShopifyShopEntry.all(of: path)
    var accounts: [ShopifyAccount] = []
    for entry in entries { accounts.append(try entry.account(named: path)) }
    for (name, values) in [("shop", entries.map(\.shop)), ("domain", entries.map { $0.domain.lowercased() })]
    where Set(values).count < values.count {
      throw Complaint("\(path) names a \(name) twice", do: "give each \(name) once: it says whose stock it is")
    }
    return accounts
  }

  /// The desk that takes the webhooks; nil without shops.
  ///
  /// - Parameter directory: The journal's directory, where it has one.
  func desk(
    _ accounts: [ShopifyAccount], engine: InventoryEngine, clock: any EngineClock, directory: String?, logger: Logger
  ) async throws -> ShopifyDesk? {
    guard !accounts.isEmpty else { return nil }
    guard let path = shopifyKept ?? directory.map({ $0 + "/shopify-kept.jsonl" }) else {
      throw Complaint("webhooks that wait need a file", do: "name it with --shopify-kept")
    }
    do {
      return try await ShopifyDesk(
        accounts: accounts, engine: engine, clock: clock, store: KeptLinesFile(path: path), logger: logger)
    } catch let error as KeptLineError {
      throw Complaint("\(path): \(error)", do: "repair the line, or move the file away: what it keeps is then lost")
    }
  }
}

extension [ShopifyAccount] {
  /// Where each shop's order lines wait until routing is known.
  var defaultLocations: [String: String] {
    reduce(into: [:]) { $0[$1.shop.name] = $1.shop.defaultLocation }
  }
}

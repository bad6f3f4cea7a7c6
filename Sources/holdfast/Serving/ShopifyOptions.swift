import ArgumentParser
import ChannelIntake
import Foundation
import InventoryEngine
import InventoryService
import Logging
import Reconciliation
import StockLedger

/// The flags of `serve` for Shopify's webhooks.
struct ShopifyOptions: ParsableArguments {
  @Option(help: "The file of Shopify shops whose webhooks are taken: docs/shopify.md.")
  var shopifyShops: String?

  @Option(help: "Milliseconds that a rise waits before it is written to Shopify, so that others go along; 0 to 60000.")
  var riseDelay = 0

  @Flag(help: "Read what Shopify holds, print what would be written, and write nothing.")
  var shopifyDryRun = false

  @Option(help: "Where webhooks are kept that wait; beside the journal in --data where nothing is said.")
  var shopifyKept: String?

  func validate() throws {
    if !(0...60_000).contains(riseDelay) { throw ValidationError("--rise-delay is 0 to 60000 milliseconds") }
    if shopifyDryRun && shopifyShops == nil {
      throw ValidationError("--shopify-dry-run is of the shops that --shopify-shops names")
    }
  }

  /// How stock is written.
  var rules: PublicationOutboxRules {
    var rules = PublicationOutboxRules()
    rules.order.riseDelay = Int64(riseDelay)
    return rules
  }

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
    _ accounts: [ShopifyAccount], engine: InventoryEngine, clock: any EngineClock, directory: String?,
    signals: any ShopifySignals, logger: Logger
  ) async throws -> ShopifyDesk? {
    guard !accounts.isEmpty else { return nil }
    let path = try keptPath(in: directory)
    do {
      return try await ShopifyDesk(
        accounts: accounts, engine: engine, clock: clock, store: KeptLinesFile(path: path), signals: signals,
        logger: logger)
    } catch let error as KeptLineError {
      throw Complaint("\(path): \(error)", do: "repair the line, or move the file away: what it keeps is then lost")
    }
  }

  private func keptPath(in directory: String?) throws(Complaint) -> String {
    guard let path = shopifyKept ?? directory.map({ $0 + "/shopify-kept.jsonl" }) else {
      throw Complaint("webhooks that wait need a file", do: "name it with --shopify-kept")
    }
    return path
  }

  /// The desk of the publishers; nil without any. Which shops are paused is kept beside the webhooks that wait.
  func publishing(_ publishers: [ChannelPublisher], directory: String?) async throws -> PublishingDesk? {
    if publishers.isEmpty { return nil }
    let path = try keptPath(in: directory) + ".paused"
    do { return try await PublishingDesk(publishers, store: KeptLinesFile(path: path)) } catch let error
      as KeptLineError
    {
      throw Complaint("\(path): \(error)", do: "repair the line, or move the file away: no shop is paused then")
    }
  }

  /// The desk of those who look for drift; nil where there is no place for reports. They are kept in the journal's
  /// directory, or beside the webhooks that wait.
  func reconciling(
    _ publishing: ShopifyPublishing, _ desk: ShopifyDesk?, settings: ReconciliationSettings, directory: String?,
    sources: [SourceSettings]
  ) -> ReconciliationDesk? {
    guard let folder = directory.map({ $0 + "/reports" }) ?? shopifyKept.map({ $0 + ".reports" }) else { return nil }
    let lists = sources.compactMap { source in PulledList(source).map { (shop: source.origin.shop, list: $0) } }
    let reports = ReportFiles(folder: folder)
    return ReconciliationDesk(
      desk.map { publishing.reconcilers($0, reports, settings, lists: lists) } ?? [],
      lists: SentLists(folder: folder + "/lists"), others: publishing.others(reports, settings, lists: lists))
  }
}

extension [ShopifyAccount] {
  /// Where each shop's order lines wait until routing is known.
  var defaultLocations: [String: String] {
    reduce(into: [:]) { $0[$1.shop.name] = $1.shop.defaultLocation }
  }
}

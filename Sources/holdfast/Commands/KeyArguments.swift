import ArgumentParser
import StockLedger

/// How a person names a stock key.
struct KeyArguments: ParsableArguments {
  @Argument(help: "The key as shop/sku/location.")
  var key: String?

  @Option(help: "The shop, where a part holds a slash; with --sku and --location instead of KEY.")
  var shop: String?

  @Option(help: "The SKU.")
  var sku: String?

  @Option(help: "The location.")
  var location: String?

  func validate() throws { _ = try stockKey }

  /// The key that was named.
  var stockKey: StockKey {
    get throws {
      do {
        if let shop, let sku, let location, key == nil {
          return try StockKey(shop: shop, sku: sku, location: location)
        }
        guard let key, shop == nil, sku == nil, location == nil else {
          throw ValidationError("name the key as shop/sku/location, or with all of --shop, --sku and --location")
        }
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3 else {
          throw ValidationError(
            "\(key) has \(parts.count) parts, not 3; where a part holds a slash use --shop, --sku and --location")
        }
        return try StockKey(shop: parts[0], sku: parts[1], location: parts[2])
      } catch let error as StockKeyError { throw ValidationError("\(error)") }
    }
  }
}

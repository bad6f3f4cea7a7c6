import ChannelIntake
import Foundation
import InventoryService
import ShopifyAdmin
import StockLedger

/// One shop of a `--shopify-shops` file. Fields that are not known are refused, so that a misspelt one is not passed
/// over.
struct ShopifyShopEntry: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case shop, domain, secretFile, secretEnv, previousSecretFile, previousSecretEnv, defaultLocation, locations,
      variants, referenceAttribute, channel, shopifyDecrements, accessTokenFile, accessTokenEnv, apiVersion,
      adminAddress
  }

  let shop: String
  let domain: String
  private let secretFile: String?
  private let secretEnv: String?
  private let previousSecretFile: String?
  private let previousSecretEnv: String?
  private let defaultLocation: String?
  private let locations: [String: String]?
  private let variants: [String: String]?
  private let referenceAttribute: String?
  private let channel: String?
  private let shopifyDecrements: Bool?
  private let accessTokenFile: String?
  private let accessTokenEnv: String?
  private let apiVersion: String?
  private let adminAddress: String?

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let known = Set(CodingKeys.allCases.map(\.stringValue))
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "\(key.stringValue) is not known; known are \(known.sorted().joined(separator: ", "))"))
    }
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    shop = try fields.decode(String.self, forKey: .shop)
    domain = try fields.decode(String.self, forKey: .domain)
    secretFile = try fields.decodeIfPresent(String.self, forKey: .secretFile)
    secretEnv = try fields.decodeIfPresent(String.self, forKey: .secretEnv)
    previousSecretFile = try fields.decodeIfPresent(String.self, forKey: .previousSecretFile)
    previousSecretEnv = try fields.decodeIfPresent(String.self, forKey: .previousSecretEnv)
    defaultLocation = try fields.decodeIfPresent(String.self, forKey: .defaultLocation)
    locations = try fields.decodeIfPresent([String: String].self, forKey: .locations)
    variants = try fields.decodeIfPresent([String: String].self, forKey: .variants)
    referenceAttribute = try fields.decodeIfPresent(String.self, forKey: .referenceAttribute)
    channel = try fields.decodeIfPresent(String.self, forKey: .channel)
    shopifyDecrements = try fields.decodeIfPresent(Bool.self, forKey: .shopifyDecrements)
    accessTokenFile = try fields.decodeIfPresent(String.self, forKey: .accessTokenFile)
    accessTokenEnv = try fields.decodeIfPresent(String.self, forKey: .accessTokenEnv)
    apiVersion = try fields.decodeIfPresent(String.self, forKey: .apiVersion)
    adminAddress = try fields.decodeIfPresent(String.self, forKey: .adminAddress)
  }

  /// The entry of one shop of a file.
  static func one(of shop: String, in path: String) throws(Complaint) -> ShopifyShopEntry {
    let entries = try all(of: path)
    guard let entry = entries.first(where: { $0.shop == shop }) else {
      let names = entries.map(\.shop).joined(separator: ", ")
      throw Complaint("\(path) has no shop \(shop)", do: "name one of \(names)")
    }
    return entry
  }

  /// The entries of a file, by its path.
  static func all(of path: String) throws(Complaint) -> [ShopifyShopEntry] {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw Complaint("\(path) cannot be read", do: "check --shopify-shops")
    }
    return try all(in: content, named: path)
  }

  /// The entries of a file: a JSON array of objects.
  static func all(in content: Data, named path: String) throws(Complaint) -> [ShopifyShopEntry] {
    do { return try JSONDecoder().decode([ShopifyShopEntry].self, from: content) } catch let error as DecodingError {
      throw Complaint("\(path): \(reason(of: error))", do: "see docs/shopify.md")
    } catch {
      throw Complaint("\(path) is not JSON", do: "see docs/shopify.md")
    }
  }

  private static func reason(of error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "\(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      (context.codingPath.map(\.stringValue) + [context.debugDescription]).joined(separator: ": ")
    @unknown default: "it cannot be read"
    }
  }

  /// The shop with its mappings and secrets.
  func account(named path: String) throws(Complaint) -> ShopifyAccount {
    guard let secret = try secret("secret", file: secretFile, variable: secretEnv, in: path) else {
      throw Complaint("\(path): \(shop) has no secret", do: "name it with secretFile or secretEnv")
    }
    return ShopifyAccount(
      shop: try mapped(in: path), secret: secret,
      previousSecret: try self.secret("previousSecret", file: previousSecretFile, variable: previousSecretEnv, in: path)
    )
  }

  /// True where the shop's Admin API is to be called, and not only listened to.
  var isPublishedTo: Bool { accessTokenFile != nil || accessTokenEnv != nil }

  /// What opens the shop's Admin API. Its token is read anew where Shopify does not know it any more.
  func access(named path: String) throws(Complaint) -> ShopifyAccess {
    let token = try token(in: path)
    do throws(ShopifyAccessError) {
      return try ShopifyAccess(
        domain: domain, token: token, version: apiVersion ?? ShopifyAccess.versionTested, address: adminAddress,
        renewed: { try? self.token(in: path) })
    } catch { throw Complaint("\(path): \(shop): \(error)", do: "see docs/shopify.md") }
  }

  private func token(in path: String) throws(Complaint) -> ShopifyToken {
    guard let text = try secret("accessToken", file: accessTokenFile, variable: accessTokenEnv, in: path) else {
      throw Complaint("\(path): \(shop) has no access token", do: "name it with accessTokenFile or accessTokenEnv")
    }
    guard let token = ShopifyToken(text) else {
      throw Complaint(
        "\(path): the access token of \(shop) is none", do: "write it as one line of letters, digits and _")
    }
    return token
  }

  /// The shop with what its ids are called here.
  func mapped(in path: String) throws(Complaint) -> ShopifyShop {
    var mapped = ShopifyShop(name: shop, domain: domain)
    mapped.locations = try ids(locations, "locations", in: path)
    mapped.variants = try ids(variants, "variants", in: path)
    mapped.defaultLocation = defaultLocation
    for location in Array(mapped.locations.values) + [defaultLocation ?? ""] {
      do { _ = try StockKey(shop: shop, sku: "sku", location: location) } catch {
        throw Complaint("\(path): \(error)", do: "names are 1 to \(Limits.keyPartBytesMax) bytes")
      }
    }
    if let referenceAttribute { mapped.reference = .noteAttribute(referenceAttribute) }
    if let channel {
      guard let id = Identifier(channel) else {
        throw Complaint("\(path): channel is no name", do: "give 1 to \(Limits.identifierBytesMax) bytes")
      }
      mapped.channel = id
    }
    mapped.shopifyDecrements = shopifyDecrements ?? false
    return mapped
  }

  private func ids(_ texts: [String: String]?, _ field: String, in path: String) throws(Complaint) -> [Int64: String] {
    var ids: [Int64: String] = [:]
    for (text, name) in texts ?? [:] {
      guard let id = Int64(text), id > 0, String(id) == text else {
        throw Complaint("\(path): \(field): \(text) is no id", do: "write Shopify's id in plain digits")
      }
      ids[id] = name
    }
    return ids
  }

  /// The text of a secret: of a file without its last line end, or of a variable. It is never printed.
  private func secret(
    _ field: String, file: String?, variable: String?, in path: String
  ) throws(Complaint) -> String? {
    let text: String
    switch (file, variable) {
    case (nil, nil): return nil
    case (let file?, nil):
      guard let content = FileManager.default.contents(atPath: file) else {
        throw Complaint("\(path): \(field)File \(file) cannot be read", do: "check the file and who may read it")
      }
      text = String(decoding: content, as: UTF8.self).trimmingCharacters(in: .newlines)
    case (nil, let variable?):
      guard let value = ProcessInfo.processInfo.environment[variable] else {
        throw Complaint("\(path): \(field)Env \(variable) is not set", do: "set it, or name a file")
      }
      text = value
    case (_?, _?): throw Complaint("\(path): \(shop) has \(field)File and \(field)Env", do: "leave one of the two out")
    }
    guard !text.isEmpty else { throw Complaint("\(path): the secret of \(shop) is empty", do: "check \(field)") }
    return text
  }
}

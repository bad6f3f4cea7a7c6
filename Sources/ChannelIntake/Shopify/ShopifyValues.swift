import StockLedger

// Single values of Shopify's bodies, each as tolerant as Shopify is and as exact as we need.

/// An id: an integer of up to 64 bits, or the last part of a `gid://shopify/Order/1`.
struct ShopifyID: Codable, Hashable {
  let number: Int64

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int64.self) {
      self.number = number
      return
    }
    let text = try container.decode(String.self)
    guard let number = text.split(separator: "/").last.flatMap({ exactInteger($0.utf8) }) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an id")
    }
    self.number = number
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(number)
  }
}

/// A time with its offset.
struct ShopifyTime: Codable, Hashable {
  let time: Timestamp

  init(_ time: Timestamp) { self.time = time }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let time = Timestamp(iso8601: try container.decode(String.self), finer: .up) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an ISO 8601 time with an offset")
    }
    self.time = time
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(time.description)
  }
}

/// Units of a line: 0 to 10^9.
struct ShopifyUnits: Codable, Hashable {
  let units: Int64

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    units = try container.decode(Int64.self)
    guard (0...Limits.quantityMax).contains(units) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "outside 0 to \(Limits.quantityMax)")
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(units)
  }
}

/// A note attribute; its value is a text, or none that we could use.
struct ShopifyAttribute: Decodable {
  let name: String
  let value: String?

  private enum CodingKeys: CodingKey { case name, value }

  init(name: String, value: String?) {
    self.name = name
    self.value = value
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    value = try? container.decode(String.self, forKey: .value)
  }
}

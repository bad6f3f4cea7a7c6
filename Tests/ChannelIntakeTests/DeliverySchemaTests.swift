import ChannelIntake
import FoundationEssentials
import Testing

/// The published schema and the reader know the same kinds and fields.
struct DeliverySchemaTests {
  private struct Schema: Decodable {
    struct Reference: Decodable {
      var path: String
      enum CodingKeys: String, CodingKey { case path = "$ref" }
    }
    struct Kind: Decodable {
      struct Field: Decodable {}
      var properties: [String: Field]?
      var required: [String]?
      var additionalProperties: Bool?
    }
    var oneOf: [Reference]
    var kinds: [String: Kind]
    enum CodingKeys: String, CodingKey {
      case oneOf
      case kinds = "$defs"
    }
  }

  @Test func schemaAndReaderAgree() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/delivery-form.schema.json")
    let schema = try JSONDecoder().decode(Schema.self, from: Data(contentsOf: file))
    #expect(schema.oneOf.map(\.path) == DeliveryKind.allCases.map { "#/$defs/\($0.rawValue)" })
    for kind in DeliveryKind.allCases {
      let written = try #require(schema.kinds[kind.rawValue])
      #expect(written.required == kind.required)
      #expect(written.properties?.keys.sorted() == (kind.required + kind.optional).sorted())
      #expect(written.additionalProperties == false)
    }
  }
}

import ChannelIntake
import StockLedger
import Testing

/// Rows for more than one key: lines whose place the engine finds, and configuration of shops, items and keys.
struct DeliveryScopeTests {
  static let item = #""shop":"uk","sku":"85123A""#
  static let demand =
    #"{"kind":"demand",\#(item),"source":"shopify","delivery":"o-1","claim":9,"line":"order","total":2,"#
    + #""occurredAt":"2010-12-01T08:26:00Z"}"#
  static let stage =
    #"{"kind":"stage",\#(item),"source":"shopify","delivery":"x-1","claim":9,"stage":"cancel","cumulative":1,"#
    + #""occurredAt":"2010-12-01T08:26:00Z"}"#
  static let policy =
    #"{"kind":"policy","shop":"uk","safetyBuffer":3,"owners":{"onHand":"erp","allocated":"wms","pending":"pos","#
    + #""open":"shopify"},"skew":60000,"skews":[{"count":"erp","claims":"wms","milliseconds":0},"#
    + #"{"count":"erp","claims":"pos","milliseconds":86400000}],"openFallsTo":"onHand","othersFallTo":"none","#
    + #""channels":[{"channel":"web","buffer":2,"quota":40,"quotaSince":"2010-12-01T08:26:00Z"},{"channel":"market"}],"#
    + #""customerLimit":{"units":4,"since":"2010-12-01T08:26:00Z"}}"#
  static let itemRules =
    #"{"kind":"itemRules",\#(item),"channels":[{"channel":"web","quota":100,"quotaSince":"2010-12-01T08:26:00Z"},"#
    + #"{"channel":"market","quota":0}],"customerLimit":{"units":2}}"#

  static let valid: [String] = [
    demand, stage, policy, itemRules,
    #"{"kind":"policy",\#(item),"safetyBuffer":0,"owners":{},"channels":[]}"#,
    #"{"kind":"policy",\#(item),"location":"leeds"}"#,
  ]

  private func keyed(_ row: String) throws -> KeyedCommand { try DeliveryForm.command(of: Array(row.utf8)) }

  private func id(_ text: String) throws -> Identifier { try #require(Identifier(text)) }

  private func patch(_ row: String) throws -> PolicyPatch {
    guard case .setScope(let patch) = try keyed(row).command else { throw RowError(line: 0, reason: .zero) }
    return patch
  }

  @Test func aLineWithoutALocationIsTheItems() throws {
    let item = try StockKey(shop: "uk", sku: "85123A", location: "")
    let place = try StockKey(shop: "uk", sku: "85123A", location: "leeds")
    for row in [Self.demand, Self.stage] {
      let without = try keyed(row)
      let with = try keyed(row.replacing(#""source""#, with: #""location":"leeds","source""#))
      #expect(without.key == item)
      #expect(with.key == place)
      #expect(without.command == with.command)
    }
  }

  @Test func aPolicyHasTheScopeThatItNames() throws {
    #expect(try keyed(#"{"kind":"policy","shop":"uk"}"#).key == StockKey(shop: "uk", sku: "", location: ""))
    #expect(try keyed(#"{"kind":"policy","shop":"uk","sku":"7"}"#).key == StockKey(shop: "uk", sku: "7", location: ""))
    #expect(
      try keyed(#"{"kind":"policy","shop":"uk","sku":"7","location":12}"#).key
        == StockKey(shop: "uk", sku: "7", location: "12"))
    #expect(try keyed(Self.itemRules).key == StockKey(shop: "uk", sku: "85123A", location: ""))
  }

  @Test func aPolicySaysEveryPart() throws {
    let at = try #require(Timestamp(iso8601: "2010-12-01T08:26:00Z"))
    var said = PolicyPatch()
    said.safetyBuffer = 3
    var owners = ComponentOwners()
    owners.onHand = try id("erp")
    owners.allocated = try id("wms")
    owners.pending = try id("pos")
    owners.open = try id("shopify")
    said.owners = owners
    said.skew = 60_000
    said.skews = [
      SourceSkew(count: try id("erp"), claims: try id("pos"), milliseconds: 86_400_000),
      SourceSkew(count: try id("erp"), claims: try id("wms"), milliseconds: 0),
    ]
    said.openFallsTo = .onHand
    said.othersFallTo = .nobody
    said.channels = [
      ChannelPolicy(channel: try id("market")),
      ChannelPolicy(channel: try id("web"), buffer: 2, quota: 40, quotaSince: at),
    ]
    said.customerLimit = CustomerLimit(units: 4, since: at)
    #expect(try patch(Self.policy) == said)
    #expect(said.problem == nil)
  }

  @Test func whatIsLeftOutIsNotSaid() throws {
    #expect(try patch(#"{"kind":"policy","shop":"uk"}"#) == PolicyPatch())
    var nothing = PolicyPatch()
    nothing.owners = ComponentOwners()
    nothing.channels = []
    nothing.skews = []
    #expect(try patch(#"{"kind":"policy","shop":"uk","owners":{},"channels":[ ],"skews":[]}"#) == nothing)
    #expect(try keyed(#"{"kind":"itemRules",\#(Self.item)}"#).command == .setPolicy(.default))
    let limitless = #"{"kind":"itemRules",\#(Self.item),"customerLimit":{"units":9007199254740992}}"#
    #expect(try keyed(limitless).command == .setPolicy(.default))
  }

  @Test func anItemHasQuotasAndALimit() throws {
    let at = try #require(Timestamp(iso8601: "2010-12-01T08:26:00Z"))
    var rules = KeyPolicy.default
    rules.channels = [
      ChannelPolicy(channel: try id("market"), quota: 0),
      ChannelPolicy(channel: try id("web"), quota: 100, quotaSince: at),
    ]
    rules.customerLimit = CustomerLimit(units: 2)
    #expect(try keyed(Self.itemRules).command == .setPolicy(rules))
  }

  @Test func theOrderOfAListIsNotContent() throws {
    let turned = Self.policy.replacing(
      #"{"count":"erp","claims":"wms","milliseconds":0},{"count":"erp","claims":"pos","milliseconds":86400000}"#,
      with: #"{"milliseconds":86400000,"claims":"pos","count":"erp"} , {"count":"erp","claims":"wms","milliseconds":0}"#
    )
    #expect(turned != Self.policy)
    #expect(try patch(turned) == patch(Self.policy))
  }

  /// An earlier start counts more units against a quota: what is finer than a millisecond is cut off.
  @Test func finerStartsAreCutOff() throws {
    #expect(try patch(Self.policy.replacing(":00Z", with: ":00.0009Z")) == patch(Self.policy))
    #expect(try patch(Self.policy.replacing(":00Z", with: ":00.001Z")) != patch(Self.policy))
  }

  @Test func asManyChannelsAsAKeyMayHave() throws {
    func row(_ count: Int) -> String {
      let channels = (0..<count).map { #"{"channel":"c\#($0)","buffer":1}"# }
      return #"{"kind":"policy","shop":"uk","channels":[\#(channels.joined(separator: ","))]}"#
    }
    let most = try patch(row(Limits.channelsPerKeyMax))
    #expect(most.channels?.count == Limits.channelsPerKeyMax)
    #expect(most.problem == nil)
    let error = try #require(throws: RowError.self) { try keyed(row(Limits.channelsPerKeyMax + 1)) }
    #expect(error.reason == .tooManyElements(limit: Limits.channelsPerKeyMax))
    #expect(error.description.hasSuffix("channels: a list of more than 256; give 256 at most"))
  }

  static func scope(_ fields: String) -> String { #"{"kind":"policy","shop":"uk",\#(fields)}"# }
  static func rules(_ fields: String) -> String { #"{"kind":"itemRules",\#(item),\#(fields)}"# }

  static let refused: [DeliveryFormTests.Refused] = [
    .init(name: "a location without a SKU", row: scope(#""location":"leeds""#), code: "missingField", field: "sku"),
    .init(name: "an empty SKU", row: scope(#""sku":"""#), code: "badKey", field: "sku"),
    .init(
      name: "an empty place of a policy", row: scope(#""sku":"7","location":"""#), code: "badKey", field: "location"),
    .init(
      name: "an empty place of a line", row: demand.replacing(#""source""#, with: #""location":"","source""#),
      code: "badKey", field: "location"),
    .init(
      name: "a line of a shop", row: demand.replacing(#""sku":"85123A","#, with: ""), code: "missingField", field: "sku"
    ),
    .init(
      name: "a line of an empty SKU", row: demand.replacing("85123A", with: ""), code: "badKey", field: "sku"),
    .init(
      name: "rules of an item at a place", row: rules(#""location":"leeds""#), code: "unknownField", field: "location"),
    .init(
      name: "rules of a shop", row: #"{"kind":"itemRules","shop":"uk"}"#, code: "missingField", field: "sku"),
    .init(name: "a buffer of an item", row: rules(#""safetyBuffer":1"#), code: "unknownField", field: "safetyBuffer"),
    .init(
      name: "a channel's buffer of an item", row: rules(#""channels":[{"channel":"web","quota":1,"buffer":1}]"#),
      code: "unknownField", field: "buffer"),
    .init(
      name: "an item's channel without a quota", row: rules(#""channels":[{"channel":"web"}]"#), code: "missingField",
      field: "quota"),
    .init(name: "a policy with a source", row: scope(#""source":"erp""#), code: "unknownField", field: "source"),
    .init(name: "a negative buffer", row: scope(#""safetyBuffer":-1"#), code: "outOfRange", field: "safetyBuffer"),
    .init(
      name: "a buffer past 2^53", row: scope(#""safetyBuffer":9007199254740993"#), code: "outOfRange",
      field: "safetyBuffer"),
    .init(name: "a skew past a day", row: scope(#""skew":86400001"#), code: "outOfRange", field: "skew"),
    .init(name: "owners in a word", row: scope(#""owners":"erp""#), code: "wrongType", field: "owners"),
    .init(
      name: "an owner of nothing known", row: scope(#""owners":{"onhand":"erp"}"#), code: "unknownField",
      field: "onhand"),
    .init(
      name: "an owner without a name", row: scope(#""owners":{"onHand":""}"#), code: "badIdentifier", field: "onHand"),
    .init(
      name: "what no open line falls to", row: scope(#""openFallsTo":"nobody""#), code: "unknownWord",
      field: "openFallsTo"),
    .init(
      name: "allocated falls to itself", row: scope(#""othersFallTo":"allocated""#), code: "unknownWord",
      field: "othersFallTo"),
    .init(
      name: "channels in an object", row: scope(#""channels":{"channel":"web"}"#),
      code: "wrongType", field: "channels"),
    .init(name: "channels by name", row: scope(#""channels":["web"]"#), code: "tooDeep", field: "channels"),
    .init(
      name: "channels in channels", row: scope(#""channels":[{"channel":{"a":1}}]"#),
      code: "tooDeep", field: "channel"),
    .init(name: "a list in a list", row: scope(#""channels":[{"quota":[]}]"#), code: "tooDeep", field: "quota"),
    .init(name: "a list that ends in a comma", row: scope(#""channels":[{"channel":"web"},]"#), code: "notJSON"),
    .init(name: "a list that does not end", row: #"{"kind":"policy","shop":"uk","channels":[{}"#, code: "notJSON"),
    .init(name: "a list for a number", row: scope(#""skew":[]"#), code: "wrongType", field: "skew"),
    .init(
      name: "a channel twice", row: scope(#""channels":[{"channel":"7"},{"channel":7,"quota":1}]"#),
      code: "duplicateElement", field: "channels"),
    .init(
      name: "a field of a channel twice", row: scope(#""channels":[{"channel":"a","channel":"b"}]"#),
      code: "duplicateField", field: "channel"),
    .init(
      name: "a channel without a name", row: scope(#""channels":[{"quota":1}]"#), code: "missingField", field: "channel"
    ),
    .init(
      name: "a quota of a half", row: scope(#""channels":[{"channel":"web","quota":0.5}]"#), code: "notExactInteger",
      field: "quota"),
    .init(
      name: "a pair of sources twice",
      row: scope(
        #""skews":[{"count":"a","claims":"b","milliseconds":1},{"count":"a","claims":"b","milliseconds":2}]"#),
      code: "duplicateElement", field: "skews"),
    .init(
      name: "a limit without units", row: scope(#""customerLimit":{"since":"2010-12-01T08:26:00Z"}"#),
      code: "missingField", field: "units"),
    .init(name: "a limit in a number", row: scope(#""customerLimit":4"#), code: "wrongType", field: "customerLimit"),
  ]

  @Test(arguments: refused)
  func refusedWithItsReason(_ refused: DeliveryFormTests.Refused) throws {
    let error = try #require(throws: RowError.self) {
      try DeliveryForm.command(of: Array(refused.row.utf8), line: 7)
    }
    #expect(error.reason.code == refused.code, "\(error)")
    #expect(error.field == refused.field)
    #expect(error.line == 7)
    #expect(!error.whatToDo.isEmpty)
  }
}

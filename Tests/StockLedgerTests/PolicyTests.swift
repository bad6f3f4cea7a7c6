import StockLedger
import Testing

@Suite("A key's policy is part of its state")
struct PolicyTests {
  @Test("the same policy again is a duplicate")
  func duplicate() {
    var day = KeyTranscript()
    #expect(day.ask(.setPolicy(.default)) == .again(0))
    #expect(day.policy { $0.safetyBuffer = 2 } == .yes(0))
    #expect(day.policy { $0.safetyBuffer = 2 } == .again(0))
  }

  @Test("numbers outside their ranges are refused, each by its field")
  func ranges() {
    var day = KeyTranscript()
    let web = KeyTranscript.id("web")
    #expect(day.policy { $0.safetyBuffer = -1 } == .no(.outOfRange(.buffer)))
    #expect(day.policy { $0.safetyBuffer = .max } == .no(.outOfRange(.buffer)))
    #expect(day.policy { $0.skew = 86_400_001 } == .no(.outOfRange(.skew)))
    #expect(
      day.policy { $0.skews = [SourceSkew(count: web, claims: web, milliseconds: -1)] } == .no(.outOfRange(.skew)))
    #expect(day.policy { $0.channels = [ChannelPolicy(channel: web, buffer: -1)] } == .no(.outOfRange(.buffer)))
    #expect(day.policy { $0.channels = [ChannelPolicy(channel: web, quota: -1)] } == .no(.outOfRange(.quota)))
    #expect(day.policy { $0.customerLimit = CustomerLimit(units: -1) } == .no(.outOfRange(.quota)))
    #expect(day.policy { $0.othersFallTo = .allocated } == .no(.outOfRange(.aggregate)))
    let many = (0...Limits.channelsPerKeyMax).map { ChannelPolicy(channel: KeyTranscript.id("c\($0)")) }
    #expect(day.policy { $0.channels = many } == .no(.outOfRange(.lines)))
    #expect(day.entries.isEmpty)
  }

  @Test("an item's own key has no stock: it only applies quotas and limits")
  func item() {
    var day = KeyTranscript()
    day.level = StockLevel(spansLocations: true)
    #expect(day.hold("h1", 7, channel: "web", customer: "ann") == .yes(7))
    day.policy {
      $0.customerLimit = CustomerLimit(units: 10)
      $0.channels = [ChannelPolicy(channel: KeyTranscript.id("web"), quota: 12)]
    }
    #expect(day.hold("h2", 4, channel: "web", customer: "ann") == .no(.customerLimit(available: 3)))
    #expect(day.hold("h2", 6, channel: "web", customer: "bob") == .no(.insufficientStock(available: 5)))
    #expect(day.hold("h2", 5, channel: "web", customer: "bob") == .yes(5))
    #expect(day.level.uncoveredClaims == [])
  }

  @Test("an operator's word on fallen units and marks is an entry")
  func operators() {
    var day = KeyTranscript(onHand: 9)
    day.policy { $0.openFallsTo = .onHand }
    day.report("shopify", .aggregate(Aggregate(component: .open, units: 5, asOf: day.now)))
    day.at(60)
    day.report("shopify", .aggregate(Aggregate(component: .open, units: 1, asOf: day.now)))
    #expect(day.net == 4)
    #expect(day.ask(.freeFallen(.open, upTo: KeyTranscript.second(59))) == .yes(0))
    #expect(day.net == 4)
    #expect(day.ask(.freeFallen(.open, upTo: day.now)) == .yes(0))
    #expect(day.net == 8)
    let old = Report.Body.aggregate(Aggregate(component: .open, units: 3, asOf: KeyTranscript.second(30)))
    #expect(day.report("shopify", old) == .no(.stale))
    day.ask(.resetMark(.open, KeyTranscript.id("shopify")))
    #expect(day.report("shopify", old) == .yes(0))
  }
}

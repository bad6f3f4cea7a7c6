import StockLedger
import Testing

@Suite("A channel sees its share")
struct ChannelTests {
  private func rules(_ day: inout KeyTranscript, _ channel: String, buffer: Int64 = 0, quota: Int64? = nil) {
    let since = day.now
    #expect(
      day.policy {
        $0.channels.removeAll { $0.channel == KeyTranscript.id(channel) }
        $0.channels.append(
          ChannelPolicy(channel: KeyTranscript.id(channel), buffer: buffer, quota: quota, quotaSince: since))
      } == .yes(0))
  }

  private func seen(_ day: KeyTranscript, _ channel: String) -> Int64 {
    day.level.available(to: KeyTranscript.id(channel))
  }

  @Test("a buffer keeps units back from its channel only")
  func buffer() {
    var day = KeyTranscript(onHand: 5)
    rules(&day, "app", buffer: 3)
    #expect(seen(day, "app") == 2)
    #expect(seen(day, "web") == 5)
    #expect(day.hold("ann", 3, channel: "app") == .no(.insufficientStock(available: 2)))
    #expect(day.hold("ann", 3, channel: "web") == .yes(3))
    #expect(seen(day, "app") == 0)
    #expect(day.hold("bob", 1, channel: "app") == .no(.insufficientStock(available: 0)))
    #expect(day.hold("bob", 2) == .yes(2))
  }

  @Test("the safety buffer keeps units back from everybody")
  func safetyBuffer() {
    var day = KeyTranscript(onHand: 5)
    day.policy { $0.safetyBuffer = 4 }
    #expect(day.net == 1)
    #expect(day.hold("ann", 2) == .no(.insufficientStock(available: 1)))
    day.policy { $0.safetyBuffer = 7 }
    #expect(day.net == -2)
    #expect(day.ats == 0)
    #expect(day.level.numbers.shortfall == 2)
  }

  @Test("a quota counts live holds and confirmed units; release and expiry give back")
  func quota() {
    var day = KeyTranscript(onHand: 50)
    rules(&day, "web", quota: 3)
    #expect(day.hold("ann", 2, ttl: 60, channel: "web") == .yes(2))
    #expect(seen(day, "web") == 1)
    #expect(day.hold("bob", 2, channel: "web") == .no(.insufficientStock(available: 1)))
    #expect(day.hold("bob", 1, channel: "web") == .yes(1))
    day.release("bob")
    #expect(seen(day, "web") == 1)
    day.at(60)
    day.ring()
    #expect(seen(day, "web") == 3)
    day.hold("cat", 3, channel: "web")
    day.confirm("cat", as: "o1")
    #expect(seen(day, "web") == 0)
    #expect(day.hold("dan", 40) == .yes(40))
  }

  @Test("a cancel gives quota back, settlement does not")
  func quotaEnds() {
    var day = KeyTranscript(onHand: 50)
    rules(&day, "web", quota: 4)
    day.hold("ann", 4, channel: "web")
    day.confirm("ann", as: "o1")
    day.order("o1", 4)
    day.stage(.cancel, "o1", "c1", 1)
    #expect(seen(day, "web") == 1)
    day.stage(.ship, "o1", "f1", 3)
    day.at(7_200)
    day.count(47)
    #expect(day.level.numbers.allocated == 0)
    #expect(day.net == 47)
    #expect(seen(day, "web") == 1)
  }

  @Test("what an order names for a channel counts towards its quota, and a hold it meets counts once")
  func quotaByReport() {
    var day = KeyTranscript(onHand: 50)
    rules(&day, "web", quota: 5)
    day.order("o1", 2, channel: "web")
    #expect(seen(day, "web") == 3)
    day.hold("ann", 2, channel: "web")
    #expect(seen(day, "web") == 1)
    day.confirm("ann", as: "o1")
    #expect(seen(day, "web") == 3)
  }

  @Test("a quota starts anew where its start moves")
  func quotaSince() {
    var day = KeyTranscript(onHand: 50)
    rules(&day, "web", quota: 2)
    day.hold("ann", 2, channel: "web")
    day.confirm("ann", as: "o1")
    #expect(seen(day, "web") == 0)
    day.at(86_400)
    rules(&day, "web", quota: 2)
    #expect(seen(day, "web") == 2)
  }

  @Test("rules set while holds are live count them")
  func rulesLate() {
    var day = KeyTranscript(onHand: 50)
    day.hold("ann", 2, channel: "web")
    rules(&day, "web", quota: 3)
    #expect(seen(day, "web") == 1)
    rules(&day, "web", quota: 1)
    #expect(seen(day, "web") == 0)
    day.release("ann")
    #expect(seen(day, "web") == 1)
  }

  @Test("a limit per customer needs a customer, and counts holds and purchases")
  func customerLimit() {
    var day = KeyTranscript(onHand: 50)
    day.policy { $0.customerLimit = CustomerLimit(units: 3) }
    #expect(day.hold("h1", 1) == .no(.customerRequired))
    #expect(day.hold("h1", 4, customer: "ann") == .no(.customerLimit(available: 3)))
    #expect(day.hold("h1", 2, customer: "ann") == .yes(2))
    #expect(day.hold("h2", 2, customer: "ann") == .no(.customerLimit(available: 1)))
    #expect(day.hold("h2", 3, customer: "bob") == .yes(3))
    day.confirm("h1", as: "o1")
    #expect(day.hold("h3", 2, customer: "ann") == .no(.customerLimit(available: 1)))
    day.order("o1", 2)
    day.stage(.cancel, "o1", "c1", 2)
    #expect(day.hold("h3", 3, customer: "ann") == .yes(3))
    #expect(day.hold("h4", 1, customer: "ann") == .no(.customerLimit(available: 0)))
  }

  @Test("the customer's limit is said before what the channel lacks")
  func precedence() {
    var day = KeyTranscript(onHand: 1)
    day.policy { $0.customerLimit = CustomerLimit(units: 3) }
    #expect(day.hold("h1", 9) == .no(.customerRequired))
    #expect(day.hold("h1", 9, customer: "ann") == .no(.customerLimit(available: 3)))
    #expect(day.hold("h1", 2, customer: "ann") == .no(.insufficientStock(available: 1)))
  }

  @Test("a rehold is a new admission: quota and customer limit count")
  func rehold() {
    var day = KeyTranscript(onHand: 50)
    rules(&day, "web", quota: 2)
    day.policy { $0.customerLimit = CustomerLimit(units: 2) }
    day.hold("h1", 2, ttl: 60, channel: "web", customer: "ann")
    day.at(60)
    day.hold("h2", 1, channel: "web", customer: "bob")
    #expect(day.confirm("h1", as: "o1", rehold: true) == .no(.insufficientStock(available: 1)))
    #expect(day.confirm("h1", as: "o1", 1, rehold: true) == .yes(1))
    #expect(day.confirm("h1", as: "o1", 2, rehold: true) == .no(.insufficientStock(available: 0)))
  }
}

@Suite("Net below zero is a fact that is named")
struct ShortfallTests {
  @Test("an order that nobody held for takes net below zero; the newest claims are uncovered")
  func uncovered() {
    var day = KeyTranscript(onHand: 3)
    day.order("o1", 2)
    day.at(10)
    day.order("o2", 2)
    day.at(20)
    day.order("o3", 1)
    #expect(day.net == -2)
    #expect(day.ats == 0)
    #expect(day.level.numbers.shortfall == 2)
    #expect(day.level.uncoveredClaims == [KeyTranscript.id("o3"), KeyTranscript.id("o2")])
    #expect(day.hold("ann", 1) == .no(.insufficientStock(available: 0)))
    day.count(9)
    #expect(day.level.uncoveredClaims == [])
  }

  @Test("a count below what is held leaves the holds alone")
  func countBelow() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 4)
    day.at(600 - 1)
    day.count(1)
    #expect(day.net == -3)
    #expect(day.confirm("ann", as: "o1") == .yes(4))
    #expect(day.net == -3)
    #expect(day.level.uncoveredClaims == [KeyTranscript.id("o1")])
  }
}

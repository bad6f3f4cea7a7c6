import SimulationKit
import StockLedger
import Testing

@Suite("The auditor")
struct AuditorTests {
  @Test("an honest history has no contradiction, and every number is exact")
  func honest() throws {
    var script = try AuditScript()
    try script.count(10, ats: 10)
    try script.hold("a", 4, ats: 6)
    try script.hold("b", 3, ats: 3)
    try script.hold("a", 4, ats: 3, isDuplicate: true)
    try script.confirm("a", 4, as: "order-1/1", ats: 3)
    try script.release("b", 3, ats: 6)
    script.tell(try AuditScript.adjusted(5, "receipt-1", at: script.now + 1), ats: 11)
    script.tell(try AuditScript.cancelled("order-1/1", 1, "refund-1", at: script.now), ats: 12)
    try script.hold("c", 12, ats: 0)
    script.now = script.now + Limits.holdLifetimeDefault
    try script.hold("d", 1, ats: 11)
    script.auditor.rested(script.key, availableToSell: 11, at: script.now)
    let report = script.auditor.report()
    #expect(report.contradictions == [])
    #expect(report.operations == 11)
    #expect(report.unitsGranted == 20)
    #expect(report.looseNumbers == 0)
    #expect(report.unitsOversold == 0)
    #expect(script.sweep.first == nil)
  }

  @Test("a grant too many is an oversell, in words with its numbers")
  func oversold() throws {
    var script = try AuditScript()
    try script.count(5, ats: 5)
    try script.hold("a", 3, ats: 2)
    try script.hold("b", 3, ats: 0)
    let report = script.auditor.report()
    #expect(report.first?.kind == .oversold)
    #expect(report.unitsOversold == 1)
    #expect(
      report.first?.words
        == "b was granted 3 units, but at most 2 were there (on hand 5, demand 0, buffer 0, held 3)")
    #expect(script.sweep.unitsOversold == 1)
    #expect(script.sweep.first?.words == "6 units surely promised (held 6, sold 0), 5 possibly there")
  }

  @Test("an ATS that does not add up")
  func wrongNumber() throws {
    var script = try AuditScript()
    try script.count(5, ats: 5)
    try script.hold("a", 3, ats: 3)
    let report = script.auditor.report()
    #expect(script.found == [.wrongNumber])
    #expect(report.first?.words.hasPrefix("the answer says 3 available, the books say 2") == true)
    #expect(report.first?.entry.number == 2)
  }

  @Test("the number at rest must add up as well")
  func wrongNumberAtRest() throws {
    var script = try AuditScript()
    try script.count(5, ats: 5)
    script.auditor.rested(script.key, availableToSell: 4, at: script.now)
    #expect(script.found == [.wrongNumber])
  }

  @Test("one id granted twice; other units in a duplicate")
  func grantedTwice() throws {
    var script = try AuditScript()
    try script.count(9, ats: 9)
    try script.hold("a", 3, ats: 6)
    try script.hold("a", 3, ats: 6)
    #expect(script.found == [.grantedTwice])
    try script.hold("a", 2, ats: 6, isDuplicate: true)
    #expect(script.found == [.grantedTwice, .grantedTwice])
  }

  @Test("a duplicate of what was never granted")
  func strangeDuplicate() throws {
    var script = try AuditScript()
    try script.count(9, ats: 9)
    try script.hold("ghost", 3, ats: 9, entry: 1, isDuplicate: true)
    #expect(script.found == [.notHeld])
  }

  @Test("a double confirm: the same units as two claims")
  func confirmedTwice() throws {
    var script = try AuditScript()
    try script.count(9, ats: 9)
    try script.hold("a", 3, ats: 6)
    try script.confirm("a", 3, as: "order-1/1", ats: 6)
    try script.confirm("a", 3, as: "order-2/1", ats: 3)
    #expect(script.found == [.endedTwice])
  }

  @Test("released and confirmed; released and expired")
  func endedTwice() throws {
    var script = try AuditScript()
    try script.count(9, ats: 9)
    try script.hold("a", 3, ats: 6)
    try script.release("a", 3, ats: 9)
    try script.confirm("a", 3, as: "order-1/1", ats: 6)
    #expect(script.found == [.endedTwice])
    try script.hold("b", 2, ats: 4)
    script.now = script.now + Limits.holdLifetimeDefault
    try script.release("b", 2, ats: 8)
    #expect(script.found.contains(.endedTwice) && script.found.count == 3, "its number is wrong as well")
  }

  @Test("confirm at the expiry is too late; one millisecond before is not; admitted anew is a new grant")
  func expiry() throws {
    for (late, expected) in [(Int64(-1), []), (0, [Contradiction.Kind.notHeld])] {
      var script = try AuditScript()
      try script.count(3, ats: 3)
      try script.hold("a", 3, ats: 0)
      script.now = script.now + Limits.holdLifetimeDefault + late
      try script.confirm("a", 3, as: "order-1/1", ats: 0)
      #expect(script.found == expected)
    }
    var script = try AuditScript()
    try script.count(3, ats: 3)
    try script.hold("a", 3, ats: 0)
    script.now = script.now + Limits.holdLifetimeDefault
    try script.hold("b", 1, ats: 2)
    try script.confirm("a", 3, as: "order-1/1", ats: 0, whenExpired: .reholdIfAvailable)
    #expect(script.found.first == .oversold)
    #expect(script.auditor.report().unitsOversold == 1)
  }

  @Test("an order's report and its confirm are one demand")
  func confirmMeetsOrder() throws {
    var script = try AuditScript()
    try script.count(9, ats: 9)
    try script.hold("a", 3, ats: 6)
    let order = Demand(
      claim: try AuditScript.id("order-1/1"), kind: .order, total: try AuditScript.units(3), occurredAt: script.now)
    let report = Report(
      source: try AuditScript.id("shopify"), delivery: try AuditScript.id("d1"), body: .demand(order))
    script.tell(.report(report), ats: 3)
    try script.confirm("a", 3, as: "order-1/1", ats: 6)
    #expect(script.found == [])
  }

  @Test("entry numbers that go against what was seen")
  func wrongOrder() throws {
    var script = try AuditScript()
    try script.count(9, ats: 9)
    try script.hold("a", 1, ats: 7, entry: 8)
    try script.hold("b", 1, ats: 8, entry: 5)
    #expect(script.found == [.wrongOrder])
  }

  @Test("an entry of another shard, a refusal that contradicts itself, other units than asked for")
  func smallLies() throws {
    var script = try AuditScript()
    try script.count(9, ats: 9)
    let request = HoldRequest(id: try AuditScript.id("a"), quantity: try AuditScript.units(2))
    script.say(.hold(request), .refused(.insufficientStock(available: 2)))
    #expect(script.found == [.wrongRefusal])
    script.tell(.hold(request), units: 1, expiresAt: script.now + 600_000, ats: 8)
    #expect(script.found == [.wrongRefusal, .wrongAnswer])
    let stranger = Receipt(availableToSell: 8, entry: EntryNumber(shard: UInt8(script.key.shard) &+ 1, number: 3))
    script.say(try AuditScript.adjusted(-1, "loss", at: .distantPast), .accepted(stranger))
    #expect(script.found.contains(.wrongOrder))
  }

  @Test("an unknown answer may or may not have happened, and its repeat is believed")
  func unknown() throws {
    for granted in [false, true] {
      var script = try AuditScript()
      try script.count(5, ats: 5)
      let request = HoldRequest(id: try AuditScript.id("a"), quantity: try AuditScript.units(3))
      script.say(.hold(request), .unknown)
      if granted { script.entry += 1 }
      try script.hold("b", 2, ats: granted ? 0 : 3)
      if granted { try script.hold("a", 3, ats: 0, isDuplicate: true) }
      #expect(script.found == [])
      #expect(script.auditor.report().unknowns == 1)
      #expect((script.auditor.report().looseNumbers > 0) == !granted)
      try script.hold("c", 4, ats: 0)
      #expect(script.found.first == .oversold, "doubt about one hold excuses nothing beyond it")
    }
  }

  @Test("a late confirm may find the units of an order whose outcome was unknown")
  func confirmOfUnknownOrder() throws {
    for isAsked in [true, false] {
      var script = try AuditScript()
      try script.count(5, ats: 5)
      try script.hold("a", 2, ats: 3)
      let claim = try AuditScript.id("order-1/1")
      let order = Demand(claim: claim, kind: .order, total: try AuditScript.units(2), occurredAt: script.now)
      let report = Report(
        source: try AuditScript.id("shopify"), delivery: try AuditScript.id("order-1"), body: .demand(order))
      if isAsked { script.say(.report(report), .unknown) }
      script.entry += 2
      script.now = script.now + Limits.holdLifetimeDefault
      try script.confirm("a", 2, as: "order-1/1", ats: 3)
      #expect(script.found == (isAsked ? [] : [.notHeld]))
    }
  }

  @Test("a repeated release ends nothing again, also of a hold whose repeat had no answer")
  func repeatedReleaseOfUnsureHold() throws {
    for isDuplicate in [true, false] {
      var script = try AuditScript()
      try script.count(5, ats: 5)
      try script.hold("a", 2, ats: 3)
      let id = try AuditScript.id("a")
      script.say(.hold(HoldRequest(id: id, quantity: try AuditScript.units(2))), .unknown)
      try script.release("a", 2, ats: 5)
      script.tell(.release(id, nil), units: 2, ats: 5, entry: script.entry, isDuplicate: isDuplicate)
      #expect(script.found == (isDuplicate ? [] : [.endedTwice]))
    }
  }

  @Test("what a count may have settled widens the bounds, and no more than that")
  func settlement() throws {
    for (ats, isHonest) in [(6, true), (9, true), (5, false), (10, false)] as [(Int64, Bool)] {
      var script = try AuditScript()
      try script.count(9, ats: 9)
      try script.hold("a", 3, ats: 6)
      try script.confirm("a", 3, as: "order-1/1", ats: 6)
      let ship = StageReport(
        claim: try AuditScript.id("order-1/1"), stage: .ship,
        amount: .document(try AuditScript.id("f1"), try AuditScript.units(3)), occurredAt: script.now)
      script.tell(
        .report(Report(source: try AuditScript.id("wms"), delivery: try AuditScript.id("f1"), body: .stage(ship))),
        ats: 6)
      script.now = script.now + 60_000
      try script.count(9, ats: ats)
      #expect(script.found == (isHonest ? [] : [.wrongNumber]))
    }
  }

  @Test("a key with an aggregate is checked up to it, and named")
  func unchecked() throws {
    var script = try AuditScript()
    try script.count(9, ats: 9)
    let aggregate = Aggregate(component: .allocated, units: 4, asOf: script.now)
    let wms = try AuditScript.id("wms")
    script.tell(.report(Report(source: wms, delivery: try AuditScript.id("a1"), body: .aggregate(aggregate))), ats: 5)
    try script.hold("a", 5, ats: 0)
    #expect(script.found == [])
    #expect(script.auditor.report().keysUnchecked == [script.key])
  }

  @Test("answers may say anything: no number traps")
  func extremes() throws {
    var script = try AuditScript()
    try script.count(.max, ats: .min)
    script.tell(try AuditScript.adjusted(.min, "loss", at: script.now + 1), ats: .max)
    let request = HoldRequest(id: try AuditScript.id("a"), quantity: try AuditScript.units(1), lifetime: .max)
    script.tell(.hold(request), units: .max, expiresAt: Timestamp(milliseconds: .max), ats: -7)
    script.tell(.release(try AuditScript.id("a"), nil), units: .max, ats: .max, entry: .max)
    #expect(!script.found.isEmpty)
  }
}

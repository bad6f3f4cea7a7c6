import SimulationKit
import StockLedger
import Testing

@Suite("The sweep counts what corrections add and take away")
struct SweptCorrectionTests {
  private func correct(
    _ document: String, _ change: Correction.Change, _ answer: Answer? = nil, in script: inout AuditScript
  ) throws {
    let correction = Correction(
      document: try AuditScript.id(document), report: .none, reason: .unexplained, change: change)
    if let answer { return script.say(.correct(correction), answer) }
    script.tell(.correct(correction), ats: 0)
  }

  @Test("units that were found may be promised; those of a refused correction may not")
  func found() throws {
    var script = try AuditScript()
    try script.count(5, ats: 5)
    try correct("r1", .onHand(delta: 2, from: 5), in: &script)
    try script.hold("a", 7, ats: 0)
    #expect(script.sweep.first == nil)
    try correct("r2", .onHand(delta: 2, from: 5), .refused(.changedMeanwhile(now: 7)), in: &script)
    try script.hold("b", 1, ats: 0)
    #expect(script.sweep.unitsOversold == 1)
  }

  @Test("units that were lost are nobody's grant; a grant of them is")
  func lost() throws {
    var script = try AuditScript()
    try script.count(5, ats: 5)
    try script.hold("a", 4, ats: 1)
    try correct("r1", .onHand(delta: -3, from: 5), in: &script)
    #expect(script.sweep.first == nil)
    script.now = script.now + 1
    try script.count(4, ats: 0)
    try script.hold("b", 5, ats: 0)
    #expect(script.sweep.first != nil)
  }

  @Test("an ended claim's units may be promised again, until they are given back")
  func ended() throws {
    var script = try AuditScript()
    let claim = try AuditScript.id("order-1/1")
    try script.count(4, ats: 4)
    try script.hold("a", 4, ats: 0)
    try script.confirm("a", 4, as: "order-1/1", ats: 0)
    try correct("r1", .claim(claim, units: 3, from: 4), in: &script)
    try script.hold("b", 3, ats: 0)
    #expect(script.sweep.first == nil)
    try correct("r2", .claim(claim, units: 1, from: 4), .refused(.changedMeanwhile(now: 1)), in: &script)
    try script.hold("c", 1, ats: 0)
    #expect(script.sweep.unitsOversold == 1)
  }
}

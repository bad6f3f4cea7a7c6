import StockLedger
import Testing

@testable import InventoryService

extension ServiceTests {
  /// Corrections in the words of `tail`, feed and history.
  @Suite struct CorrectionJSONTests {
    private func told(_ change: Correction.Change) throws -> HTTPCaller.Answer {
      let correction = Correction(
        document: Identifier("row-7") ?? .none, report: Identifier("rep-1") ?? .none, reason: .claimOrphaned,
        change: change)
      let entry = JournalEntry(at: Timestamp(milliseconds: 0), body: .corrected(correction))
      let key = try StockKey(shop: "shop", sku: "mug", location: "leeds")
      return HTTPCaller.Answer(body: EntryJSON.line(entry, key: key, at: EntryNumber(shard: 1, number: 7)))
    }

    @Test func whoAndWhy() throws {
      let line = try told(.onHand(delta: -2, from: 12)).json
      for (name, text) in [
        ("entry", "1-7"), ("kind", "corrected"), ("document", "row-7"), ("report", "rep-1"),
        ("reason", "claimOrphaned"), ("component", "onHand"), ("sku", "mug"),
      ] { #expect(line[name] as? String == text, "\(name)") }
    }

    @Test func whatAndFromWhat() throws {
      let claim = Identifier("o1") ?? .none
      let web = Identifier("web") ?? .none
      let onHand = try told(.onHand(delta: -2, from: 12))
      #expect([onHand.number("delta"), onHand.number("from")] == [-2, 12])
      let ended = try told(.claim(claim, units: 3, from: 4))
      #expect([ended.number("units"), ended.number("from")] == [3, 4])
      #expect(ended.json["claim"] as? String == "o1")
      let unnamed = try told(.unnamed(web, number: 5, from: 2))
      #expect([unnamed.number("number"), unnamed.number("from")] == [5, 2])
      #expect(unnamed.json["channel"] as? String == "web")
      let again = try told(.unnamedAgain(web, number: 5, units: 2))
      #expect([again.number("number"), again.number("units")] == [5, 2])
    }
  }
}

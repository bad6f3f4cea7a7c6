import Foundation
import Testing

/// The commands, as a person uses them.
@Suite struct CommandTests {
  @Test func aRealDayOfTrade() async throws {
    let place = try Place()
    let run = try await Program.run(
      "replay", Program.trace, "--data", place.data, "--stock", "share:0.8", "--json", in: place)
    #expect(run.code == 0, "\(run.errors)")
    let report = try #require(jsonObject(run.out))
    let carts = try #require(report["carts"] as? [String: Any])
    #expect(carts["asked"] as? Int == 375)
    #expect(carts["granted"] as? Int == 205)
    #expect(carts["confirmed"] as? Int == 205)
    #expect((carts["refused"] as? [String: Int]) == ["insufficientStock": 170])
    #expect((report["units"] as? [String: Int])?["adjusted"] == -1_398)
    #expect((report["audit"] as? [String: Int])?["unitsOversold"] == 0)

    let verified = try await Program.run("verify", "--data", place.data, "--json", in: place)
    #expect(verified.code == 0, "\(verified.errors)")
    let whole = try #require(jsonObject(verified.out))
    #expect(whole["whole"] as? Bool == true)
    #expect(whole["digestLive"] as? String == report["digest"] as? String)
    #expect(whole["entries"] as? Int == (report["journal"] as? [String: Int])?["entries"])

    let shown = try await Program.run("show", "retail/85123A/main", "--data", place.data, "--json", in: place)
    let key = try #require(jsonObject(shown.out))
    #expect(key["onHand"] as? Int == 648)
    #expect(key["availableToSell"] as? Int == (key["onHand"] as? Int ?? 0) - (key["open"] as? Int ?? 0))

    let tail = try await Program.run("tail", "--data", place.data, "--json", in: place)
    #expect(tail.objects.count == (whole["entries"] as? Int ?? 0) + 1)
    let cursor = try #require(tail.objects.last?["cursor"] as? String)
    let rest = try await Program.run("tail", "--data", place.data, "--from", cursor, "--json", in: place)
    #expect(rest.lines.count == 1, "a cursor at the end has nothing after it")
    let one = try await Program.run("tail", "--data", place.data, "--from", "17-5", "--json", in: place)
    #expect(one.objects.first?["entry"] as? String == "17-5")

    let again = try await Program.run("replay", Program.trace, "--data", place.data, in: place)
    #expect(again.code == 1)
    #expect(again.errors.contains("name an empty directory"))
  }

  @Test func ampleStockRefusesNobody() async throws {
    let place = try Place()
    let run = try await Program.run("replay", Program.trace, "--data", place.data, "--json", in: place)
    let carts = try #require(jsonObject(run.out)?["carts"] as? [String: Any])
    #expect(carts["granted"] as? Int == carts["asked"] as? Int)
    #expect(run.code == 0)
  }

  @Test func badRowsAreNamedAndGoodOnesGoOn() async throws {
    let place = try Place()
    let file = place.file(
      """
      invoice,sku,quantity,invoiced_at,customer
      1,85123A,2,2010-12-01T08:26:00Z,7
      2,85123A,two,2010-12-01T08:27:00Z,7
      3,71053,1,yesterday,
      """)
    let run = try await Program.run("replay", file, "--data", place.data, "--json", in: place)
    #expect(run.code == 2)
    #expect(run.errors.contains("line 3, quantity: not an exact 64-bit integer"))
    #expect(run.errors.contains("line 4, invoiced_at"))
    let report = try #require(jsonObject(run.out))
    #expect((report["badRows"] as? [[String: Any]])?.compactMap { $0["line"] as? Int } == [3, 4])
    #expect((report["carts"] as? [String: Any])?["confirmed"] as? Int == 1)
  }

  @Test func deliveriesInJSONLines() async throws {
    let place = try Place()
    func row(_ kind: String, _ fields: String) -> String {
      #"{"kind":"\#(kind)","shop":"uk","sku":"A","location":"l",\#(fields)}"#
    }
    let count = #""source":"erp","delivery":"1","units":2,"asOf":"2010-12-01T08:00:00Z""#
    let file = place.file(
      [
        row("count", count),
        row("hold", #""reservation":"r1","units":2,"requestedAt":"2010-12-01T08:01:00Z""#),
        row("hold", #""reservation":"r2","units":1,"requestedAt":"2010-12-01T08:02:00Z""#),
        row("hold", #""reservation":"r3","units":1,"requestedAt":"2010-12-01T08:12:00Z""#),
        row("confirm", #""reservation":"r3","claim":"o3""#), #"{"kind":"hold"}"#,
      ].joined(separator: "\n"))
    let run = try await Program.run("replay", file, "--data", place.data, "--json", in: place)
    #expect(run.code == 2)
    let report = try #require(jsonObject(run.out))
    #expect((report["accepted"] as? [String: Int]) == ["count": 1, "hold": 2, "confirm": 1])
    #expect((report["refused"] as? [String: Int]) == ["hold insufficientStock": 1])
    #expect((report["journal"] as? [String: Int])?["holdsExpired"] == 1, "r1 expired in the trace's time")
  }

  @Test func countsGoOutAndComeBack() async throws {
    let place = try Place()
    let file = place.file(
      "shop,sku,location,units,as_of\r\n\"a,b\",85123A,x,7,2024-01-01T00:00:00Z\r\n"
        + "uk,85123a,x,-2,2024-01-01T00:00:00Z\r\nuk,bad,x,1.5,2024-01-01T00:00:00Z\r\n")
    let dry = try await Program.run("import", file, "--data", place.data, "--dry-run", "--json", in: place)
    #expect(dry.code == 2)
    let changes = try #require(jsonObject(dry.out)?["changes"] as? [[String: Any]])
    #expect(changes.compactMap { $0["to"] as? Int } == [7, -2])
    #expect(!FileManager.default.fileExists(atPath: place.data), "a dry run makes nothing")

    let taken = try await Program.run("import", file, "--data", place.data, "--json", in: place)
    #expect(taken.code == 2)
    #expect(jsonObject(taken.out)?["taken"] as? Int == 2)
    #expect(taken.errors.contains("line 4, units"))

    let out = place.newFile()
    let exported = try await Program.run("export", "--data", place.data, "--out", out, in: place)
    #expect(exported.code == 0)
    let text = try String(contentsOfFile: out, encoding: .utf8)
    #expect(
      text == "shop,sku,location,units,as_of,source\r\n\"a,b\",85123A,x,7,2024-01-01T00:00:00.000Z,erp\r\n"
        + "uk,85123a,x,-2,2024-01-01T00:00:00.000Z,erp\r\n")
    let again = try await Program.run("import", out, "--data", place.data, "--json", in: place)
    #expect(again.code == 0, "\(again.errors)")
    #expect(jsonObject(again.out)?["duplicates"] as? Int == 2)

    let slash = try await Program.run(
      "show", "--shop", "a,b", "--sku", "85123A", "--location", "x", "--data", place.data, in: place)
    #expect(slash.out.contains("on hand"))
  }

  @Test func theDemoIsSound() async throws {
    let place = try Place()
    let run = try await Program.run(
      "demo", "--trace", Program.trace, "--buyers", "10000", "--json", in: place)
    #expect(run.code == 0, "\(run.errors)")
    let table = try #require(jsonObject(run.out))
    #expect(table["sound"] as? Bool == true)
    let sale = try #require(table["flashSale"] as? [String: Any])
    #expect(sale["asked"] as? Int == 10_000)
    #expect(sale["unitsOversold"] as? Int == 0)
    #expect(sale["lost"] as? Int == 0)
    #expect((sale["acknowledgedBeforeKill"] as? Int ?? 0) >= 450)
    #expect((sale["confirmed"] as? Int ?? 0) + (sale["availableAtEnd"] as? Int ?? 0) == 1_000)
    #expect(sale["digestLive"] as? String == sale["digestFromZero"] as? String)
    let service = try #require(table["service"] as? [String: Any])
    #expect((service["booksDiffer"] as? [String])?.isEmpty == true)
    #expect(service["granted"] as? Int == service["confirmed"] as? Int)
    #expect((service["refused"] as? [String: Int])?.keys.contains { $0 != "insufficientStock" } == false)
    #expect((service["granted"] as? Int ?? 0) > 100)
    let left = try FileManager.default.contentsOfDirectory(atPath: place.path).filter { $0.hasPrefix("holdfast-demo") }
    #expect(left.isEmpty, "the demo leaves nothing behind")
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalStopsInOrder(_ signal: Int32) async throws {
    let place = try Place()
    let running = try Program.start(
      Program.path, ["replay", Program.trace, "--data", place.data, "--speed", "1x"], in: place)
    while !FileManager.default.fileExists(atPath: place.data + "/heads") { try await Task.sleep(for: .milliseconds(5)) }
    running.signal(signal)
    let run = try await running.end()
    #expect(run.code == 128 + signal)
    #expect(!run.wasKilled)
    let verified = try await Program.run("verify", "--data", place.data, in: place)
    #expect(verified.code == 0, "\(verified.errors)")
  }
}

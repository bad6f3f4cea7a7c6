import ChannelIntake
import Foundation
import StockLedger
import Testing

@testable import InventoryService

extension ServiceTests {
  /// A folder in which a source leaves files.
  @Suite struct DropFolderTests {
    /// A folder, and the service that takes from it.
    private struct Drop: Sendable {
      let place: ScratchPlace
      var path: String { place.path + "/drop" }

      init() throws {
        place = try ScratchPlace()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      }

      var settings: SourceSettings {
        var drop = DropSettings(path: path)
        drop.settle = .milliseconds(50)
        drop.every = .milliseconds(10)
        drop.fileMax = 1 << 20
        return SourceSettings(origin: DeliveryOrigin(shop: "shop", source: "erp"), door: .drop(drop))
      }

      /// Leaves a file as careful writers do: under another name first.
      func leave(_ name: String, _ content: String) throws {
        try Data(content.utf8).write(to: URL(fileURLWithPath: path + "/.writing"))
        try FileManager.default.moveItem(atPath: path + "/.writing", toPath: path + "/" + name)
      }

      func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted()
      }

      /// What is laid down of the one day on which the test runs.
      var done: [String] {
        names("done").filter { $0 != "taken.jsonl" }.flatMap { names("done/" + $0) }.sorted()
      }

      func text(_ name: String) throws -> String {
        for day in names("done") where day != "taken.jsonl" {
          if let text = try? String(contentsOfFile: path + "/done/\(day)/\(name)", encoding: .utf8) { return text }
        }
        return try String(contentsOfFile: path + "/failed/" + name, encoding: .utf8)
      }

      var taken: [String] {
        get throws {
          try String(contentsOfFile: path + "/done/taken.jsonl", encoding: .utf8).split(separator: "\n").map(
            String.init)
        }
      }
    }

    private static let header = "sku,location,units,as_of\n"
    private static let keys = [(shop: "shop", scopes: "read")]

    /// Waits until the folder has laid down or put aside so many files, their companions included.
    private func wait(for count: Int, in drop: Drop) async throws {
      while drop.done.count + drop.names("failed").count < count { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test func aFileIsTakenWholeAndLaidDown() async throws {
      let drop = try Drop()
      try drop.leave("stock.csv", Self.header + "a,main,5,2026-01-01T00:00:00Z\nb,main,x,2026-01-01T00:00:00Z\n")
      try drop.leave(".hidden.csv", Self.header + "h,main,5,2026-01-01T00:00:00Z\n")
      try drop.leave("stock.csv.part", Self.header + "h,main,5,2026-01-01T00:00:00Z\n")
      try await OpenService.open(keys: Self.keys, sources: [drop.settings]) { service in
        try await wait(for: 2, in: drop)
        let client = service.caller()
        #expect(try await client.get("/v1/stock/a/main").number("onHand") == 5)
        #expect(try await client.get("/v1/stock/h").status == 404)
        #expect(drop.done == ["stock.csv", "stock.csv.errors.csv"])
        let errors = try drop.text("stock.csv.errors.csv").components(separatedBy: "\r\n")
        #expect(errors[0] == "line,field,sku,location,code,reason,what_to_do")
        #expect(errors[1].hasPrefix("3,units,,,notExactInteger,"))
        #expect(errors.count == 3)

        try drop.leave("more.jsonl", #"{"kind":"count","sku":"c","location":"main","units":1}"# + "\n")
        try await wait(for: 4, in: drop)
        #expect(try drop.text("more.jsonl.errors.jsonl").contains(#""code":"missingField""#))
        let stands = try await client.get("/v1/sources/erp")
        #expect(stands.json["kind"] as? String == "drop")
        #expect(stands.number("deliveries") == 2)
        #expect(stands.number("rejected") == 2)
        #expect(stands.number("filesWaiting") == 0)
        #expect((stands.json["lastDelivery"] as? [String: String])?["name"] == "more.jsonl")
        #expect(drop.names("") == [".hidden.csv", "done", "failed", "stock.csv.part", "working"])
        #expect(drop.names("working").isEmpty)
      }
    }

    @Test func theSameContentIsTakenOnce() async throws {
      let drop = try Drop()
      let file = Self.header + "a,main,5,2026-01-01T00:00:00Z\n"
      try drop.leave("one.csv", file)
      try await OpenService.open(keys: Self.keys, sources: [drop.settings]) { service in
        try await wait(for: 1, in: drop)
        try drop.leave("two.csv", file)
        try await wait(for: 3, in: drop)
        #expect(drop.done == ["one.csv", "two.csv", "two.csv.duplicate.txt"])
        #expect(try drop.text("two.csv.duplicate.txt").contains("as one.csv"))
        let stands = try await service.caller().get("/v1/sources/erp")
        #expect(stands.number("rows") == 1)
        #expect(stands.number("filesRepeated") == 1)
      }
      // Another start knows it too, and a file of the same name is laid down beside the first.
      try drop.leave("one.csv", file)
      try await OpenService.open(keys: Self.keys, sources: [drop.settings]) { service in
        try await wait(for: 5, in: drop)
        #expect(drop.done.contains("one.csv.2"))
        #expect(try await service.caller().get("/v1/sources/erp").number("filesRepeated") == 1)
        #expect(try drop.taken.count == 1)
      }
    }

    /// A file of which rows were refused may come again as it is: what was against them may be gone.
    @Test func aFileWithFaultsMayComeAgain() async throws {
      let drop = try Drop()
      let file = Self.header + "a,main,5,2026-01-01T00:00:00Z\nb,main,,2026-01-01T00:00:00Z\n"
      try drop.leave("one.csv", file)
      try await OpenService.open(keys: Self.keys, sources: [drop.settings]) { service in
        try await wait(for: 2, in: drop)
        try drop.leave("two.csv", file)
        try await wait(for: 4, in: drop)
        let stands = try await service.caller().get("/v1/sources/erp")
        #expect(stands.number("duplicates") == 1)
        #expect(stands.number("rejected") == 2)
        #expect(stands.number("filesRepeated") == 0)
      }
    }

    @Test func whatCannotBeReadIsPutAside() async throws {
      let drop = try Drop()
      let outside = drop.place.path + "/secret.csv"
      try Data((Self.header + "secret,main,5,2026-01-01T00:00:00Z\n").utf8).write(to: URL(fileURLWithPath: outside))
      try FileManager.default.createSymbolicLink(atPath: drop.path + "/link.csv", withDestinationPath: outside)
      try drop.leave("headless.csv", "a,main,5,2026-01-01T00:00:00Z\n")
      try drop.leave("empty.csv", "")
      try drop.leave("book.xlsx", "PK")
      try drop.leave("large.csv", Self.header + String(repeating: " ", count: 1 << 20))
      try await OpenService.open(keys: Self.keys, sources: [drop.settings]) { service in
        try await wait(for: 10, in: drop)
        let failed = drop.names("failed")
        for (name, words) in [
          ("link.csv", "a link"), ("headless.csv", "no such column"), ("empty.csv", "no header"),
          ("book.xlsx", "its name"),
          ("large.csv", "the most"),
        ] {
          let file = try #require(failed.first { $0.hasSuffix(name) })
          let why = try drop.text(file + ".why.txt")
          #expect(why.contains(words), "\(name): \(why)")
        }
        #expect(try await service.caller().get("/v1/stock/secret").status == 404)
        #expect(try await service.caller().get("/v1/sources/erp").number("filesFailed") == 5)
        // Nothing of this stops what is good.
        try drop.leave("good.csv", Self.header + "a,main,5,2026-01-01T00:00:00Z\n")
        try await wait(for: 11, in: drop)
        #expect(try await service.caller().get("/v1/stock/a/main").number("onHand") == 5)
      }
    }

    /// Whatever moment a crash chose, the file is taken to its end, and once.
    @Test func whatACrashLeftIsTakenAgain() async throws {
      let drop = try Drop()
      let claim = DropName.claim(of: "stock.csv", at: Timestamp(milliseconds: 1_767_225_600_000))
      try drop.leave("stock.csv", Self.header + "a,main,5,2026-01-01T00:00:00Z\n")
      // Claimed, and not taken.
      try FileManager.default.createDirectory(atPath: drop.path + "/working", withIntermediateDirectories: true)
      try FileManager.default.moveItem(atPath: drop.path + "/stock.csv", toPath: drop.path + "/working/" + claim)
      try await OpenService.open(keys: Self.keys, sources: [drop.settings]) { service in
        try await wait(for: 1, in: drop)
        #expect(try await service.caller().get("/v1/stock/a/main").number("onHand") == 5)
      }
      // Taken and noted, and not laid down; the journal's last line is torn.
      let day = try #require(drop.names("done").first { $0 != "taken.jsonl" })
      try FileManager.default.moveItem(
        atPath: drop.path + "/done/\(day)/stock.csv", toPath: drop.path + "/working/" + claim)
      let journal = try #require(FileHandle(forWritingAtPath: drop.path + "/done/taken.jsonl"))
      try journal.seekToEnd()
      try journal.write(contentsOf: Data(#"{"file":"x"#.utf8))
      try journal.close()
      try await OpenService.open(keys: Self.keys, sources: [drop.settings]) { service in
        try await wait(for: 1, in: drop)
        let stands = try await service.caller().get("/v1/sources/erp")
        #expect(stands.number("rows") == 0)
        #expect(stands.number("filesRepeated") == 0)
        #expect(drop.done == ["stock.csv"])
        try drop.leave("next.csv", Self.header + "a,main,6,2026-01-02T00:00:00Z\n")
        try await wait(for: 2, in: drop)
        #expect(try drop.taken.count == 3)
        #expect(try drop.taken.last?.hasPrefix(#"{"file":"next.csv""#) == true)
      }
    }

    /// The built program, killed while it takes files: in the end every row was taken, and no file lies anywhere else.
    @Test func killedInTheMiddleItLosesNothing() async throws {
      let drop = try Drop()
      let rows = 6_000
      for file in 0..<4 {
        let lines = (0..<rows).map { "s\($0),main,\(file + 1),2026-01-0\(file + 1)T00:00:00Z\n" }
        try drop.leave("stock-\(file).csv", Self.header + lines.joined())
      }
      let arguments = "erp=" + drop.path
      for _ in 0..<2 {
        let (process, _) = try await ServeProcess.serve(drop.place, "--shop", "shop", "--drop", arguments)
        while drop.names("working").isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        process.signal(SIGKILL)
        #expect(await process.end() == SIGKILL)
      }
      let (process, port) = try await ServeProcess.serve(drop.place, "--shop", "shop", "--drop", arguments)
      try await wait(for: 4, in: drop)
      #expect(drop.done == (0..<4).map { "stock-\($0).csv" })
      let client = HTTPCaller(port: port)
      for sku in [0, rows / 2, rows - 1] {
        #expect(try await client.get("/v1/stock/s\(sku)/main").number("onHand") == 4)
      }
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
    }

    @Test func aFileSettlesBeforeItIsTaken() {
      var settled = SettledFiles(settle: 2_000)
      let (small, large) = (
        SettledFiles.Mark(size: 1, modified: 1), SettledFiles.Mark(size: 2, modified: 1)
      )
      func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }
      #expect(settled.look(["a": small], at: at(0)).isEmpty)
      #expect(settled.look(["a": small, "b": small], at: at(1_999)).isEmpty)
      #expect(settled.look(["a": large, "b": small], at: at(2_000)).isEmpty)
      #expect(settled.look(["a": large, "b": small], at: at(3_999)) == ["b"])
      #expect(settled.look(["a": large], at: at(4_000)) == ["a"])
      // Gone and come again, it is another.
      #expect(settled.look([:], at: at(4_001)).isEmpty)
      #expect(settled.look(["a": large], at: at(5_000)).isEmpty)
    }
  }
}

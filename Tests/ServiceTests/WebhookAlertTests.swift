import ChannelIntake
import Foundation
import InventoryEngine
import Logging
import StockJournal
import StockLedger
import Synchronization
import Testing

@testable import InventoryService

extension AlertSettings {
  /// What a receiver on this machine is told, at a pace that a test waits for.
  static func told(_ receiver: ForeignSystem, lowAt: Int64? = nil) throws -> AlertSettings {
    var settings = AlertSettings(
      address: try #require(PullAddress("http://127.0.0.1:\(receiver.port)/hook")),
      secret: try SecretText("${ALERTS}"), environment: ["ALERTS": "a secret of some length"])
    settings.lowAt = lowAt
    (settings.gatherFor, settings.retryFirst, settings.quietFor) = (20, 20, 0)
    return settings
  }
}

extension AlertDesk {
  static func made(
    _ settings: AlertSettings, _ clock: any EngineClock, lines: any KeptLines = MemoryLines()
  ) async throws -> AlertDesk {
    try await AlertDesk(
      settings, clock: clock, store: lines, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }
}

extension ForeignSystem.Asked {
  /// The message that came.
  var message: [String: Any] { HTTPCaller.Answer(body: body).json }
  var kind: String? { message["kind"] as? String }
  var rows: [[String: Any]] { message["rows"] as? [[String: Any]] ?? [] }
}

extension ForeignSystem {
  /// Messages of a kind, once there are so many.
  func messages(_ kind: AlertKind, atLeast count: Int = 1) async throws -> [Asked] {
    for _ in 0..<1_500 where asked.count(where: { $0.kind == kind.rawValue }) < count {
      try await Task.sleep(for: .milliseconds(20))
    }
    return asked.filter { $0.kind == kind.rawValue }
  }
}

extension ServiceTests {
  /// What people are told by webhook, to a receiver that answers as it likes.
  @Suite struct WebhookAlertTests {
    private static let keys = [(shop: "shop", scopes: "admin ingest:erp")]

    /// A service whose alerts go to a receiver.
    private static func open(
      _ settings: AlertSettings, lines: any KeptLines = MemoryLines(), keys: [(shop: String, scopes: String)] = keys,
      sources: [SourceSettings] = [], publishing: PublishingRig? = nil,
      _ body: @escaping @Sendable (OpenService) async throws -> Void
    ) async throws {
      try await OpenService.open(
        keys: keys, sources: sources, publishing: publishing,
        alerts: { try await AlertDesk.made(settings, $0, lines: lines) }, body)
    }

    // MARK: Delivery

    @Test func aMessageIsSignedAndNamed() async throws {
      let receiver = try ForeignSystem { _ in .init() }
      defer { receiver.end() }
      try await Self.open(AlertSettings.told(receiver)) { service in
        let asked = try await service.caller().post("/v1/alerts/test")
        #expect(asked.status == 202)
        let came = try #require(try await receiver.messages(.test).first)
        #expect(came.fields["holdfast-delivery"] == asked.json["id"] as? String)
        #expect(came.message["shop"] as? String == "shop")
        let signature = try #require(RequestSignature(came.fields["holdfast-signature"] ?? ""))
        let now = SystemClock().now
        #expect(signature.isGood(for: came.body, secret: "a secret of some length", at: now))
        #expect(!signature.isGood(for: came.body + [32], secret: "a secret of some length", at: now))
        #expect(!signature.isGood(for: came.body, secret: "another secret of that length", at: now))
      }
    }

    /// The five lines of docs/alerts.md, as a receiver would run them.
    @Test func thePageChecksTheSignature() throws {
      let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
      let page = try String(contentsOfFile: root + "/docs/alerts.md", encoding: .utf8)
      let code = try #require(page.firstMatch(of: /```python\n([^`]*)```/)).output.1
      let body = #"{"id":"a1"}"#
      let header = RequestSignature.header(of: Array(body.utf8), secret: "hush", at: SystemClock().now)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [
        "python3", "-c",
        code + "assert is_genuine('\(header)', b'\(body)', b'hush')\n"
          + "assert not is_genuine('\(header)', b'\(body) ', b'hush')\n",
      ]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }

    @Test func aReceiverThatFailsIsTriedUntilItTakesIt() async throws {
      let tries = Mutex(0)
      let receiver = try ForeignSystem { _ in
        switch tries.withLock({ count in
          count += 1
          return count
        }) {
        case 1: .init(status: 500)
        case 2: .init(isCut: true)
        case 3: .init(status: 301, fields: ["Location": "http://127.0.0.1:1/"])
        case 4: .init(pause: 1)
        default: .init(status: 204)
        }
      }
      defer { receiver.end() }
      var settings = try AlertSettings.told(receiver)
      settings.patience = .milliseconds(300)
      try await Self.open(settings) { service in
        let client = service.caller()
        _ = try await client.post("/v1/alerts/test")
        let all = try await receiver.messages(.test, atLeast: 5)
        #expect(Set(all.map { $0.fields["holdfast-delivery"] }).count == 1)
        #expect(Set(all.map(\.body)).count == 1)
        let list = try await client.get("/v1/alerts") { $0.text.contains(#""state":"delivered""#) }
        let alert = try #require((list.json["alerts"] as? [[String: Any]])?.first)
        #expect(alert["tries"] as? Int == 5)
        #expect(alert["lastStatus"] as? Int == 204)
        #expect(alert["trouble"] == nil)
        let samples = try PrometheusText(try await client.get("/metrics").text).samples
        #expect(samples[#"holdfast_alerts_tries_total{outcome="failed"}"#] == 4)
        #expect(samples[#"holdfast_alerts_kept{state="delivered"}"#] == 1)
      }
    }

    @Test func whoIsGoneIsAskedAgainByAPersonAlone() async throws {
      let isBack = Mutex(false)
      let receiver = try ForeignSystem { _ in .init(status: isBack.withLock { $0 } ? 200 : 410) }
      defer { receiver.end() }
      try await Self.open(AlertSettings.told(receiver)) { service in
        let client = service.caller()
        let id = try await client.post("/v1/alerts/test").json["id"] as? String ?? ""
        let dead = try await client.get("/v1/alerts") { $0.text.contains(#""state":"dead""#) }
        #expect(dead.text.contains(#""lastStatus":410"#))
        isBack.withLock { $0 = true }
        #expect(try await client.post("/v1/alerts/\(id)/retry").status == 202)
        try await client.get("/v1/alerts") { $0.text.contains(#""state":"delivered""#) }
        #expect(receiver.asked.count == 2)
      }
    }

    @Test func whatWaitsOutlivesAStop() async throws {
      let isUp = Mutex(false)
      let receiver = try ForeignSystem { _ in .init(status: isUp.withLock { $0 } ? 200 : 503) }
      defer { receiver.end() }
      let lines = MemoryLines()
      let settings = try AlertSettings.told(receiver)
      try await Self.open(settings, lines: lines) { service in
        _ = try await service.caller().post("/v1/alerts/test")
        _ = try await receiver.messages(.test, atLeast: 2)
      }
      isUp.withLock { $0 = true }
      try await Self.open(settings, lines: lines) { service in
        try await service.caller().get("/v1/alerts") { $0.text.contains(#""state":"delivered""#) }
      }
      #expect(Set(receiver.asked.map { $0.fields["holdfast-delivery"] }).count == 1)
    }

    @Test func aShopSeesItsOwnAlone() async throws {
      let receiver = try ForeignSystem { _ in .init() }
      defer { receiver.end() }
      let keys = [(shop: "ours", scopes: "admin"), (shop: "theirs", scopes: "admin"), (shop: "ours", scopes: "read")]
      try await Self.open(AlertSettings.told(receiver), keys: keys) { service in
        let (ours, theirs, reader) = (service.caller(0), service.caller(1), service.caller(2))
        let id = try await ours.post("/v1/alerts/test").json["id"] as? String ?? ""
        #expect(try await theirs.get("/v1/alerts").text == #"{"alerts":[]}"#)
        #expect(try await reader.get("/v1/alerts").text.contains(id))
        #expect(try await reader.post("/v1/alerts/test").status == 403)
        let foreign = try await theirs.post("/v1/alerts/\(id)/retry")
        #expect(foreign.status == 404)
        #expect(foreign.code == "unknownAlert")
        #expect(
          foreign.json["detail"] as? String == (try await theirs.post("/v1/alerts/a1/retry")).json["detail"] as? String)
      }
    }

    @Test func whereNobodyIsToldThatIsSaid() async throws {
      try await OpenService.open(keys: Self.keys) { service in
        let list = try await service.caller().get("/v1/alerts")
        #expect(list.code == "notAlerted")
        let test = try await service.caller().post("/v1/alerts/test")
        #expect(test.code == "notAlerted")
      }
    }

    // MARK: What is told

    @Test func stockThatFallsToItsLevelIsToldOnce() async throws {
      let receiver = try ForeignSystem { _ in .init() }
      defer { receiver.end() }
      try await Self.open(AlertSettings.told(receiver, lowAt: 5)) { service in
        let client = service.caller()
        try await client.count("a", 9)
        _ = try await client.hold("a", 4, as: "r-1")
        let first = try await receiver.messages(.lowStock)
        #expect(first.count == 1)
        #expect(first[0].rows.map { $0["sku"] as? String } == ["a"])
        #expect(first[0].rows.map { $0["availableToSell"] as? Int } == [5])
        // Lower still is no news; above and low again is.
        _ = try await client.hold("a", 2, as: "r-2")
        try await client.count("a", 20, asOf: "2026-01-02T00:00:00Z")
        try await Task.sleep(for: .milliseconds(200))
        #expect(try await receiver.messages(.lowStock).count == 1)
        try await client.count("a", 8, asOf: "2026-01-03T00:00:00Z")
        #expect(try await receiver.messages(.lowStock, atLeast: 2).count == 2)
      }
    }

    @Test func whatFallsTogetherIsToldWhole() async throws {
      let receiver = try ForeignSystem { _ in .init() }
      defer { receiver.end() }

      try await Self.open(AlertSettings.told(receiver, lowAt: 5)) { service in
        let client = service.caller()
        for sku in ["a", "b", "c"] { try await client.count(sku, 9) }
        for sku in ["a", "b", "c"] { _ = try await client.hold(sku, 9, as: "r-\(sku)") }
        var rows: [String] = []
        while rows.count < 3 {
          rows = receiver.asked.flatMap(\.rows).compactMap { $0["sku"] as? String }
          try await Task.sleep(for: .milliseconds(20))
        }
        #expect(rows.sorted() == ["a", "b", "c"])
      }
    }

    /// What fell after the last time that is known to have been told, and what was low long before.
    @Test func whatACrashKeptFromBeingToldIsTold() async throws {
      let receiver = try ForeignSystem { _ in .init() }
      defer { receiver.end() }
      let (journal, lines) = (MemoryJournal(), MemoryLines())
      try await OpenService.open(keys: Self.keys, journal: journal) { service in
        let client = service.caller()
        try await client.count("old", 3)
        try await Task.sleep(for: .milliseconds(50))
        // The watch goes two seconds further back than it has to.
        try await lines.append([try AlertLine.heard(SystemClock().now.milliseconds + 2_000).bytes])
        try await Task.sleep(for: .milliseconds(50))
        try await client.count("new", 9)
        _ = try await client.hold("new", 4, as: "r-1")
      }
      let settings = try AlertSettings.told(receiver, lowAt: 5)
      try await OpenService.open(
        keys: Self.keys, journal: await journal.reopened(),
        alerts: { try await AlertDesk.made(settings, $0, lines: lines) }
      ) { service in
        let told = try await receiver.messages(.lowStock)
        #expect(told.flatMap(\.rows).compactMap { $0["sku"] as? String } == ["new"])
        // What was low before is remembered as such.
        _ = try await service.caller().hold("old", 1, as: "r-2")
        try await Task.sleep(for: .milliseconds(200))
        #expect(receiver.asked.count == 1)
      }
    }

    @Test func moreThanThereIsIsToldWithItsClaims() async throws {
      let receiver = try ForeignSystem { _ in .init() }
      defer { receiver.end() }
      try await Self.open(AlertSettings.told(receiver)) { service in
        let client = service.caller()
        try await client.count("a", 9)
        _ = try await client.hold("a", 4, as: "r-1")
        try await client.count("a", 1, asOf: "2026-01-02T00:00:00Z")
        let told = try #require(try await receiver.messages(.shortfall).first)
        #expect(told.rows.first?["shortfall"] as? Int == 3)
        #expect(told.rows.first?["availableToSell"] as? Int == 0)
      }
    }

    @Test func aSourceThatFallsSilentIsToldAndThatItIsBack() async throws {
      let receiver = try ForeignSystem { _ in .init() }
      defer { receiver.end() }
      let erp = SourceSettings(origin: DeliveryOrigin(shop: "shop", source: "erp"), expectedEvery: 200)
      try await Self.open(AlertSettings.told(receiver), sources: [erp]) { service in
        let silent = try #require(try await receiver.messages(.sourceSilent).first)
        #expect(silent.message["source"] as? String == "erp")
        #expect(silent.message["expectedEveryMs"] as? Int == 200)
        let rows = "sku,location,units,as_of\nb,main,1,2026-01-01T00:00:00Z\n"
        _ = try await service.caller().post("/v1/ingest/erp", rows, ["Content-Type": "text/csv"])
        #expect(try await receiver.messages(.sourceBack).first?.message["source"] as? String == "erp")
      }
    }

    @Test func aLookThatFindsVeryMuchIsTold() async throws {
      let receiver = try ForeignSystem { _ in .init() }
      defer { receiver.end() }
      let rig = PublishingRig()
      var settings = try AlertSettings.told(receiver)
      settings.driftMax = 0
      try await Self.open(settings, publishing: rig) { service in
        let client = service.caller()
        try await client.count("a", 5)
        try await client.publication("a", "published")
        try await rig.channel.change("a", to: 9)
        let asked = try await client.post("/v1/reconciliations", "{}")
        let told = try #require(try await receiver.messages(.drift).first)
        #expect(told.message["report"] as? String == asked.json["report"] as? String)
        #expect(told.message["drifted"] as? Int == 1)
        #expect(told.message["mended"] as? Int == 1)
        #expect(told.rows.isEmpty)
      }
    }

    // MARK: The program

    @Test func theProgramTestsAndLists() async throws {
      let receiver = try ForeignSystem { _ in .init(status: 202) }
      defer { receiver.end() }
      let place = try ScratchPlace()
      let secret = place.path + "/secret"
      try Data("a secret of some length\n".utf8).write(to: URL(fileURLWithPath: secret))
      let told = ["--alerts-url", "http://127.0.0.1:\(receiver.port)/hook"]
      let without = try ServeProcess(["serve", "--data", place.data, "--listen", "127.0.0.1:0"] + told, in: place)
      #expect(await without.end() == 1, "nobody could tell its messages from a stranger's")
      let process = try ServeProcess(
        ["serve", "--data", place.data, "--listen", "127.0.0.1:0", "--alerts-secret-file", secret] + told, in: place)
      let url = "http://127.0.0.1:\(try await process.port())"
      let test = try await Holdfast.run("alerts", "--url", url, "--test", in: place)
      #expect(test.code == 0, "\(test.errors)")
      #expect(test.out.contains("delivered"))
      process.signal(SIGKILL)
      _ = await process.end()
      let again = try ServeProcess(
        ["serve", "--data", place.data, "--listen", "127.0.0.1:0", "--alerts-secret-file", secret] + told, in: place)
      let list = try await Holdfast.run(
        "alerts", "--url", "http://127.0.0.1:\(try await again.port())", in: place)
      #expect(list.out.contains("delivered"))
      #expect(list.out.contains("202"))
      again.signal(SIGTERM)
      #expect(await again.end() == 0)
      #expect(receiver.asked.count == 1)
      let plain = try await Holdfast.run(
        "serve", "--data", place.data, "--alerts-url", "http://hooks.example.com/", in: place)
      #expect(plain.code == 64)
      #expect(plain.errors.contains("neither an https URL"))
    }
  }

  /// The machines behind them.
  @Suite struct AlertMachineTests {
    private static func alert(_ number: Int, at time: Int64 = 0) -> Alert {
      Alert(id: "a\(number)", kind: .test, shop: "shop", madeAt: Timestamp(milliseconds: time), body: [])
    }

    @Test func triesAreFurtherAndFurtherApartForADay() throws {
      let receiver = try ForeignSystem { _ in .init() }
      receiver.end()
      var settings = try AlertSettings.told(receiver)
      (settings.retryFirst, settings.gatherFor) = (5_000, 2_000)
      var standing = Self.alert(1).standing
      var pauses: [Int64] = []
      while standing.state == .waiting {
        let now = standing.nextAt
        standing = settings.standing(standing, after: AlertFailure(status: 500, words: "no"), at: now)
        pauses.append(standing.nextAt - now)
      }
      #expect(pauses.prefix(4) == [5_000, 10_000, 20_000, 40_000])
      #expect(pauses.max() == 3_600_000)
      #expect((standing.triedAt ?? 0) <= 86_400_000)
      #expect(standing.tries == pauses.count)
      var asked = settings.standing(
        Self.alert(2).standing, after: AlertFailure(status: 429, words: "", retryAfter: 60_000), at: 0)
      #expect(asked.nextAt == 60_000)
      asked = settings.standing(asked, after: AlertFailure(status: 410, words: "", isFinal: true), at: 0)
      #expect(asked.state == .dead)
    }

    @Test func theBookKeepsAThousandAndDropsWhatIsOverFirst() {
      var book = AlertBook()
      for number in 0..<AlertBook.keptMax { book.take(.kept(Self.alert(number, at: Int64(number)))) }
      var over = Self.alert(7).standing
      over.state = .delivered
      book.take(.stands(id: "a7", over))
      book.take(.kept(Self.alert(5_000)))
      #expect(book.alerts.count == AlertBook.keptMax)
      #expect(book.alert("a7", of: "shop") == nil)
      #expect(book.dropped == 0)
      book.take(.kept(Self.alert(5_001)))
      #expect(book.alert("a0", of: "shop") == nil)
      #expect(book.dropped == 1)
      #expect(book.alert("a1", of: "another") == nil)
      var again = AlertBook()
      for line in book.lines { again.take(line) }
      #expect(again.alerts.map(\.id) == book.alerts.map(\.id))
    }

    @Test func oneThatIsNotTakenKeepsNoOtherBack() throws {
      var book = AlertBook()
      book.take(.kept(Self.alert(1)))
      book.take(.kept(Self.alert(2)))
      let now = Timestamp(milliseconds: 10)
      #expect(book.due(at: now)?.id == "a1")
      var tried = Self.alert(1).standing
      tried.tries = 1
      book.take(.stands(id: "a1", tried))
      #expect(book.due(at: now)?.id == "a2")
    }

    private static func moment(_ sku: String, _ available: Int64, _ shortfall: Int64 = 0) throws -> StockNews.Moment {
      StockNews.Moment(
        key: try StockKey(shop: "shop", sku: sku, location: "main"), availableToSell: available, shortfall: shortfall)
    }

    @Test func aKeyThatSwingsAboutItsLevelIsQuiet() throws {
      var news = StockNews(lowAt: 5, tellsShortfall: true, quietFor: 1_000)
      func hear(_ available: Int64, at time: Int64) throws -> Int {
        news.hear(try Self.moment("a", available), at: Timestamp(milliseconds: time))
        return news.take().low.count
      }
      #expect(try hear(6, at: 0) == 0)
      #expect(try hear(5, at: 100) == 1)
      #expect(try hear(4, at: 200) == 0)
      #expect(try hear(6, at: 300) == 0)
      #expect(try hear(5, at: 400) == 0, "it was told a moment ago")
      #expect(try hear(9, at: 2_000) == 0)
      #expect(try hear(3, at: 2_100) == 1)
    }

    @Test func whatWasLowBeforeIsNoNewsAndWhatACrashHidIs() throws {
      var news = StockNews(lowAt: 5, tellsShortfall: true, quietFor: 0)
      let now = Timestamp(milliseconds: 1_000)
      news.remember(try Self.moment("a", 2))
      news.remember(try Self.moment("b", 0, 3))
      news.hear(try Self.moment("a", 1), at: now)
      news.hear(try Self.moment("b", 0, 2), at: now)
      let quiet = news.take()
      #expect(quiet.low.isEmpty && quiet.short.isEmpty)
      news.hear(try Self.moment("b", 0, 4), at: now)
      #expect(news.take().short.map(\.shortfall) == [4], "more is missing than was known")
      news.hearAgain(try Self.moment("a", 1), at: now)
      let told = news.take()
      #expect(told.low.map(\.key.sku) == ["a"])
      news.giveBack(told)
      #expect(news.take().low.map(\.key.sku) == ["a"])
    }

    @Test func manyKeysAreFewMessagesOfOneShopEach() throws {
      var news = StockNews(lowAt: 5, tellsShortfall: true, quietFor: 0)
      for number in 0..<250 { news.hear(try Self.moment("s\(number)", 1), at: .distantPast) }
      let key = try StockKey(shop: "another", sku: "a", location: "main")
      news.hear(StockNews.Moment(key: key, availableToSell: 0, shortfall: 0), at: .distantPast)
      let drafts = AlertWords.drafts(of: news.take(), lowAt: 5)
      #expect(drafts.map(\.shop) == ["another", "shop", "shop", "shop"])
    }
  }
}

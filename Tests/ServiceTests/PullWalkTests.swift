import ChannelIntake
import Testing

@testable import InventoryService

/// The way through the answers of one poll, as a transcript.
@Suite struct PullWalkTests {
  private func settings(
    cursor: String? = nil, start: String? = nil, pages: String? = nil, parameter: String? = "page"
  ) throws -> PullSettings {
    var settings = PullSettings(
      address: try #require(PullAddress("https://erp.example/stock?site=uk")),
      mapping: try RowMapping(rows: "", fields: [(field: "sku", rule: "sku")]))
    if let cursor {
      settings.cursor = PullSettings.Cursor(path: try JSONPath(cursor), parameter: "after", start: start)
    }
    if let pages { settings.pages = PullSettings.Pages(path: try JSONPath(pages), parameter: parameter) }
    settings.answersMax = 3
    return settings
  }

  private func answer(_ text: String) throws -> ForeignAnswer { try ForeignAnswer(Array(text.utf8)) }

  private func validators(_ address: String?) -> PullMark.Validators {
    PullMark.Validators(address: address ?? "", entityTag: "\"1\"")
  }

  @Test func oneAnswerIsAll() throws {
    var walk = PullWalk(try settings(), from: PullMark())
    #expect(walk.next?.text == "https://erp.example/stock?site=uk")
    #expect(walk.known == nil)
    try walk.take(try answer("[]"), rows: 2, validators: validators(walk.next?.text))
    #expect(walk.next == nil)
    #expect(PullWalk(try settings(), from: walk.mark).known == validators("https://erp.example/stock?site=uk"))
    // Rows that were refused are asked for again, as if nothing were known.
    var again = PullWalk(try settings(), from: walk.mark)
    try again.take(try answer("[]"), rows: 2, validators: nil)
    #expect(PullWalk(try settings(), from: again.mark).known == nil)
  }

  @Test func aCursorIsFollowedWhileThereIsNews() throws {
    let settings = try settings(cursor: "next", start: "a b")
    var walk = PullWalk(settings, from: PullMark())
    #expect(walk.next?.text == "https://erp.example/stock?site=uk&after=a%20b")
    try walk.take(try answer(#"{"next":"c+d"}"#), rows: 1, validators: validators(walk.next?.text))
    #expect(walk.mark == PullMark(cursor: "c+d"))
    #expect(walk.next?.text == "https://erp.example/stock?site=uk&after=c%2Bd")
    // No rows: it is the end, and this answer's validators are those of what is asked next time.
    let last = validators(walk.next?.text)
    try walk.take(try answer(#"{"next":"c+d"}"#), rows: 0, validators: last)
    #expect(walk.next == nil)
    #expect(walk.mark == PullMark(cursor: "c+d", validators: last))
    // An answer that names no cursor leaves it where it is.
    var later = PullWalk(settings, from: walk.mark)
    #expect(later.known == last)
    try later.take(try answer(#"{"next":null}"#), rows: 5, validators: nil)
    #expect(later.mark == PullMark(cursor: "c+d"))
    #expect(later.next == nil)
  }

  @Test func aLongLogIsFollowedInTurns() throws {
    var walk = PullWalk(try settings(cursor: "next"), from: PullMark())
    for number in 1...3 { try walk.take(try answer(#"{"next":\#(number)}"#), rows: 1, validators: nil) }
    #expect(walk.next == nil)
    #expect(walk.mark.cursor == "3")
  }

  @Test func theCursorMovesBehindTheLastPage() throws {
    var walk = PullWalk(try settings(cursor: "asOf", pages: "next"), from: PullMark(cursor: "t0"))
    try walk.take(try answer(#"{"asOf":"t1","next":2}"#), rows: 9, validators: validators(walk.next?.text))
    #expect(walk.mark == PullMark(cursor: "t0"))
    #expect(walk.next?.text == "https://erp.example/stock?site=uk&after=t0&page=2")
    try walk.take(try answer(#"{"asOf":"t2","next":""}"#), rows: 9, validators: validators(walk.next?.text))
    #expect(walk.next == nil)
    #expect(walk.mark == PullMark(cursor: "t2"))
  }

  @Test func aPageThatIsTheSameAgainIsTheLast() throws {
    var walk = PullWalk(try settings(pages: "next"), from: PullMark())
    try walk.take(try answer(#"{"next":2}"#), rows: 1, validators: nil)
    try walk.take(try answer(#"{"next":2}"#), rows: 1, validators: nil)
    #expect(walk.next == nil)
  }

  @Test func pagesWithoutEndAreNotFollowed() throws {
    var walk = PullWalk(try settings(pages: "next"), from: PullMark())
    for number in 1...2 { try walk.take(try answer(#"{"next":\#(number)}"#), rows: 1, validators: nil) }
    let error = #expect(throws: PullFailure.self) { try walk.take(answer(#"{"next":3}"#), rows: 1, validators: nil) }
    #expect(error?.description.hasPrefix("more than 3 pages") == true)
  }

  @Test(
    arguments: [
      ("/v2/stock?page=2", "https://erp.example/v2/stock?page=2"), ("?page=2", "https://erp.example/stock?page=2"),
      ("https://ERP.example:443/x", "https://ERP.example:443/x"), ("http://erp.example/x", nil),
      ("https://erp.example:8443/x", nil), ("//elsewhere.example/x", nil), ("https://elsewhere.example/x", nil),
      ("https://erp.example@elsewhere.example/", nil), ("ftp:x", nil), ("page/2", nil), ("javascript:x", nil),
    ] as [(String, String?)])
  func linksOfThisMachineOnly(_ link: String, _ expected: String?) throws {
    let address = try #require(PullAddress("https://erp.example/stock?page=1"))
    #expect(address.following(link)?.text == expected)
    var walk = PullWalk(try settings(pages: "next", parameter: nil), from: PullMark())
    let said = try answer(#"{"next":"\#(link)"}"#)
    if expected == nil {
      #expect(throws: PullFailure.self) { try walk.take(said, rows: 1, validators: nil) }
    } else {
      try walk.take(said, rows: 1, validators: nil)
      #expect(walk.next?.host.lowercased() == "erp.example")
    }
  }

  @Test(arguments: [
    "", "stock", "/stock", "ftp://erp.example/", "https://", "https://user@erp.example/", "https://u:p@erp.example/",
    "https://erp.example/#part", "https://erp.example/a b", "file:///etc/passwd", "unix:///run/erp.sock",
  ])
  func whatIsNoAddress(_ text: String) { #expect(PullAddress(text) == nil) }

  @Test func anAddressIsToldWithoutItsQuery() throws {
    let address = try #require(PullAddress("https://erp.example:8443/stock?token=hush"))
    #expect("\(address)" == "https://erp.example:8443/stock")
    #expect(address.setting("token", to: "x&y=z").text == "https://erp.example:8443/stock?token=x%26y%3Dz")
  }
}

/// When a source is asked again.
@Suite struct PollScheduleTests {
  @Test func theIntervalIsFromStartToStart() {
    var random = SystemRandomNumberGenerator()
    var schedule = PollSchedule(interval: 60_000, first: 5_000)
    let pauses = (0..<1_000).map { _ in schedule.afterSuccess(took: 1_000, using: &random) }
    #expect(pauses.allSatisfy { (53_000...59_000).contains($0) })
    #expect(Set(pauses).count > 1, "many sources do not come in step")
    #expect(schedule.afterSuccess(took: 90_000, using: &random) == 0)
  }

  @Test func failuresWaitLongerEachTime() {
    var random = SystemRandomNumberGenerator()
    var schedule = PollSchedule(interval: 60_000, first: 5_000)
    for most: Int64 in [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000] {
      let pause = schedule.afterFailure(retryAfter: 0, using: &random)
      #expect((most / 2...most).contains(pause))
    }
    #expect(schedule.afterFailure(retryAfter: 400_000, using: &random) == 400_000)
    #expect(schedule.afterFailure(retryAfter: 86_400_000, using: &random) == 3_600_000)
    _ = schedule.afterSuccess(took: 0, using: &random)
    #expect((2_500...5_000).contains(schedule.afterFailure(retryAfter: 0, using: &random)))
    // What is asked once a day is tried again within the day.
    var daily = PollSchedule(interval: 86_400_000, first: 5_000)
    let last = (0..<20).map { _ in daily.afterFailure(retryAfter: 0, using: &random) }.last ?? 0
    #expect((43_200_000...86_400_000).contains(last))
  }
}

/// Texts with secrets in them.
@Suite struct SecretTextTests {
  @Test func namesStandForSecrets() async throws {
    let text = try SecretText("Basic ${USER}:${PASS_1}!")
    #expect(text.names == ["USER", "PASS_1"])
    #expect(try await text.value(in: ["USER": "erp", "PASS_1": "hush"]) == "Basic erp:hush!")
    #expect("\(text)" == "Basic ${USER}:${PASS_1}!")
    #expect(try await SecretText("plain $x {y}").value(in: [:]) == "plain $x {y}")
  }

  @Test(arguments: ["${", "${A", "${}", "${A B}", "a${é}"])
  func whatIsNoName(_ text: String) {
    #expect(throws: SecretError.template(text)) { try SecretText(text) }
  }

  @Test func whatIsNoSecret() async throws {
    let text = try SecretText("${TOKEN}")
    await #expect(throws: SecretError.missing(name: "TOKEN")) { try await text.value(in: ["OTHER": "x"]) }
    await #expect(throws: SecretError.missing(name: "TOKEN")) { try await text.value(in: ["TOKEN": ""]) }
    await #expect(throws: SecretError.unusable(name: "TOKEN")) { try await text.value(in: ["TOKEN": "a\r\nHost: b"]) }
    let nowhere = SecretError.unreadable(name: "TOKEN", path: "/nowhere/token")
    await #expect(throws: nowhere) { try await text.value(in: ["TOKEN": "x", "TOKEN_FILE": "/nowhere/token"]) }
  }
}

import StockLedger
import Testing

@Suite("A line's state: the newest word of its source, as a whole")
struct LineStateTests {
  private func left(_ document: String, _ units: Int64, at minute: Double, writtenOff: Bool = false)
    -> LineState.Departure
  {
    LineState.Departure(
      document: BookTranscript.id(document), isWrittenOff: writtenOff, units: Quantity(units) ?? .one,
      occurredAt: BookTranscript.minute(minute))
  }

  private func state(
    _ version: Int64, _ units: Int64, _ departures: [LineState.Departure] = [], at minute: Double = 1,
    memo: [UInt8] = []
  ) -> Report.Body {
    .lineState(
      LineState(
        claim: BookTranscript.id("o1"), version: version, units: units, unitsInAll: units, departures: departures,
        occurredAt: BookTranscript.minute(0), changedAt: BookTranscript.minute(minute), memo: memo))
  }

  @Test("it takes the place of what the source said before, up and down; the version decides, and a repeat is one")
  func replaces() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 3, at: 0))
    #expect(day.sums == [0, 0, 0, 3])
    day.say("shopify", state(1, 1))
    #expect(day.sums == [0, 0, 0, 1])
    day.say("shopify", state(2, 5, [left("box1", 2, at: 2)]))
    #expect(day.sums == [0, 2, 0, 3])
    #expect(day.say("shopify", state(3, 5, [left("box1", 2, at: 2)])) == .duplicate([]))
    #expect(day.say("shopify", state(2, 4)) == .refuse(.stale))
    #expect(day.say("other", state(9, 4)) == .refuse(.notOwner(BookTranscript.id("shopify"))))
    day.say("shopify", state(3, 0))
    #expect(day.sums == [0, 0, 0, 0])
    // What it had said by other words goes, too.
    var other = BookTranscript()
    other.say("shopify", .order("o1", 3, at: 0))
    other.say("shopify", .stage(.cancel, "o1", "c1", 2, at: 1))
    other.say("shopify", .move(.leaves, "o1", "m1", 1, at: 1))
    other.say("shopify", state(1, 2))
    #expect(other.sums == [0, 0, 0, 2])
  }

  @Test("what a count settled of a departure stays settled, and what came after the count waits for the next")
  func settled() {
    var day = BookTranscript()
    day.say("shopify", state(1, 3, [left("box1", 2, at: 2)]))
    #expect(day.sums == [0, 2, 0, 1])
    day.say("erp", .count(10, at: 60))
    #expect(day.sums == [10, 0, 0, 1])
    #expect(
      day.say("shopify", state(2, 3, [left("box1", 2, at: 2), left("box2", 1, at: 3)])) == .accept(.lateForCount))
    #expect(day.sums == [10, 1, 0, 0])
    day.say("erp", .count(9, at: 90))
    #expect(day.sums == [9, 0, 0, 0])
  }

  @Test("units written off are gone until a count, and can come back to somebody")
  func writtenOff() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 3, at: 0))
    day.say("shopify", state(1, 3, [left("refund", 2, at: 1, writtenOff: true)]))
    #expect(day.sums == [0, 2, 0, 1])
    day.say("shopify", state(2, 3, [left("box1", 1, at: 1)]))
    #expect(day.sums == [0, 1, 0, 2])
  }

  @Test("that a line was held is known after an image as before it; the newest state says whether it was")
  func held() throws {
    var day = BookTranscript()
    let key = try StockKey(shop: "main", sku: "A", location: "leeds")
    let claim = BookTranscript.id("o1")
    for (version, held) in [(1, Int64(0)), (2, 3), (3, 0)] {
      day.say(
        "shopify",
        .lineState(
          LineState(
            claim: claim, version: Int64(version), units: 3, unitsInAll: 3, heldInAll: held,
            occurredAt: BookTranscript.minute(0), changedAt: BookTranscript.minute(1))))
      var writer = ByteWriter()
      day.book.write(to: &writer)
      var reader = ByteReader(writer.bytes)
      let again = try SourceBook(from: &reader)
      #expect(again == day.book)
      #expect(again.place(of: claim, at: key)?.isHeld == (held > 0))
    }
  }

  @Test("a confirm finds the line's units; what others said of it stands beside the state")
  func others() {
    var day = BookTranscript()
    #expect(day.confirm("r1", "o1", 3) == 3)
    day.say("shopify", .order("o1", 3, at: 0))
    day.say("shopify", state(1, 3))
    #expect(day.sums == [0, 0, 0, 3])
    day.say("wms", .stage(.allocate, "o1", "pick1", 2, at: 1))
    #expect(day.sums == [0, 2, 0, 1])
    // Nothing is owed any more: what the warehouse holds counts until it gives it back.
    day.say("shopify", state(2, 0))
    #expect(day.sums == [0, 2, 0, 0])
    day.say("wms", .stage(.deallocate, "o1", "back1", 2, at: 2))
    #expect(day.sums == [0, 0, 0, 0])
    // A confirm that finds no units here adds them, and the source's next word takes them to where they are.
    var york = BookTranscript()
    york.say("shopify", state(1, 0))
    #expect(york.confirm("r2", "o1", 2) == 2)
    #expect(york.say("shopify", state(2, 0)) == .accept([]))
    #expect(york.sums == [0, 0, 0, 0])
  }

  @Test("where a warehouse owns what is allocated, parcels are its word: the units stay open until it says more")
  func warehouse() {
    var day = BookTranscript()
    day.policy.owners.allocated = BookTranscript.id("wms")
    day.say("shopify", state(1, 3, [left("box1", 1, at: 1), left("refund", 1, at: 1, writtenOff: true)]))
    #expect(day.sums == [0, 1, 0, 2])
    day.say("wms", .stage(.ship, "o1", "box1", 1, at: 1))
    #expect(day.sums == [0, 2, 0, 1])
    day.policy.owners.open = BookTranscript.id("erp")
    #expect(day.say("shopify", state(2, 3)) == .refuse(.notOwner(BookTranscript.id("erp"))))
  }

  @Test("what no state can be is refused; a sale is none")
  func refused() {
    var day = BookTranscript()
    let many = (0..<257).map { left("box\(1_000 + $0)", 1, at: 1) }
    for (body, refusal) in [
      (state(1, -1), .outOfRange(.quantity)), (state(1, Limits.quantityMax + 1), .outOfRange(.quantity)),
      (state(0, 1), .outOfRange(.quantity)), (state(1, 1, [left("a", 2, at: 1)]), .outOfRange(.quantity)),
      (state(1, 9, [left("b", 1, at: 1), left("a", 1, at: 1)]), .outOfRange(.lines)),
      (state(1, 9, [left("a", 1, at: 1), left("a", 1, at: 1)]), .outOfRange(.lines)),
      (state(1, 300, many), .outOfRange(.lines)),
      (state(1, 1, memo: [UInt8](repeating: 0, count: Limits.memoBytesMax + 1)), .outOfRange(.lines)),
      (state(1, 1, at: 9_999_999), .timeInFuture),
    ] as [(Report.Body, Refusal)] { #expect(day.say("shopify", body) == .refuse(refusal)) }
    day.say("pos", .sale("o1", 1, at: 0))
    #expect(day.say("shopify", state(1, 1)) == .refuse(.claimKindDiffers))
    // Documents of others take room, too.
    var full = BookTranscript()
    full.say("wms", .stage(.ship, "o1", "box1", 1, at: 1))
    #expect(full.say("shopify", state(1, 254, Array(many.prefix(254)))) == .refuse(.tooManyReports))
  }

  @Test("the memo is found again with the claim, in the image too, and goes with it after thirty days")
  func memo() throws {
    var day = BookTranscript()
    let key = try StockKey(shop: "kiosk", sku: "mug", location: "leeds")
    #expect(day.book.place(of: BookTranscript.id("o1"), at: key) == nil)
    day.say("shopify", .order("o1", 3, at: 0))
    day.say("shopify", state(7, 3, [left("box1", 3, at: 1)], memo: [1, 2, 3]))
    let place = try #require(day.book.place(of: BookTranscript.id("o1"), at: key))
    #expect((place.version, place.memo, place.total, place.present, place.open) == (7, [1, 2, 3], 3, 3, 0))
    var reader = ByteReader(day.image)
    let again = try SourceBook(from: &reader)
    #expect(again == day.book)
    #expect(again.place(of: BookTranscript.id("o1"), at: key) == place)
    day.say("erp", .count(10, at: 60))
    day.book.prune(at: day.now + (Limits.claimMemory + 1))
    #expect(day.book.place(of: BookTranscript.id("o1"), at: key) == nil)
    var reread = ByteReader(day.image)
    #expect(try SourceBook(from: &reread) == day.book)
  }
}

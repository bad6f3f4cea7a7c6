import InventoryEngine
import StockLedger
import Testing

@testable import InventoryService

/// What waits for a reader, and how it is told: without a server.
@Suite struct StreamMailboxTests {
  private static func key(_ sku: String) throws -> StockKey { try StockKey(shop: "s", sku: sku, location: "l") }

  private static func standing(_ units: Int64, short: Int64 = 0) -> StockStanding {
    StockStanding(availableToSell: units, shortfall: short, uncovered: [])
  }

  private static func change(
    _ sku: String, from before: StockStanding?, to now: StockStanding, _ number: UInt64 = 1
  ) throws -> StockChange {
    StockChange(key: try key(sku), before: before, now: now, entry: EntryNumber(shard: 7, number: number))
  }

  private static func text(_ change: StockChange, lowAt: Int64? = nil) -> String {
    String(decoding: StreamFrame.events(of: change, lowAt: lowAt), as: UTF8.self)
  }

  @Test func aSlowReaderHearsOfAKeyAsItIsNow() throws {
    var mailbox = StreamMailbox(keysMax: 2)
    mailbox.put(try Self.change("a", from: Self.standing(5), to: Self.standing(1), 1))
    mailbox.put(try Self.change("b", from: nil, to: Self.standing(9), 2))
    mailbox.put(try Self.change("a", from: Self.standing(1), to: Self.standing(4), 3))
    let delivery = mailbox.take()
    #expect(delivery.changes.map(\.key.sku) == ["a", "b"])
    #expect(delivery.changes[0].before == Self.standing(5) && delivery.changes[0].now == Self.standing(4))
    #expect(delivery.changes[0].entry.number == 3)
    #expect(!mailbox.hasMail)
  }

  @Test func whatChangedBackIsNoNews() throws {
    var mailbox = StreamMailbox(keysMax: 2)
    mailbox.put(try Self.change("a", from: Self.standing(5), to: Self.standing(1)))
    mailbox.put(try Self.change("a", from: Self.standing(1), to: Self.standing(5)))
    #expect(Self.text(mailbox.take().changes[0], lowAt: 2) == "")
  }

  @Test func aReaderThatIsTooSlowIsLetGo() throws {
    var mailbox = StreamMailbox(keysMax: 2)
    for sku in ["a", "b", "c", "d"] { mailbox.put(try Self.change(sku, from: nil, to: Self.standing(1))) }
    mailbox.put(.moved)
    let delivery = mailbox.take()
    #expect(delivery.end == .tooSlow)
    #expect(delivery.changes.isEmpty)
    #expect(mailbox.isOver && !mailbox.hasMail)
  }

  @Test func aStopSendsWhatWaits() throws {
    var mailbox = StreamMailbox(keysMax: 2)
    mailbox.put(try Self.change("a", from: nil, to: Self.standing(1)))
    mailbox.finish(.stopping)
    mailbox.finish(.tooSlow)
    let delivery = mailbox.take()
    #expect(delivery.end == .stopping)
    #expect(delivery.changes.count == 1)
  }

  @Test func aSignOfLifeIsSentAlone() throws {
    var mailbox = StreamMailbox(keysMax: 2)
    mailbox.keepAlive()
    #expect(mailbox.hasMail)
    #expect(mailbox.take().isKeepAlive)
    mailbox.keepAlive()
    mailbox.put(try Self.change("a", from: nil, to: Self.standing(1)))
    #expect(!mailbox.take().isKeepAlive)
    #expect(!mailbox.hasMail)
  }

  @Test func eventsAsTheyAreSent() throws {
    let sold = try Self.change("a", from: Self.standing(3), to: Self.standing(0, short: 2))
    #expect(
      Self.text(sold, lowAt: 1) == """
        event: stock
        data: {"sku":"a","location":"l","availableToSell":0,"entry":"7-1","shortfall":2}

        event: shortfall
        data: {"sku":"a","location":"l","availableToSell":0,"entry":"7-1","shortfall":2,"state":"began",\
        "uncoveredClaims":[]}

        event: lowStock
        data: {"sku":"a","location":"l","availableToSell":0,"entry":"7-1","lowAt":1,"low":true}


        """)
    #expect(Self.text(try Self.change("a", from: Self.standing(3), to: Self.standing(3)), lowAt: 3) == "")
  }

  @Test func cursorsReadBackWhatTheyWrite() {
    let cursor = StreamCursor(Timestamp(milliseconds: 1_767_225_600_123))
    #expect(cursor.text == "t1767225600123")
    #expect(StreamCursor(cursor.text) == cursor)
    for text in ["", "t", "1767225600123", "t-1", "t1.5", "t99999999999999999999", "t253402300800000", "7-1"] {
      #expect(StreamCursor(text) == nil, "\(text)")
    }
  }
}

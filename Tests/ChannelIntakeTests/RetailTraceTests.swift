import ChannelIntake
import FoundationEssentials
import StockLedger
import Testing

/// The shipped trace, counted; and small traces, told event by event.
struct RetailTraceTests {
  static let shipped: RetailTrace? = {
    let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = project.appending(path: "Simulations/Traces/online-retail-2010-12.csv")
    return (try? Data(contentsOf: file)).map { RetailTrace(csv: Array($0)) }
  }()

  private static let header = "invoice,sku,description,quantity,invoiced_at,unit_price,customer,country\n"

  private func trace(_ rows: String...) -> RetailTrace {
    RetailTrace(csv: Array((Self.header + rows.joined(separator: "\n")).utf8))
  }

  private func told(_ trace: RetailTrace) -> [String] {
    var book = RetailBook()
    return trace.events.map { event in
      let minute = event.at.description.dropFirst(11).prefix(5)
      switch event {
      case .order(let order):
        book.confirmed(order)
        let lines = order.lines.map { "\($0.sku)×\($0.quantity.units)" }.joined(separator: " ")
        return "\(minute) order \(order.invoice) of \(order.customer ?? "nobody"): \(lines)"
      case .cancel(let cancel): return "\(minute) " + told(book.resolve(cancel))
      case .adjustment(let adjustment):
        return "\(minute) adjustment \(adjustment.invoice): \(adjustment.sku) \(adjustment.delta)"
      }
    }
  }

  private func told(_ resolution: RetailResolution) -> String {
    let parts = resolution.cancelled.map { "\($0.units.units) of \($0.claim)" }.joined(separator: ", ")
    return "cancel \(resolution.cancel.sku): \(parts.isEmpty ? "nothing" : parts); returned \(resolution.returned)"
  }

  @Test func theShippedTraceCounted() throws {
    let trace = try #require(Self.shipped)
    let summary = trace.summary
    #expect(trace.errors == [])
    #expect(summary.badRows == 0)
    #expect(summary.rows == 8_011)
    #expect(summary.invoices == 444)
    #expect(summary.skus == 1_897)
    #expect(summary.goodsSKUs == 1_891)
    #expect(summary.rowsWithoutCustomer == 2_290)
    #expect(summary.repeatedLines == 216)
    #expect(
      summary.others.map { "\($0.code) \($0.rows)" }
        == ["BANK CHARGES 1", "C2 1", "D 1", "DOT 6", "M 5", "POST 14"])
    #expect(summary.otherRows == 28)
    #expect(summary.cancellationRows == 89)
    #expect(summary.cancellations == 87)
    #expect(summary.cancelledUnits == 51)
    #expect(summary.returnedUnits == 10_719)
    #expect(summary.writeOffRows == 30)
    #expect(summary.writtenOffUnits == 1_398)
    #expect(summary.orderedUnits == 78_538)
    #expect(summary.carts == 375)
    #expect(summary.cartLines == 7_651)
    #expect(summary.first?.description == "2010-12-01T08:26:00.000Z")
    #expect(summary.last?.description == "2010-12-05T12:00:00.000Z")
    #expect(trace.events.count == summary.carts + summary.cancellations + summary.writeOffRows)
    #expect(trace.goods.count == summary.goodsSKUs)
    #expect(trace.goods.reduce(0) { $0 + $1.ordered } == summary.orderedUnits)
  }

  @Test func theShippedTraceIsInTimeOrderAndItsNamesAreUnique() throws {
    let events = try #require(Self.shipped).events
    #expect(zip(events, events.dropFirst()).allSatisfy { $0.at <= $1.at })
    var claims: Set<ClaimID> = []
    var deliveries: Set<DeliveryID> = []
    let source = try #require(Identifier("erp"))
    var book = RetailBook()
    for event in events {
      switch event {
      case .order(let order):
        book.confirmed(order)
        for line in order.lines {
          #expect(claims.insert(line.claim).inserted)
          #expect(Identifier("\(order.invoice)/\(line.sku)") == line.claim)
        }
      case .cancel(let cancel):
        for report in book.resolve(cancel).reports(orders: source, books: source) {
          #expect(deliveries.insert(report.delivery).inserted)
        }
      case .adjustment(let adjustment):
        #expect(deliveries.insert(adjustment.report(source: source).delivery).inserted)
      }
    }
  }

  @Test func rowsBecomeCartsByInvoiceAndTime() {
    let trace = trace(
      "2,20000,x,1,2010-12-01T08:30:00Z,1,7,UK", "1,10000,x,2,2010-12-01T08:26:00Z,1,,UK",
      "1,10000a,x,3,2010-12-01T08:26:00Z,1,,UK", "1,10000A,x,4,2010-12-01T08:27:00Z,1,,UK",
      "1,10000,x,5,2010-12-01T08:26:00Z,1,,UK", "3,20000,,-9,2010-12-01T08:26:00Z,0,,UK",
      "1,POST,x,1,2010-12-01T08:26:00Z,1,,UK", "1,gift_0001_20,x,1,2010-12-01T08:26:00Z,1,,UK",
      "4,DCGS0003,x,1,2010-12-01T08:31:00Z,1,,UK", "5,POST,x,1,2010-12-01T08:32:00Z,1,,UK")
    #expect(
      told(trace) == [
        "08:26 adjustment 3: 20000 -9", "08:27 order 1 of nobody: 10000×7 10000a×3 10000A×4",
        "08:30 order 2 of 7: 20000×1", "08:31 order 4 of nobody: DCGS0003×1",
      ])
    #expect(trace.summary.others.map(\.code) == ["POST", "gift_0001_20"])
    #expect(trace.summary.repeatedLines == 1)
    #expect(
      trace.goods.map { "\($0.sku) \($0.ordered) \($0.writtenOff)" }
        == ["10000 7 0", "10000A 4 0", "10000a 3 0", "20000 1 9", "DCGS0003 1 0"])
  }

  @Test func aCancellationTakesTheBuyersNewestClaimsFirst() {
    let told = told(
      trace(
        "1,10000,x,5,2010-12-01T08:01:00Z,1,7,UK", "2,10000,x,2,2010-12-01T08:02:00Z,1,7,UK",
        "3,10000,x,9,2010-12-01T08:03:00Z,1,8,UK", "C4,10000,x,-3,2010-12-01T08:04:00Z,1,7,UK",
        "C5,10000,x,-2,2010-12-01T08:05:00Z,1,7,UK", "C5,10000,x,-4,2010-12-01T08:05:00Z,1,7,UK",
        "C6,10000,x,-1,2010-12-01T08:06:00Z,1,,UK", "C7,10000a,x,-1,2010-12-01T08:07:00Z,1,8,UK",
        "C8,10000,x,-9,2010-12-01T08:08:00Z,1,8,UK"))
    #expect(
      told.suffix(5) == [
        "08:04 cancel 10000: 2 of 2/10000, 1 of 1/10000; returned 0",
        "08:05 cancel 10000: 4 of 1/10000; returned 2", "08:06 cancel 10000: nothing; returned 1",
        "08:07 cancel 10000a: nothing; returned 1", "08:08 cancel 10000: 9 of 3/10000; returned 0",
      ])
  }

  @Test func whatWasRefusedCannotBeCancelled() throws {
    let events = trace(
      "1,10000,x,5,2010-12-01T08:01:00Z,1,7,UK", "2,10000,x,2,2010-12-01T08:02:00Z,1,7,UK",
      "C3,10000,x,-6,2010-12-01T08:03:00Z,1,7,UK"
    ).events
    guard case .order(let first) = events[0], case .cancel(let cancel) = events[2] else {
      Issue.record("another order of events")
      return
    }
    var book = RetailBook()
    book.confirmed(first, first.lines[0], units: 4)
    book.confirmed(first, first.lines[0], units: 0)
    let resolution = book.resolve(cancel)
    #expect(told(resolution) == "cancel 10000: 4 of 1/10000; returned 2")

    let orders = try #require(Identifier("shopify"))
    let books = try #require(Identifier("erp"))
    let stage = StageReport(
      claim: try #require(Identifier("1/10000")), stage: .cancel,
      amount: .document(try #require(Identifier("C3/10000/1")), try #require(Quantity(4))), occurredAt: cancel.at)
    let back = Adjustment(document: try #require(Identifier("C3/10000")), delta: 2, occurredAt: cancel.at)
    #expect(
      resolution.reports(orders: orders, books: books) == [
        Report(source: orders, delivery: try #require(Identifier("C3/10000/1")), body: .stage(stage)),
        Report(source: books, delivery: try #require(Identifier("C3/10000")), body: .adjustment(back)),
      ])
    #expect(told(book.resolve(cancel)) == "cancel 10000: nothing; returned 6")
  }

  @Test func badRowsAreToldAndTheRestStands() {
    let long = String(repeating: "1", count: 65)
    let trace = trace(
      "1,10000,x,5,2010-12-01T08:01:00Z,1,7,UK", "1,10000,x,5.5,2010-12-01T08:01:00Z,1,7,UK",
      "1,10000,x,0,2010-12-01T08:01:00Z,1,7,UK", "1,10000,x,1000000001,2010-12-01T08:01:00Z,1,7,UK",
      "1,10000,x,999999999,2010-12-01T08:01:00Z,1,7,UK", "C1,10000,x,1,2010-12-01T08:01:00Z,1,7,UK",
      ",10000,x,1,2010-12-01T08:01:00Z,1,7,UK", "1,,x,1,2010-12-01T08:01:00Z,1,7,UK",
      "1,\(long),x,1,2010-12-01T08:01:00Z,1,7,UK", "1,10000,x,1,01/12/2010 08:01,1,7,UK", "1,10000,x,1",
      "1,10000,\"x\"y,1,2010-12-01T08:01:00Z,1,7,UK", "1,10000,x,2,2010-12-01T08:01:00Z,1,7,UK",
      "1,10000,x,-9223372036854775808,2010-12-01T08:01:00Z,1,7,UK")
    #expect(
      trace.errors.map { "\($0.line) \($0.field ?? "-") \($0.reason.code)" } == [
        "3 quantity notExactInteger", "4 quantity zero", "5 quantity outOfRange", "6 quantity sumOutOfRange",
        "7 quantity signDiffers", "8 invoice badIdentifier", "9 sku badIdentifier", "10 sku badIdentifier",
        "11 invoiced_at notTime", "12 - fieldCount", "13 - strayQuote", "15 quantity outOfRange",
      ])
    #expect(trace.summary.badRows == 12)
    #expect(trace.summary.rows == 2)
    #expect(told(trace) == ["08:01 order 1 of 7: 10000×7"])
  }

  @Test func aBadHeaderIsToldOnce() {
    #expect(RetailTrace(csv: []).errors == [RowError(line: 1, reason: .noHeader)])
    let trace = RetailTrace(csv: Array("invoice,sku\n1,2\n3,4\n".utf8))
    #expect(trace.errors == [RowError(line: 1, field: "quantity", reason: .missingColumn)])
    #expect(trace.events == [])
  }

  @Test func noBytesTrap() {
    var random = SeededRandom(seed: 6)
    let rows = [
      "1,10000,x,5,2010-12-01T08:01:00Z,1,7,UK", "1,10000,x,999999999,2010-12-01T08:01:00Z,1,7,UK",
      "C2,10000,x,-999999999,2010-12-01T08:01:00Z,1,7,UK", "3,10000,x,-5,2010-12-01T08:01:00Z,1,,UK",
    ]
    let valid = Array((Self.header + rows.joined(separator: "\r\n")).utf8)
    let alphabet = Array("\",\r\n-C0123456789TZ:".utf8) + [0x00, 0xEF, 0xFF]
    var events = 0
    for _ in 0..<5_000 {
      let trace = RetailTrace(csv: random.mutated(valid, with: alphabet))
      events += trace.events.count
      let source = Identifier("erp") ?? .none
      var book = RetailBook()
      for case .cancel(let cancel) in trace.events { _ = book.resolve(cancel).reports(orders: source, books: source) }
      for case .adjustment(let adjustment) in trace.events { _ = adjustment.report(source: source) }
      for case .order(let order) in trace.events { #expect(!order.cart.isNone) }
    }
    #expect(events > 5_000)
  }
}

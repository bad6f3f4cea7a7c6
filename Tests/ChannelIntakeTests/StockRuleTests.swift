import ChannelIntake
import StockLedger
import Testing

/// Texts → rules → opening stock.
struct StockRuleTests {
  @Test(
    arguments: [
      ("ample", .ample), ("units:100", .units(100)), ("units:0", .units(0)),
      ("share:0.8", .share(tenThousandths: 8_000)),
      ("share:0", .share(tenThousandths: 0)), ("share:1", .share(tenThousandths: 10_000)),
      ("share:1.05", .share(tenThousandths: 10_500)), ("share:0.0001", .share(tenThousandths: 1)),
      ("share:100", .share(tenThousandths: 1_000_000)),
    ] as [(String, StockRule)])
  func reads(_ text: String, _ rule: StockRule) throws {
    #expect(try StockRule(text) == rule)
    #expect(rule.description == text)
  }

  @Test(
    arguments: [
      ("", .form), ("Ample", .form), ("ample:1", .form), ("share", .form), ("units", .form), ("half:1", .form),
      ("share:", .share), ("share:80%", .share), ("share:-1", .share), ("share:.8", .share), ("share:0.", .share),
      ("share:0.00001", .share), ("share:100.0001", .share), ("share:1e1", .share), ("share:0.8.1", .share),
      ("units:", .units), ("units:-1", .units), ("units:1.5", .units), ("units:007", .units), ("units:1:2", .units),
      ("units:1000000001", .units), ("units:99999999999999999999", .units),
    ] as [(String, StockRuleError.Problem)])
  func refuses(_ text: String, _ problem: StockRuleError.Problem) {
    #expect(throws: StockRuleError.self) { try StockRule(text) }
    do throws(StockRuleError) { _ = try StockRule(text) } catch { #expect(error.problem == problem) }
  }

  @Test func anErrorNamesTheForms() {
    do throws(StockRuleError) {
      _ = try StockRule("half")
      Issue.record("half is no rule")
    } catch {
      #expect(error.description == "the stock rule \"half\" is none of ample, share:S and units:N")
    }
  }

  @Test func plansTheShippedTrace() throws {
    let trace = try #require(RetailTraceTests.shipped)
    func total(_ rule: StockRule) -> Int64 { rule.plan(for: trace).reduce(0) { $0 + $1.units } }
    #expect(total(.ample) == trace.summary.orderedUnits + trace.summary.writtenOffUnits)
    #expect(total(.share(tenThousandths: 10_000)) == trace.summary.orderedUnits)
    #expect(total(.units(100)) == 189_100)
    for (goods, line) in zip(trace.goods, StockRule.soldOutInPart.plan(for: trace)) {
      #expect(goods.sku == line.sku)
      // Rounded up, exactly: the least whole number that is not below 80 %.
      #expect(line.units * 10 >= goods.ordered * 8 && (line.units - 1) * 10 < goods.ordered * 8)
    }
  }

  @Test func aPlanIsACountOfOnePlace() throws {
    let trace = RetailTrace(
      csv: Array("invoice,sku,quantity,invoiced_at,customer\n1,10000,9,2010-12-01T08:01:00Z,7\n".utf8))
    let opening = try #require(trace.summary.first) - 1
    let line = try #require(StockRule.soldOutInPart.plan(for: trace).first)
    let count = try line.count(shop: "uk", location: "leeds", source: "erp", asOf: opening)
    #expect(StockCountCSV.row(count) == "uk,10000,leeds,8,2010-12-01T08:00:59.999Z,erp\r\n")
  }
}

import StockLedger
import Testing

@Suite("A timestamp is milliseconds since 1970")
struct TimestampTests {
  @Test(
    "it reads as ISO 8601 in UTC",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (1_291_191_960_000, "2010-12-01T08:26:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
      (-2_208_988_800_000, "1900-01-01T00:00:00.000Z"), (4_107_542_400_007, "2100-03-01T00:00:00.007Z"),
    ] as [(Int64, String)])
  func text(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
  }

  @Test("the ends of 64 bits can be read and never overflow")
  func ends() {
    let last = Timestamp(milliseconds: .max)
    let first = Timestamp(milliseconds: .min)
    #expect(last.description.hasSuffix("Z"))
    #expect(first.description.hasSuffix("Z"))
    #expect(last + 1 == last)
    #expect(first - 1 == first)
    #expect(last - .min == last)
    #expect(first + .min == first)
    #expect(last + (-1) == Timestamp(milliseconds: .max - 1))
  }

  @Test("a source may name 1970 to 9999")
  func range() {
    #expect(Timestamp.distantPast.isInRange)
    #expect(Timestamp.distantFuture.isInRange)
    #expect(!(Timestamp.distantPast - 1).isInRange)
    #expect(!(Timestamp.distantFuture + 1).isInRange)
  }
}

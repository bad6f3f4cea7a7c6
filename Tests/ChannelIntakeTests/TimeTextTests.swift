import ChannelIntake
import StockLedger
import Testing

/// ISO 8601 texts → times.
struct TimeTextTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0),
      ("2010-12-01T08:26:00Z", 1_291_191_960_000),
      ("2010-12-01T09:26:00+01:00", 1_291_191_960_000),
      ("2010-11-30T23:26:00-09:00", 1_291_191_960_000),
      ("2010-12-01T08:26:00.5Z", 1_291_191_960_500),
      ("2010-12-01T08:26:00.25Z", 1_291_191_960_250),
      ("2010-12-01T08:26:00.123456789Z", 1_291_191_960_123),
      ("2000-02-29T00:00:00Z", 951_782_400_000),
      ("1969-12-31T23:00:00-02:00", 3_600_000),
      ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ] as [(String, Int64)])
  func isThatTime(_ text: String, _ milliseconds: Int64) {
    #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2010-12-01", "2010-12-01T08:26Z", "2010-12-01T08:26:00", "2010-12-01 08:26:00Z", "2010-12-01t08:26:00Z",
    "2010-12-01T08:26:00z", "2010-12-01T08:26:00Zx", "2010-12-01T08:26:00.Z", "2010-12-01T08:26:00.1234567890Z",
    "2010-12-01T08:26:00,5Z", "2010-12-01T24:00:00Z", "2016-12-31T23:59:60Z", "2010-12-01T08:60:00Z",
    "2010-13-01T08:26:00Z", "2010-00-01T08:26:00Z", "2010-12-00T08:26:00Z", "2010-11-31T08:26:00Z",
    "2011-02-29T08:26:00Z", "2100-02-29T08:26:00Z", "2010-12-01T08:26:00-00:00", "2010-12-01T08:26:00+24:00",
    "2010-12-01T08:26:00+0100", "2010-12-01T08:26:00+01", "2010-12-01T08:26:00+01:60", "+2010-12-01T08:26:00Z",
    "-010-12-01T08:26:00Z", "２010-12-01T08:26:00Z", "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-00:01", "2010-W48-3T08:26:00Z",
  ])
  func isNoTime(_ text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test func finerThanMillisecondsGoesTheSafeWay() {
    let exact = Timestamp(milliseconds: 1_291_191_960_123)
    #expect(Timestamp(iso8601: "2010-12-01T08:26:00.1230001Z", finer: .down) == exact)
    #expect(Timestamp(iso8601: "2010-12-01T08:26:00.1230001Z", finer: .up) == exact + 1)
    #expect(Timestamp(iso8601: "2010-12-01T08:26:00.123000Z", finer: .up) == exact)
    #expect(Timestamp(iso8601: "9999-12-31T23:59:59.9999Z", finer: .up) == nil)
  }

  @Test func whatIsWrittenReadsBack() {
    var random = SeededRandom(seed: 1)
    for _ in 0..<10_000 {
      let time = Timestamp(milliseconds: Int64.random(in: 0...253_402_300_799_999, using: &random))
      #expect(Timestamp(iso8601: time.description) == time)
    }
  }
}

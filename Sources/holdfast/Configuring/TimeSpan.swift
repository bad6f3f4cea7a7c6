/// How long something is, as people write it: `90`, `90s`, `5m`, `24h`, `7d`. Whole seconds, a year at most.
struct TimeSpan: Sendable {
  let seconds: Int64

  private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
  private static let secondsMax: Int64 = 366 * 86_400

  /// The span of a text; nil for none, nothing and what is longer than a year.
  init?(_ text: String) {
    let unit = text.last.flatMap { Self.units[$0] }
    let digits = unit == nil ? text[...] : text.dropLast()
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int64(digits) else {
      return nil
    }
    let (seconds, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
    guard !overflow, (1...Self.secondsMax).contains(seconds) else { return nil }
    self.seconds = seconds
  }

  var duration: Duration { .seconds(seconds) }
  var milliseconds: Int64 { seconds * 1_000 }
}

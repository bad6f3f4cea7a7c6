public import StockLedger

/// Times as Shopify writes and reads them.
public enum DateTimeText {
  /// As GraphQL answers it: to the second, in UTC, `2026-04-01T09:30:00Z`.
  public static func utc(_ time: Timestamp) -> String { "\(time.description.prefix(19))Z" }

  /// As a REST body has it: to the second, in the shop's own zone, `2026-04-01T05:30:00-04:00`.
  public static func local(_ time: Timestamp, offsetMinutes: Int64) -> String {
    let shifted = time + offsetMinutes * 60_000
    let minutes = abs(offsetMinutes)
    let zone = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    return "\(shifted.description.prefix(19))\(offsetMinutes < 0 ? "-" : "+")\(zone)"
  }

  /// As the header of a webhook has it: with nanoseconds, `2026-04-01T09:30:00.250000000Z`.
  public static func precise(_ time: Timestamp) -> String { "\(time.description.dropLast())000000Z" }

  /// The time of an ISO 8601 text, with `Z` or an offset, or a date alone, which means its first moment in UTC.
  public static func time(of text: String) -> Timestamp? {
    var rest = Substring(text)
    func number(_ count: Int) -> Int64? {
      let digits = rest.prefix(count)
      guard digits.utf8.count == count, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
      rest = rest.dropFirst(count)
      return Int64(digits)
    }
    func takes(_ mark: String) -> Bool {
      guard rest.hasPrefix(mark) else { return false }
      rest = rest.dropFirst(mark.count)
      return true
    }
    guard let year = number(4), takes("-"), let month = number(2), takes("-"), let day = number(2) else { return nil }
    guard (1...12).contains(month), (1...daysIn(month, of: year)).contains(day) else { return nil }
    var milliseconds = daysFromCivil(year, month, day) * 86_400_000
    if rest.isEmpty { return Timestamp(milliseconds: milliseconds) }
    guard takes("T") || takes(" "), let hour = number(2), takes(":"), let minute = number(2) else { return nil }
    var second: Int64 = 0
    if takes(":") {
      guard let seconds = number(2) else { return nil }
      second = seconds
    }
    guard hour < 24, minute < 60, second < 60 else { return nil }
    milliseconds += ((hour * 60 + minute) * 60 + second) * 1_000
    if takes(".") {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      milliseconds += Int64((digits + "000").prefix(3)) ?? 0
    }
    if takes("Z") { return rest.isEmpty ? Timestamp(milliseconds: milliseconds) : nil }
    let isWest = takes("-")
    guard isWest || takes("+"), let hours = number(2) else { return nil }
    _ = takes(":")
    guard let minutes = number(2), rest.isEmpty, hours < 24, minutes < 60 else { return nil }
    let offset = (hours * 60 + minutes) * 60_000
    return Timestamp(milliseconds: milliseconds + (isWest ? offset : -offset))
  }

  private static func daysIn(_ month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
  private static func daysFromCivil(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

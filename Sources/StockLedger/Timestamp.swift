/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z. Handed in everywhere; no rule looks at a clock.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since the Unix epoch.
  public let milliseconds: Int64

  /// A time from milliseconds since the Unix epoch.
  @inlinable
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Before every time that a source can name.
  public static let distantPast = Timestamp(milliseconds: 0)
  /// The last time a source can name: the end of the year 9999.
  public static let distantFuture = Timestamp(milliseconds: 253_402_300_799_999)

  /// True for times that a source may name: from the epoch to the end of the year 9999.
  public var isInRange: Bool { self >= .distantPast && self <= .distantFuture }

  /// Orders by value.
  @inlinable
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

  /// The time so many milliseconds later; stays at the ends of the 64-bit range instead of overflowing.
  @inlinable
  public static func + (time: Timestamp, milliseconds: Int64) -> Timestamp {
    let (sum, over) = time.milliseconds.addingReportingOverflow(milliseconds)
    return Timestamp(milliseconds: over ? (milliseconds > 0 ? .max : .min) : sum)
  }

  /// The time so many milliseconds earlier; stays at the ends of the 64-bit range instead of overflowing.
  @inlinable
  public static func - (time: Timestamp, milliseconds: Int64) -> Timestamp {
    let (difference, over) = time.milliseconds.subtractingReportingOverflow(milliseconds)
    return Timestamp(milliseconds: over ? (milliseconds > 0 ? .min : .max) : difference)
  }
}

extension Timestamp: CustomStringConvertible {
  /// ISO 8601 in UTC with milliseconds, as `2010-12-01T08:26:00.000Z`.
  public var description: String {
    var text: [UInt8] = []
    text.reserveCapacity(24)
    write(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends its ``description``: answers carry a time each.
  package func write(to text: inout [UInt8]) {
    let days = milliseconds.flooredDivision(by: 86_400_000)
    // The first day's start lies before the 64-bit range; the difference does not.
    let inDay = milliseconds &- days &* 86_400_000
    // Days to a civil date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    let shifted = days + 719_468
    let era = shifted.flooredDivision(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    text.append(digitsOf: year, width: 4, "-")
    text.append(digitsOf: month, width: 2, "-")
    text.append(digitsOf: day, width: 2, "T")
    text.append(digitsOf: inDay / 3_600_000, width: 2, ":")
    text.append(digitsOf: inDay / 60_000 % 60, width: 2, ":")
    text.append(digitsOf: inDay / 1_000 % 60, width: 2, ".")
    text.append(digitsOf: inDay % 1_000, width: 3, "Z")
  }
}

extension [UInt8] {
  /// A number with zeros before it, up to a width, and a mark.
  fileprivate mutating func append(digitsOf number: Int64, width: Int, _ mark: Unicode.Scalar) {
    if number >= 0 && number < 10_000 {
      var scale: Int64 = 1_000
      for place in (0..<4).reversed() {
        if place < width || number >= scale { append(UInt8(ascii: "0") + UInt8(number / scale % 10)) }
        scale /= 10
      }
    } else {
      let digits = String(number).utf8
      append(contentsOf: repeatElement(UInt8(ascii: "0"), count: Swift.max(0, width - digits.count)))
      append(contentsOf: digits)
    }
    append(UInt8(ascii: mark))
  }
}

extension Int64 {
  func flooredDivision(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

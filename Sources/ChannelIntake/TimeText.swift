public import StockLedger

/// What becomes of the part of a time that is finer than a millisecond.
public enum SubMillisecond: Sendable {
  /// Cut off: for times up to which something is covered (as-of, includes, through), and of what raises stock.
  case down
  /// Up to the next millisecond where any was cut: for times of what lowers stock, so that nothing covers it early.
  case up
}

/// Why a text is not a time.
enum TimeFault: Error {
  case form, range
}

extension Timestamp {
  /// The time of an ISO 8601 text as `2010-12-01T08:26:00Z`, `…:00.250Z` or `…:00+01:00`; nil for anything else.
  ///
  /// Date, `T`, hours, minutes and seconds are required, then up to nine digits of a second and `Z` or an offset of up
  /// to 23:59. Refused: week dates, a time without offset (whose?), `-00:00`, hour 24, leap seconds (`:60`), and what
  /// lies outside 1970 to 9999.
  ///
  /// - Parameters:
  ///   - text: The text, nothing before or after it.
  ///   - finer: What to do below the millisecond.
  public init?(iso8601 text: some StringProtocol, finer: SubMillisecond = .down) {
    guard let time = try? Self.parse(text.utf8, finer: finer) else { return nil }
    self = time
  }

  static func parse(_ text: some Collection<UInt8>, finer: SubMillisecond) throws(TimeFault) -> Timestamp {
    guard text.count >= 20, text.count <= 35 else { throw .form }
    let bytes = Array(text)
    func number(_ from: Int, _ count: Int) throws(TimeFault) -> Int64 {
      guard from + count <= bytes.count else { throw .form }
      var value: Int64 = 0
      for index in from..<(from + count) {
        guard bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") else { throw .form }
        value = value * 10 + Int64(bytes[index] - UInt8(ascii: "0"))
      }
      return value
    }
    func mark(_ at: Int, _ letter: Unicode.Scalar) throws(TimeFault) {
      guard at < bytes.count, bytes[at] == UInt8(ascii: letter) else { throw .form }
    }
    let year = try number(0, 4)
    try mark(4, "-")
    let month = try number(5, 2)
    try mark(7, "-")
    let day = try number(8, 2)
    try mark(10, "T")
    let hour = try number(11, 2)
    try mark(13, ":")
    let minute = try number(14, 2)
    try mark(16, ":")
    let second = try number(17, 2)
    guard (1...12).contains(month), day >= 1, day <= daysIn(month: month, year: year), hour < 24, minute < 60,
      second < 60
    else { throw .form }

    var index = 19
    var fraction: Int64 = 0
    var isFiner = false
    if bytes[index] == UInt8(ascii: ".") {
      index += 1
      let start = index
      while index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") {
        let digit = Int64(bytes[index] - UInt8(ascii: "0"))
        if index - start < 3 { fraction = fraction * 10 + digit } else if digit > 0 { isFiner = true }
        index += 1
      }
      guard index > start, index - start <= 9 else { throw .form }
      for _ in min(3, index - start)..<3 { fraction *= 10 }
    }

    var offset: Int64 = 0
    guard index < bytes.count else { throw .form }
    if bytes[index] == UInt8(ascii: "Z") {
      index += 1
    } else {
      let isWest = bytes[index] == UInt8(ascii: "-")
      guard isWest || bytes[index] == UInt8(ascii: "+") else { throw .form }
      let hours = try number(index + 1, 2)
      try mark(index + 3, ":")
      let minutes = try number(index + 4, 2)
      guard hours < 24, minutes < 60, !(isWest && hours == 0 && minutes == 0) else { throw .form }
      offset = (hours * 60 + minutes) * (isWest ? -60_000 : 60_000)
      index += 6
    }
    guard index == bytes.count else { throw .form }

    // A civil date to days: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil; the
    // other direction is Timestamp's description. Years 0 to 9999 only, so that no division sees a negative.
    let shiftedYear = month <= 2 ? year - 1 : year
    guard shiftedYear >= 0 else { throw .range }
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    let inDay = (hour * 3_600 + minute * 60 + second) * 1_000 + fraction
    let time = Timestamp(milliseconds: days * 86_400_000 + inDay - offset + (isFiner && finer == .up ? 1 : 0))
    guard time.isInRange else { throw .range }
    return time
  }

  private static func daysIn(month: Int64, year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}

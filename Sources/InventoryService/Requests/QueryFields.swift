import ChannelIntake
import StockLedger

/// The query of a request, read by name, type and range.
///
/// Names that are not known, or come twice, are refused: a misspelt filter that is passed over would show too much.
/// Percent-encoded, and `+` is a space as in forms; in a time, where no space can be, it is the offset's sign.
struct QueryFields: Sendable {
  private let values: [String: String]

  /// Says nothing.
  init() { values = [:] }

  /// The fields of a query; none where there is no query.
  init(_ query: String?, known: [String]) throws(Problem) {
    var values: [String: String] = [:]
    for pair in (query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = try Self.decoded(parts[0], in: parts[0])
      guard known.contains(name) else {
        let known = known.isEmpty ? "nothing is" : "known are " + known.joined(separator: ", ")
        throw .malformedQuery(name, "it is not known here; \(known)")
      }
      guard parts.count == 2, !parts[1].isEmpty else { throw .malformedQuery(name, "it has no value: leave it out") }
      guard values.updateValue(try Self.decoded(parts[1], in: parts[0]), forKey: name) == nil else {
        throw .malformedQuery(name, "it is there twice")
      }
    }
    self.values = values
  }

  private static func decoded(_ text: Substring, in name: Substring) throws(Problem) -> String {
    guard let text = PathText.decoded(String(text.map { $0 == "+" ? " " : $0 })) else {
      throw .malformedQuery(String(name), "it is not percent-encoded UTF-8")
    }
    return text
  }

  /// A text; nil where it is left out.
  func text(_ name: String) -> String? { values[name] }

  /// An exact integer within a range; nil where it is left out.
  func integer(_ name: String, in range: ClosedRange<Int64>) throws(Problem) -> Int64? {
    guard let text = values[name] else { return nil }
    guard let number = exactInteger(Array(text.utf8)), range.contains(number) else {
      throw .malformedQuery(name, "an integer of \(range.lowerBound) to \(range.upperBound) is expected")
    }
    return number
  }

  /// How many rows a page is to have at most: 100 where nothing is said, 1,000 (some 300 kB) at most.
  func rows() throws(Problem) -> Int { Int(try integer("limit", in: 1...1_000) ?? 100) }

  /// `true` or `false`; nil where it is left out.
  func flag(_ name: String) throws(Problem) -> Bool? {
    switch values[name] {
    case nil: return nil
    case "true": return true
    case "false": return false
    default: throw .malformedQuery(name, "true or false is expected")
    }
  }

  /// A time of ISO 8601; nil where it is left out.
  func time(_ name: String) throws(Problem) -> Timestamp? {
    guard let text = values[name] else { return nil }
    guard let time = Timestamp(iso8601: String(text.map { $0 == " " ? "+" : $0 })) else {
      throw .malformedQuery(name, "a time as 2026-01-01T08:26:00Z is expected")
    }
    return time
  }

  /// The number of an entry of a key's shard, as `<shard>-<number>`; nil where it is left out.
  func entry(_ name: String, of key: StockKey) throws(Problem) -> UInt64? {
    guard let text = values[name] else { return nil }
    guard let entry = EntryNumber(text) else { throw .malformedQuery(name, "an entry as 17-1234 is expected") }
    guard Int(entry.shard) == key.shard else { throw .malformedQuery(name, "the entry cannot be one of this key") }
    return entry.number
  }
}

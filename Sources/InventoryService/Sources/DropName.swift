import ChannelIntake
import StockLedger

/// The names of files in a drop folder: which are taken, how they are read, and what they are called meanwhile.
enum DropName {
  /// A longer name has no room for the time before it: file systems end at 255 bytes.
  static let bytesMax = 200

  private static let unfinished = [".tmp", ".part", ".filepart", ".partial", ".crdownload"]

  private static let formats: [String: DeliveryFormat] = [
    "csv": .csv, "txt": .csv, "jsonl": .jsonLines, "ndjson": .jsonLines, "json": .jsonLines,
  ]

  /// False for what is hidden, and for what its writer has not finished by its name.
  static func isTaken(_ name: String) -> Bool {
    !name.hasPrefix(".") && !unfinished.contains { name.lowercased().hasSuffix($0) }
  }

  /// How a file is read, by the end of its name; nil where nobody knows.
  static func format(of name: String) -> DeliveryFormat? {
    guard let dot = name.lastIndex(of: ".") else { return nil }
    return formats[name[dot...].dropFirst().lowercased()]
  }

  /// The ends that are known, for people.
  static var known: String { formats.keys.sorted().map { "." + $0 }.joined(separator: ", ") }

  /// What a file is called while it is worked on: a time before its name, so that no two are the same and the oldest
  /// comes first.
  static func claim(of name: String, at time: Timestamp) -> String {
    time.description.filter { $0 != "-" && $0 != ":" && $0 != "." } + "-" + name
  }

  /// The name that a claimed file had; nil for what was not claimed.
  static func name(ofClaim claim: String) -> String? {
    guard let dash = claim.firstIndex(of: "-"), claim[..<dash].count == "20260101T000000000Z".count else { return nil }
    return String(claim[dash...].dropFirst())
  }

  /// The day of a time, as done files are laid down by.
  static func day(of time: Timestamp) -> String { String(time.description.prefix("2026-01-01".count)) }
}

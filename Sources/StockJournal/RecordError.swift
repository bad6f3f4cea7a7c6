public import StockLedger

/// Why bytes are not a record, or a record does not follow the one before it: what is wrong, and where.
public struct RecordError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public let problem: Problem
  /// The byte within the record, or nil for a rule between records.
  public let offset: Int?

  /// What can be wrong with a record.
  public enum Problem: Hashable, Sendable {
    /// The bytes end before the record does, or go on after it.
    case length(expected: Int, found: Int)
    /// The first bytes are not a record's.
    case magic
    /// A newer format than this program reads.
    case newerFormat(found: UInt16)
    /// The header's checksum is another.
    case headerChecksum
    /// The payload's checksum is another.
    case payloadChecksum
    /// A header field is outside its range, although the checksum is right.
    case field(String)
    /// The record belongs to another shard.
    case shard(expected: Int, found: Int)
    /// Entry numbers do not follow on.
    case number(expected: UInt64, found: UInt64)
    /// The record names another record as the one before it.
    case previousHash
    /// The epoch is below the last record's.
    case epoch(last: UInt64, found: UInt64)
    /// The time is before the last record's.
    case time(last: Timestamp, found: Timestamp)
  }

  /// Why bytes are not a record.
  public init(_ problem: Problem, offset: Int? = nil) {
    self.problem = problem
    self.offset = offset
  }

  /// One line for people.
  public var description: String {
    let place = offset.map { " at byte \($0)" } ?? ""
    switch problem {
    case .length(let expected, let found): return "\(expected) bytes expected, \(found) found\(place)"
    case .magic: return "not a record\(place)"
    case .newerFormat(let found): return "format version \(found), this program reads up to \(JournalRecord.version)"
    case .headerChecksum: return "the header's checksum is wrong\(place)"
    case .payloadChecksum: return "the payload's checksum is wrong\(place)"
    case .field(let name): return "\(name) is out of range\(place)"
    case .shard(let expected, let found): return "shard \(expected) expected, \(found) found"
    case .number(let expected, let found): return "entry \(expected) expected, \(found) found"
    case .previousHash: return "it does not continue the record before it"
    case .epoch(let last, let found): return "epoch \(found) after epoch \(last)"
    case .time(let last, let found): return "time \(found) after \(last)"
    }
  }

  /// The failure that a store reports for a record at a place.
  public func failure(at place: String) -> StoreFailure {
    if case .newerFormat = problem { return .newerFormat("\(place): \(self); run the newer program") }
    return .damaged("\(place): \(self); restore the directory from a copy")
  }
}

/// How a source writes its rows.
public enum DeliveryFormat: String, CaseIterable, Sendable {
  /// The delivery form, one object a line.
  case jsonLines
  /// The delivery form with a header.
  case csv
}

/// Reads what one source sends, in either format, as a stream: chunks of any size go in, rows come out as they end.
///
/// Memory is bounded by one row and the rows of one chunk.
public struct SourceReader: Sendable {
  // One of the two is there: a case that holds it would be copied at every chunk.
  private var lines: DeliveryReader?
  private var csv: DeliveryCSV?

  /// A reader at the start of what a source sends.
  public init(_ format: DeliveryFormat, origin: DeliveryOrigin) {
    switch format {
    case .jsonLines: lines = DeliveryReader(origin: origin)
    case .csv: csv = DeliveryCSV(origin: origin)
    }
  }

  /// True where nothing of it can be read: CSV without a header that can be used.
  public var isUnreadable: Bool { csv?.isUnreadable ?? false }

  /// The rows that end in these bytes, in order.
  public mutating func read(_ chunk: [UInt8]) -> [IntakeRow] { lines?.read(chunk) ?? csv?.read(chunk) ?? [] }

  /// The last row, where the input did not end with a line end.
  public mutating func finish() -> [IntakeRow] { lines?.finish() ?? csv?.finish() ?? [] }
}

/// Reads the delivery form as a stream: chunks of any size go in, rows come out as soon as their line ends.
///
/// Lines end with LF or CRLF, the last one also without; empty lines and a byte order mark at the start are passed
/// over. Memory is bounded by one row: of a longer one only its line number is kept. However the bytes are cut into
/// chunks, the rows are the same.
public struct DeliveryReader: Sendable {
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  /// Room for the mark and a carriage return beside a row of full length.
  private static let bufferMax = DeliveryForm.rowBytesMax + byteOrderMark.count + 1

  private let origin: DeliveryOrigin?
  private var buffer: [UInt8] = []
  private var isOverflowing = false
  private var line = 1

  /// A reader at the start of its input.
  ///
  /// - Parameter origin: Whose rows they are; nil where every row says so itself.
  public init(origin: DeliveryOrigin? = nil) { self.origin = origin }

  /// The rows that end in these bytes, in order.
  public mutating func read(_ chunk: [UInt8]) -> [IntakeRow] {
    var rows: [IntakeRow] = []
    var rest = chunk[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      take(rest[..<end])
      if let row = endLine() { rows.append(row) }
      rest = rest[(end + 1)...]
    }
    take(rest)
    return rows
  }

  /// The last row, where the input did not end with a line feed; the reader is then at the start of another input.
  public mutating func finish() -> [IntakeRow] {
    let last = endLine()
    self = DeliveryReader(origin: origin)
    return last.map { [$0] } ?? []
  }

  private mutating func take(_ bytes: ArraySlice<UInt8>) {
    if isOverflowing { return }
    if bytes.count > Self.bufferMax - buffer.count {
      isOverflowing = true
      buffer = []
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  private mutating func endLine() -> IntakeRow? {
    defer {
      buffer.removeAll(keepingCapacity: true)
      isOverflowing = false
      line += 1
    }
    if isOverflowing {
      let error = RowError(line: line, reason: .tooLong(limit: DeliveryForm.rowBytesMax))
      return IntakeRow(line: line, outcome: .failure(error))
    }
    if line == 1 && buffer.starts(with: Self.byteOrderMark) { buffer.removeFirst(Self.byteOrderMark.count) }
    if buffer.last == UInt8(ascii: "\r") { buffer.removeLast() }
    if buffer.isEmpty { return nil }
    do throws(RowError) {
      return IntakeRow(line: line, outcome: .success(try DeliveryForm.command(of: buffer, line: line, origin: origin)))
    } catch {
      return IntakeRow(line: line, outcome: .failure(error))
    }
  }
}

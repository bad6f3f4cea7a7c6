import StockLedger

/// The delivery form as CSV: a column for each field, named as the field is; an empty field is one left out.
///
/// Columns come in any order, and also in the way of databases (`as_of` is `asOf`). Without a column `kind` every row
/// is a count; `includes.pos` is the time up to which the source `pos` is in it. The stock count file is such a file.
public struct DeliveryCSV: Sendable {
  private let origin: DeliveryOrigin
  private var reader = CSVReader()
  private var header: CSVHeader?
  private var columns: [String] = []
  /// True where the file has no header that can be used, so that no row of it can be read.
  public private(set) var isUnreadable = false

  /// A reader at the start of a file of one source.
  public init(origin: DeliveryOrigin) { self.origin = origin }

  /// The reports of the rows that end in these bytes. After a bad header, which is told once, there are none.
  public mutating func read(_ chunk: [UInt8]) -> [IntakeRow] { rows(reader.read(chunk)) }

  /// The last row, where the file did not end with a line end; tells of a file without header.
  public mutating func finish() -> [IntakeRow] {
    var last = rows(reader.finish())
    if header == nil && !isUnreadable {
      isUnreadable = true
      last.append(IntakeRow(line: 1, outcome: .failure(RowError(line: 1, reason: .noHeader))))
    }
    return last
  }

  private mutating func rows(_ read: [Result<CSVRow, RowError>]) -> [IntakeRow] {
    var rows: [IntakeRow] = []
    for result in read where !isUnreadable {
      do throws(RowError) {
        let row = try result.get()
        if let header {
          try header.check(row)
          rows.append(IntakeRow(line: row.line, outcome: command(row)))
        } else {
          try readHeader(row)
        }
      } catch {
        if header == nil { isUnreadable = true }
        rows.append(IntakeRow(line: error.line, outcome: .failure(error)))
      }
    }
    return rows
  }

  private mutating func readHeader(_ row: CSVRow) throws(RowError) {
    columns = row.fields.map(Self.field)
    let included = columns.filter { $0.hasPrefix(TextRow.includes) && $0.count > TextRow.includes.count }
    header = try CSVHeader(
      CSVRow(line: row.line, fields: columns), required: ["sku"],
      optional: TextRow.known.filter { $0 != "sku" } + included)
  }

  private func command(_ row: CSVRow) -> Result<KeyedCommand, RowError> {
    do throws(RowError) {
      let texts = zip(columns, row.fields).map { (field: $0, text: $1) }
      return .success(
        try DeliveryForm.command(of: TextRow.members(texts, line: row.line), line: row.line, origin: origin))
    } catch {
      return .failure(error)
    }
  }

  /// `as_of` as the form writes it: `asOf`. A source's name after `includes.` stays as it is.
  private static func field(_ column: String) -> String {
    if column.hasPrefix(TextRow.includes) { return column }
    let words = column.split(separator: "_", omittingEmptySubsequences: false)
    return words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
  }
}

public import StockLedger

/// One line of the stock count file: units on hand of one key as of a time.
public struct StockCountLine: Hashable, Sendable {
  /// The key.
  public var key: StockKey
  /// Units on hand; negative where the books run late. Magnitude up to ``Limits/unitsMax``.
  public var units: Int64
  /// The time the count is true for.
  public var asOf: Timestamp
  /// Who counts, as written; the text itself, because a long source name cannot be read back from its identifier.
  public var source: String

  /// A line of the stock count file.
  public init(key: StockKey, units: Int64, asOf: Timestamp, source: String) {
    self.key = key
    self.units = units
    self.asOf = asOf
    self.source = source
  }
}

/// The stock count file, `shop,sku,location,units,as_of[,source]`: read as count reports, and written.
///
/// A line's delivery is `c@` and the as-of in milliseconds: the same file again changes nothing, and another number of
/// the same key and time is refused as a reused id instead of silently winning. A name that a spreadsheet would run as
/// a formula stands behind an apostrophe, which is not read.
public struct StockCountCSV: Sendable {
  private static let required = ["shop", "sku", "location", "units", "as_of"]
  private static let optional = ["source"]
  private let source: String
  private var reader = CSVReader()
  private var header: CSVHeader?
  private var isHeaderBad = false

  /// A reader at the start of a file.
  ///
  /// - Parameter source: Who counts, where the file has no `source` column or the field is empty.
  public init(source: String = "erp") { self.source = source }

  /// The count reports of the rows that end in these bytes. After a bad header, which is told once, there are none.
  public mutating func read(_ chunk: [UInt8]) -> [IntakeRow] { rows(reader.read(chunk)) }

  /// The last row, where the file did not end with a line end; tells of a file without header.
  public mutating func finish() -> [IntakeRow] {
    var last = rows(reader.finish())
    if header == nil && !isHeaderBad {
      last.append(IntakeRow(line: 1, outcome: .failure(RowError(line: 1, reason: .noHeader))))
    }
    self = StockCountCSV(source: source)
    return last
  }

  private mutating func rows(_ read: [Result<CSVRow, RowError>]) -> [IntakeRow] {
    var rows: [IntakeRow] = []
    for result in read where !isHeaderBad {
      var line = 1
      do throws(RowError) {
        let row: CSVRow
        switch result {
        case .success(let good): row = good
        case .failure(let error):
          line = error.line
          throw error
        }
        line = row.line
        if let header {
          let count = try Self.line(row, header, source: source)
          rows.append(IntakeRow(line: line, outcome: .success(try Self.command(count, line: line))))
        } else {
          header = try CSVHeader(row, required: Self.required, optional: Self.optional)
        }
      } catch {
        if header == nil { isHeaderBad = true }
        rows.append(IntakeRow(line: line, outcome: .failure(error)))
      }
    }
    return rows
  }

  private static func line(_ row: CSVRow, _ header: CSVHeader, source: String) throws(RowError) -> StockCountLine {
    try header.check(row)
    func fault(_ field: String, _ reason: RowError.Reason) -> RowError {
      RowError(line: row.line, field: field, reason: reason)
    }
    func field(_ name: String) -> String { CSVRow.unguarded(header.field(name, of: row) ?? "") }
    let key: StockKey
    do throws(StockKeyError) {
      key = try StockKey(shop: field("shop"), sku: field("sku"), location: field("location"))
    } catch {
      throw fault(error.part.rawValue, .badKey(error.problem))
    }
    if key.isItem { throw fault("location", .badKey(.empty)) }
    guard let units = exactInteger((header.field("units", of: row) ?? "").utf8) else {
      throw fault("units", .notExactInteger)
    }
    guard units >= -Limits.unitsMax, units <= Limits.unitsMax else {
      throw fault("units", .outOfRange(low: -Limits.unitsMax, high: Limits.unitsMax))
    }
    let asOf: Timestamp
    do throws(TimeFault) {
      asOf = try Timestamp.parse(field("as_of").utf8, finer: .down)
    } catch {
      throw fault("as_of", error == .form ? .notTime : .timeOutOfRange)
    }
    let named = field("source")
    return StockCountLine(key: key, units: units, asOf: asOf, source: named.isEmpty ? source : named)
  }

  private static func command(_ count: StockCountLine, line: Int) throws(RowError) -> KeyedCommand {
    guard let command = count.command else { throw RowError(line: line, field: "source", reason: .badIdentifier) }
    return command
  }

  /// The first row of a written file, with its line end.
  public static let headerRow = (required + optional).joined(separator: ",") + "\r\n"

  /// One row of a written file, with its line end; reads back as the same line.
  public static func row(_ line: StockCountLine) -> String {
    let key = [line.key.shop, line.key.sku, line.key.location].map(CSVRow.guarded)
    let count = [String(line.units), line.asOf.description, CSVRow.guarded(line.source)]
    return (key + count).map(CSVRow.quoted).joined(separator: ",") + "\r\n"
  }
}

extension StockCountLine {
  /// The count report; nil where the source is no identifier.
  public var command: KeyedCommand? {
    guard let source = Identifier(source), let delivery = Identifier("c@\(asOf.milliseconds)") else { return nil }
    let body = Report.Body.count(Count(units: units, asOf: asOf))
    return KeyedCommand(key: key, command: .report(Report(source: source, delivery: delivery, body: body)))
  }
}

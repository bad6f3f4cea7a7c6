/// The header of a CSV file, matched with the columns of a form; gives a row's fields by name.
public struct CSVHeader: Sendable {
  private let names: [String]
  private let places: [Int?]
  private let width: Int

  /// Matches a header row with a form's columns, in any order.
  ///
  /// - Throws: ``RowError`` for a column that is missing, there twice, or unknown: a misspelt optional column that is
  ///   passed over would change what the file says.
  public init(_ row: CSVRow, required: [String], optional: [String] = []) throws(RowError) {
    let known = required + optional
    for (index, name) in row.fields.enumerated() {
      guard known.contains(name) else {
        throw RowError(line: row.line, field: name, reason: .unknownColumn(known: known))
      }
      if row.fields[..<index].contains(name) { throw RowError(line: row.line, field: name, reason: .duplicateColumn) }
    }
    for name in required where !row.fields.contains(name) {
      throw RowError(line: row.line, field: name, reason: .missingColumn)
    }
    names = known
    places = known.map { row.fields.firstIndex(of: $0) }
    width = row.fields.count
  }

  /// Refuses a row that is wider or narrower than its header.
  public func check(_ row: CSVRow) throws(RowError) {
    guard row.fields.count == width else {
      throw RowError(line: row.line, reason: .fieldCount(expected: width, found: row.fields.count))
    }
  }

  /// A row's field by its column; nil where the file does not have the column.
  public func field(_ name: String, of row: CSVRow) -> String? {
    guard let column = names.firstIndex(of: name), let place = places[column], place < row.fields.count else {
      return nil
    }
    return row.fields[place]
  }
}

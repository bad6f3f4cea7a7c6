public import StockLedger

/// How another system's answer becomes rows of the delivery form: where its rows are, and what each field is.
///
/// Fields that are not named are left out; a row without `kind` is a count. Units stay exact: `12.000` is 12, 12.5 is
/// refused. Times may be ISO 8601 or seconds since 1970, from 10^11 on milliseconds.
public struct RowMapping: Sendable {
  private let rows: JSONPath
  private let fields: [(field: String, rule: FieldRule)]

  /// A mapping.
  ///
  /// - Parameters:
  ///   - rows: The path of the list of rows; empty where the answer is the list itself.
  ///   - fields: The rule of each field of the delivery form, see ``FieldRule``.
  /// - Throws: ``MappingError`` that names the text that cannot be used.
  public init(rows: String, fields: [(field: String, rule: String)]) throws(MappingError) {
    self.rows = try JSONPath(rows)
    var read: [(field: String, rule: FieldRule)] = []
    for (field, rule) in fields {
      guard TextRow.known.contains(field) || field.hasPrefix(TextRow.includes) else {
        throw MappingError(text: field, problem: .field)
      }
      read.append((field, try FieldRule(rule)))
    }
    self.fields = read
  }

  /// The fields that a mapping can name, without those of `includes`.
  public static var fieldNames: [String] { TextRow.known }

  /// The rows of an answer, in order; a row's line is its place in the list, from 1.
  ///
  /// - Throws: ``RowError`` where there is no list to be found: nothing of the answer can be used then.
  public func rows(of answer: ForeignAnswer, origin: DeliveryOrigin) throws(RowError) -> [IntakeRow] {
    guard let found = rows.value(in: answer.root), case .list(let elements) = found else {
      throw RowError(line: 1, field: rows.description, reason: .wrongType(expected: "a list of rows"))
    }
    return elements.enumerated().map { index, element in
      IntakeRow(line: index + 1, outcome: command(of: element, line: index + 1, origin: origin))
    }
  }

  private func command(
    of element: JSONValue, line: Int, origin: DeliveryOrigin
  ) -> Result<KeyedCommand, RowError> {
    do throws(RowError) {
      var row: [(field: String, text: String)] = []
      for (field, rule) in fields {
        if let text = try rule.text(of: field, in: element, line: line) { row.append((field, text)) }
      }
      return .success(try DeliveryForm.command(of: TextRow.members(row, line: line), line: line, origin: origin))
    } catch {
      return .failure(error)
    }
  }
}

/// What another system answered: any JSON, with its numbers as they are written.
public struct ForeignAnswer: Sendable {
  let root: JSONValue

  /// Reads an answer.
  ///
  /// - Throws: ``RowError`` where it is not JSON, or too deep or wide.
  public init(_ body: [UInt8]) throws(RowError) { root = try JSONScanner.value(of: body) }

  /// The time at a place, as text or as seconds or milliseconds since 1970; nil where there is none.
  public func time(at path: JSONPath) -> Timestamp? {
    text(at: path).flatMap { Timestamp(iso8601: ForeignNumber.time($0)) }
  }

  /// The text or number at a place; nil where there is none, or an empty one.
  public func text(at path: JSONPath) -> String? {
    path.value(in: root)?.scalar.flatMap { $0.isEmpty ? nil : $0 }
  }
}

import ChannelIntake

/// Bad rows, as people and scripts are told of them.
enum BadRows {
  /// Rows that are told one by one; of more only the sum, because thousands are mostly one fault.
  static let toldMax = 20

  /// Says each bad row with its line, its fault and what to do.
  static func say(_ errors: [RowError], of path: String) {
    for error in errors.prefix(toldMax) { Console.complain("\(path): \(error)") }
    if errors.count > toldMax {
      var counts: [String: Int] = [:]
      for error in errors { counts[error.reason.code, default: 0] += 1 }
      let kinds = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      Console.complain("\(path): \(errors.count) bad rows in all (\(kinds)); --json lists every one")
    }
  }

  /// Every bad row of a file.
  static func json(_ errors: [RowError], of path: String) -> [JSONValue] {
    errors.map { error in
      var fields: [(String, JSONValue)] = [("file", .string(path)), ("line", JSONValue(error.line))]
      if let field = error.field { fields.append(("field", .string(field))) }
      fields += [
        ("reason", .string(error.reason.code)), ("message", .string("\(error.reason)")),
        ("advice", .string(error.whatToDo)),
      ]
      return .object(fields)
    }
  }
}

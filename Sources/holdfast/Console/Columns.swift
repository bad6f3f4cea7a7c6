/// A table of labels and values for people: the first column to the left, the others to the right.
struct Columns {
  private var rows: [[String]] = []

  init() {}

  /// Adds a row; rows may differ in length.
  mutating func add(_ cells: String...) { add(cells) }

  /// Adds a row of as many cells as there are.
  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// Adds an empty line.
  mutating func addGap() { rows.append([]) }

  /// The table, without a line end after its last row.
  var text: String {
    var widths: [Int] = []
    for row in rows {
      for (index, cell) in row.enumerated() {
        if index == widths.count { widths.append(0) }
        widths[index] = max(widths[index], cell.count)
      }
    }
    return rows.map { row in
      row.enumerated().map { index, cell in
        let padding = String(repeating: " ", count: widths[index] - cell.count)
        return index == 0 ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

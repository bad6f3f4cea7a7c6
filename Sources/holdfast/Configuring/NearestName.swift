/// What somebody who misspelt a name may have meant.
enum NearestName {
  /// The name that fewest strokes lead to; nil where none is near.
  static func of(_ name: String, among known: some Sequence<String>) -> String? {
    let nearest = known.map { (strokes: distance(from: name.lowercased(), to: $0.lowercased()), name: $0) }
      .min { ($0.strokes, $0.name) < ($1.strokes, $1.name) }
    guard let nearest, nearest.strokes <= max(2, name.count / 3) else { return nil }
    return nearest.name
  }

  /// A name that was written out, or cut short, is near however long the rest is.
  private static func distance(from left: String, to right: String) -> Int {
    let short = min(left.count, right.count)
    let isPart = short >= 4 && (left.hasPrefix(right) || right.hasPrefix(left))
    return isPart ? 1 : strokes(from: left, to: right)
  }

  /// Letters to add, drop or change (Levenshtein).
  private static func strokes(from left: String, to right: String) -> Int {
    let letters = Array(right)
    var row = Array(0...letters.count)
    for (line, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for column in letters.indices {
        let change = diagonal + (letters[column] == letter ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(change, row[column] + 1, diagonal + 1)
      }
    }
    return row[letters.count]
  }
}

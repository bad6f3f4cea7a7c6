import StockLedger

/// The `query` argument of a connection: Shopify's search syntax, as far as it is served.
///
/// Terms `field:value` side by side or with AND, groups of them with OR, `-` or NOT before a term; values may stand in
/// quotes, begin with `>`, `>=`, `<` or `<=`, or end in `*`. Texts are compared without regard to case, as there.
struct SearchQuery: Hashable, Sendable {
  enum Comparison: String, Hashable, Sendable, CaseIterable {
    case atLeast = ">=", atMost = "<=", above = ">", below = "<"
    case equal = ""
  }

  struct Term: Hashable, Sendable {
    let field: String
    let comparison: Comparison
    let value: String
    let isNegated: Bool
    /// The value in small letters, without the star at its end.
    let folded: String
    let isPrefix: Bool
    /// The value as a number or the number of an id, and as a time: read once, held against every object.
    let number: Int64?
    let time: Timestamp?

    init(field: String, comparison: Comparison, value: String, isNegated: Bool) {
      self.field = field
      self.comparison = comparison
      self.value = value
      self.isNegated = isNegated
      isPrefix = value.hasSuffix("*")
      folded = (isPrefix ? String(value.dropLast()) : value).lowercased()
      number = GlobalID(value)?.number ?? Int64(value)
      time = DateTimeText.time(of: value)
    }
  }

  /// A search has few groups: each object is held against all of them.
  static let termsMax = 1_000

  /// One of these holds, each a list of terms that all hold.
  let groups: [[Term]]

  /// Reads a search; a text that says nothing finds everything.
  init(_ text: String) throws(GraphQLProblem) {
    var groups: [[Term]] = [[]]
    var isNegated = false
    let words = Self.words(of: text)
    guard words.count <= Self.termsMax else {
      throw GraphQLProblem("A search of more than \(Self.termsMax) terms isn't served by this emulator")
    }
    for word in words {
      switch word {
      case "OR": groups.append([])
      case "AND": break
      case "NOT": isNegated = true
      default:
        groups[groups.count - 1].append(try Self.term(word, isNegated: isNegated))
        isNegated = false
      }
    }
    self.groups = groups.filter { !$0.isEmpty }
  }

  private static func words(of text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if character.isWhitespace {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    return word.isEmpty ? words : words + [word]
  }

  private static func term(_ word: String, isNegated: Bool) throws(GraphQLProblem) -> Term {
    let isMinus = word.hasPrefix("-") && word.count > 1
    let parts = word.dropFirst(isMinus ? 1 : 0).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].allSatisfy({ $0.isLetter || $0 == "_" }) else {
      throw GraphQLProblem("The search term '\(word)' isn't served by this emulator: write field:value")
    }
    let comparison = Comparison.allCases.first { parts[1].hasPrefix($0.rawValue) } ?? .equal
    return Term(
      field: String(parts[0]), comparison: comparison, value: String(parts[1].dropFirst(comparison.rawValue.count)),
      isNegated: isNegated != isMinus)
  }

  /// True where the values of an object's searchable fields, by name, hold.
  ///
  /// - Throws: Where a term names a field by which these objects cannot be searched.
  func matches(_ value: (String) -> SearchValue?) throws(GraphQLProblem) -> Bool {
    if groups.isEmpty { return true }
    var isFound = false
    for group in groups {
      var holds = true
      for term in group {
        guard let value = value(term.field) else {
          throw GraphQLProblem("A search by '\(term.field)' isn't served by this emulator")
        }
        if value.holds(term) == term.isNegated { holds = false }
      }
      if holds { isFound = true }
    }
    return isFound
  }

  /// The SKUs of a search by nothing but whole SKUs, so that an index can answer it; nil for every other.
  var skus: [String]? {
    guard !groups.isEmpty else { return nil }
    var found: [String] = []
    for group in groups {
      guard group.count == 1, group[0].field == "sku", group[0].comparison == .equal, !group[0].isNegated,
        !group[0].isPrefix
      else { return nil }
      found.append(group[0].folded)
    }
    return found
  }
}

/// What an object has to be searched by.
enum SearchValue: Hashable, Sendable {
  case text([String])
  case number(Int64)
  case time(Timestamp)
  /// Holds whatever is asked.
  case anything

  func holds(_ term: SearchQuery.Term) -> Bool {
    switch self {
    case .anything: return true
    case .number(let number):
      guard let wanted = term.number else { return false }
      return Self.compare(number, term.comparison, wanted)
    case .time(let time):
      guard let wanted = term.time else { return false }
      // The API shows and compares whole seconds.
      let second = time.milliseconds - time.milliseconds % 1_000
      return Self.compare(second, term.comparison, wanted.milliseconds)
    case .text(let texts):
      return texts.map { $0.lowercased() }
        .contains { term.isPrefix ? $0.hasPrefix(term.folded) : $0 == term.folded }
    }
  }

  private static func compare(_ value: Int64, _ comparison: SearchQuery.Comparison, _ wanted: Int64) -> Bool {
    switch comparison {
    case .equal: value == wanted
    case .above: value > wanted
    case .atLeast: value >= wanted
    case .below: value < wanted
    case .atMost: value <= wanted
    }
  }
}

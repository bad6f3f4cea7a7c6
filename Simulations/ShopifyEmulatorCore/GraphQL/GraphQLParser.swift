/// Parses a GraphQL request document (specification of October 2021, section 2), bounded in size and depth.
struct GraphQLParser {
  /// 100 KB: the largest served document is under 2 KB, and rows belong into variables.
  static let bytesMax = 100_000
  /// Selection sets, lists and objects inside one another: the deepest served document has 9.
  static let depthMax = 40
  /// Loops among fragments are looked for from each of them: their square must stay small.
  static let fragmentsMax = 100

  private var lexer: GraphQLLexer
  private var token: GraphQLToken
  private var depth = 0

  init(_ text: String) throws(GraphQLProblem) {
    lexer = GraphQLLexer(text)
    token = try lexer.next()
  }

  /// The document of a request.
  static func parse(_ text: String) throws(GraphQLProblem) -> GraphQLDocument {
    guard text.utf8.count <= bytesMax else {
      throw GraphQLProblem("Query is too large: \(text.utf8.count) bytes of at most \(bytesMax)")
    }
    var parser = try GraphQLParser(text)
    return try parser.document()
  }

  // MARK: Words

  private func unexpected(_ wanted: String) -> GraphQLProblem {
    let place = token.place
    return GraphQLProblem(
      "Expected \(wanted), actual: \(token.spelled) at [\(place.line), \(place.column)]", at: place)
  }

  @discardableResult
  mutating func advance() throws(GraphQLProblem) -> GraphQLToken {
    let taken = token
    token = try lexer.next()
    return taken
  }

  func sees(_ mark: String) -> Bool { token.kind == .mark && token.text == mark }
  func seesName(_ name: String) -> Bool { token.kind == .name && token.text == name }
  var isAtEnd: Bool { token.kind == .end }
  var place: GraphQLPlace { token.place }

  mutating func takes(_ mark: String) throws(GraphQLProblem) -> Bool {
    guard sees(mark) else { return false }
    try advance()
    return true
  }

  mutating func expect(_ mark: String) throws(GraphQLProblem) {
    guard try takes(mark) else { throw unexpected("\"\(mark)\"") }
  }

  mutating func name() throws(GraphQLProblem) -> String {
    guard token.kind == .name else { throw unexpected("a name") }
    return try advance().text
  }

  /// What stands between two marks, one after another; at least one where `isFilled`.
  mutating func between<Element>(
    _ open: String, _ close: String, isFilled: Bool = true,
    _ read: (inout GraphQLParser) throws(GraphQLProblem) -> Element
  ) throws(GraphQLProblem) -> [Element] {
    guard depth < Self.depthMax else {
      throw GraphQLProblem("Query has depth of more than \(Self.depthMax), which exceeds the maximum", at: place)
    }
    depth += 1
    try expect(open)
    var found: [Element] = []
    while !sees(close) { found.append(try read(&self)) }
    if isFilled && found.isEmpty { throw unexpected("a name") }
    try advance()
    depth -= 1
    return found
  }

  // MARK: Definitions

  private mutating func document() throws(GraphQLProblem) -> GraphQLDocument {
    var document = GraphQLDocument()
    guard !isAtEnd else { throw unexpected("a query") }
    while !isAtEnd {
      if seesName("fragment") {
        guard document.fragments.count < Self.fragmentsMax else {
          throw GraphQLProblem("Query has more than \(Self.fragmentsMax) fragments", at: place)
        }
        document.fragments.append(try fragment())
      } else {
        document.operations.append(try operation())
      }
    }
    return document
  }

  private mutating func operation() throws(GraphQLProblem) -> GraphQLOperation {
    let place = token.place
    if sees("{") {
      return GraphQLOperation(
        kind: .query, name: nil, variables: [], directives: [], selections: try selections(), place: place)
    }
    guard token.kind == .name, let kind = GraphQLOperation.Kind(rawValue: token.text) else {
      throw unexpected("one of query, mutation, subscription, fragment, {")
    }
    try advance()
    let name = token.kind == .name ? try advance().text : nil
    let variables = sees("(") ? try between("(", ")") { parser throws(GraphQLProblem) in try parser.variable() } : []
    return GraphQLOperation(
      kind: kind, name: name, variables: variables, directives: try directives(), selections: try selections(),
      place: place)
  }

  private mutating func variable() throws(GraphQLProblem) -> GraphQLVariable {
    let place = token.place
    try expect("$")
    let name = try name()
    try expect(":")
    let type = try type()
    let value = try takes("=") ? try literal(isConstant: true) : nil
    _ = try directives()
    return GraphQLVariable(name: name, type: type, defaultValue: value, place: place)
  }

  mutating func type() throws(GraphQLProblem) -> TypeReference {
    let inner: TypeReference
    if sees("[") {
      let types = try between("[", "]") { parser throws(GraphQLProblem) in try parser.type() }
      guard types.count == 1 else { throw unexpected("\"]\"") }
      inner = .list(types[0])
    } else {
      inner = .named(try name())
    }
    return try takes("!") ? .nonNull(inner) : inner
  }

  private mutating func fragment() throws(GraphQLProblem) -> GraphQLFragment {
    let place = try advance().place
    guard !seesName("on") else { throw unexpected("the name of a fragment") }
    let name = try name()
    guard seesName("on") else { throw unexpected("\"on\"") }
    try advance()
    return GraphQLFragment(
      name: name, condition: try self.name(), directives: try directives(), selections: try selections(), place: place)
  }

  // MARK: Selections

  private mutating func selections() throws(GraphQLProblem) -> [GraphQLSelection] {
    try between("{", "}") { parser throws(GraphQLProblem) in try parser.selection() }
  }

  private mutating func selection() throws(GraphQLProblem) -> GraphQLSelection {
    let place = token.place
    guard try takes("...") else { return .field(try field()) }
    if token.kind == .name && !seesName("on") {
      return .spread(name: try advance().text, directives: try directives(), place: place)
    }
    var condition: String?
    if seesName("on") {
      try advance()
      condition = try name()
    }
    return .inline(
      condition: condition, directives: try directives(), selections: try selections(), place: place)
  }

  private mutating func field() throws(GraphQLProblem) -> GraphQLField {
    let place = token.place
    let first = try name()
    let second = try takes(":") ? try name() : nil
    return GraphQLField(
      alias: second == nil ? nil : first, name: second ?? first, arguments: try arguments(),
      directives: try directives(), selections: sees("{") ? try selections() : [], place: place)
  }

  private mutating func arguments() throws(GraphQLProblem) -> [GraphQLArgument] {
    guard sees("(") else { return [] }
    return try between("(", ")") { parser throws(GraphQLProblem) in
      let place = parser.place
      let name = try parser.name()
      try parser.expect(":")
      return GraphQLArgument(name: name, value: try parser.literal(isConstant: false), place: place)
    }
  }

  private mutating func directives() throws(GraphQLProblem) -> [GraphQLDirective] {
    var found: [GraphQLDirective] = []
    while sees("@") {
      let place = try advance().place
      found.append(GraphQLDirective(name: try name(), arguments: try arguments(), place: place))
    }
    return found
  }

  // MARK: Values

  mutating func literal(isConstant: Bool) throws(GraphQLProblem) -> GraphQLLiteral {
    switch token.kind {
    case .whole: return .whole(try advance().text)
    case .fraction: return .fraction(try advance().text)
    case .string: return .string(try advance().text)
    case .name: return Self.word(try advance().text)
    case .end: throw unexpected("a value")
    case .mark: break
    }
    switch token.text {
    case "$" where !isConstant:
      try advance()
      return .variable(try name())
    case "[":
      return .list(
        try between("[", "]", isFilled: false) { parser throws(GraphQLProblem) in
          try parser.literal(isConstant: isConstant)
        })
    case "{":
      return .object(
        try between("{", "}", isFilled: false) { parser throws(GraphQLProblem) in
          let name = try parser.name()
          try parser.expect(":")
          return GraphQLLiteral.Member(name: name, value: try parser.literal(isConstant: isConstant))
        })
    default: throw unexpected("a value")
    }
  }

  private static func word(_ text: String) -> GraphQLLiteral {
    switch text {
    case "true": .bool(true)
    case "false": .bool(false)
    case "null": .null
    default: .enumeration(text)
    }
  }
}

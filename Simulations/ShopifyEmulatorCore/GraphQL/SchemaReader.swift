/// Reads the SDL that Scripts/generate-shopify-schema writes: types, inputs, enums, interfaces and scalars, without
/// descriptions.
struct SchemaReader {
  private var parser: GraphQLParser

  static func read(_ sdl: String) throws(GraphQLProblem) -> [String: TypeDefinition] {
    var reader = SchemaReader(parser: try GraphQLParser(sdl))
    var types: [String: TypeDefinition] = [:]
    for name in ["ID", "String", "Int", "Float", "Boolean"] { types[name] = TypeDefinition(kind: .scalar, name: name) }
    while !reader.parser.isAtEnd {
      if let type = try reader.definition() { types[type.name] = type }
    }
    return types
  }

  /// The next type; nil for a directive, of which there is one and it is known.
  private mutating func definition() throws(GraphQLProblem) -> TypeDefinition? {
    let word = try parser.name()
    if word == "directive" {
      try skipDirective()
      return nil
    }
    guard let kind = TypeDefinition.Kind(rawValue: word) else { throw GraphQLProblem("no definition: \(word)") }
    var type = TypeDefinition(kind: kind, name: try parser.name())
    switch kind {
    case .scalar: break
    case .enumeration:
      type.values = Set(try parser.between("{", "}") { parser throws(GraphQLProblem) in try parser.name() })
    case .input:
      type.inputs = try parser.between("{", "}") { parser throws(GraphQLProblem) in try Self.input(&parser) }
    case .object, .interface:
      if parser.seesName("implements") { type.interfaces = try interfaces() }
      let fields = try parser.between("{", "}") { parser throws(GraphQLProblem) in try Self.field(&parser) }
      type.fields = Dictionary(fields.map { ($0.name, $0) }) { first, _ in first }
    }
    return type
  }

  private mutating func skipDirective() throws(GraphQLProblem) {
    try parser.expect("@")
    _ = try parser.name()
    if parser.sees("(") {
      _ = try parser.between("(", ")") { parser throws(GraphQLProblem) in try Self.input(&parser) }
    }
    while parser.seesName("on") || parser.seesName("FIELD") { try parser.advance() }
  }

  private mutating func interfaces() throws(GraphQLProblem) -> [String] {
    try parser.advance()
    var names = [try parser.name()]
    while try parser.takes("&") { names.append(try parser.name()) }
    return names
  }

  private static func field(_ parser: inout GraphQLParser) throws(GraphQLProblem) -> FieldDefinition {
    let name = try parser.name()
    let arguments =
      parser.sees("(")
      ? try parser.between("(", ")") { parser throws(GraphQLProblem) in try Self.input(&parser) } : []
    try parser.expect(":")
    return FieldDefinition(name: name, arguments: arguments, type: try parser.type())
  }

  private static func input(_ parser: inout GraphQLParser) throws(GraphQLProblem) -> InputDefinition {
    let name = try parser.name()
    try parser.expect(":")
    let type = try parser.type()
    let value = try parser.takes("=") ? try parser.literal(isConstant: true) : nil
    return InputDefinition(name: name, type: type, defaultValue: value)
  }
}

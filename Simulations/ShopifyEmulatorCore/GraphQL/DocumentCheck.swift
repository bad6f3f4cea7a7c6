/// Checks a document against the schema before anything runs: what the real API would refuse, it refuses, in its words.
///
/// A fragment is walked once per operation, from where it is spread, since its variables are the operation's.
struct DocumentCheck {
  /// A wrong document of any size gets an answer of bounded size.
  static let problemsMax = 50
  /// Selection sets inside one another, fragments spread out: a parsed document may have more by fragments alone.
  static let depthMax = 60

  let schema: GraphQLSchema
  let document: GraphQLDocument
  private var problems: [GraphQLProblem] = []
  private var spreadEver: Set<String> = []
  // What belongs to the operation that is being walked.
  private var declared: [String: GraphQLVariable] = [:]
  private var used: Set<String> = []
  private var spread: Set<String> = []
  private var operationName = ""
  private var depth = 0

  private init(schema: GraphQLSchema, document: GraphQLDocument) {
    self.schema = schema
    self.document = document
  }

  /// What is wrong with a document, in its own order; empty where it may run.
  static func problems(of document: GraphQLDocument, in schema: GraphQLSchema) -> [GraphQLProblem] {
    var check = DocumentCheck(schema: schema, document: document)
    check.checkNames()
    for operation in document.operations { check.check(operation) }
    for fragment in document.fragments where !check.spreadEver.contains(fragment.name) {
      check.add(
        "Fragment \(fragment.name) was defined, but not used", "useAndDefineFragment", fragment.place,
        ["fragment \(fragment.name)"], [JSON.Member("fragmentName", .string(fragment.name))])
    }
    return check.problems
  }

  private mutating func add(
    _ message: String, _ code: String, _ place: GraphQLPlace, _ path: [String], _ more: [JSON.Member] = []
  ) {
    guard problems.count < Self.problemsMax else { return }
    problems.append(GraphQLProblem(message, code: code, at: place, path: path.map { .string($0) }, more))
  }

  private mutating func checkNames() {
    for (index, operation) in document.operations.enumerated() {
      if operation.name == nil && document.operations.count > 1 {
        add(
          "Operation name is required when multiple operations are present", "uniquelyNamedOperations",
          operation.place, [])
      }
      if let name = operation.name, document.operations[..<index].contains(where: { $0.name == name }) {
        add("Operation name \"\(name)\" must be unique", "uniquelyNamedOperations", operation.place, [])
      }
    }
    for (index, fragment) in document.fragments.enumerated()
    where document.fragments[..<index].contains(where: { $0.name == fragment.name }) {
      add("Fragment name \"\(fragment.name)\" must be unique", "fragmentNotUnique", fragment.place, [])
    }
  }

  // MARK: Operations

  private mutating func check(_ operation: GraphQLOperation) {
    guard let root = schema.root(of: operation.kind) else {
      return add("Schema is not configured for subscriptions", "missingSubscription", operation.place, [])
    }
    operationName = operation.nameOrAnonymous
    declared = [:]
    used = []
    spread = []
    for variable in operation.variables { declare(variable, of: operation) }
    check(operation.selections, on: root.name, path: [operation.title])
    for variable in operation.variables where !used.contains(variable.name) {
      add(
        "Variable $\(variable.name) is declared by \(operationName) but not used", "variableNotUsed", variable.place,
        [operation.title], [JSON.Member("variableName", .string(variable.name))])
    }
    spreadEver.formUnion(spread)
  }

  private mutating func declare(_ variable: GraphQLVariable, of operation: GraphQLOperation) {
    let type = schema[variable.type.name]
    if type == nil || type?.hasFields == true {
      let why = type == nil ? "isn't a defined input type (on $\(variable.name))" : "isn't a valid input type"
      add("\(variable.type.name) \(why)", "variableRequiresValidType", variable.place, [operation.title])
    }
    if declared.updateValue(variable, forKey: variable.name) != nil {
      add(
        "There can only be one variable named \"\(variable.name)\"", "variableNotUnique", variable.place,
        [operation.title])
    }
  }

  // MARK: Selections

  private mutating func check(_ selections: [GraphQLSelection], on parent: String, path: [String]) {
    guard depth < Self.depthMax else {
      let message = "Query has depth of more than \(Self.depthMax), which exceeds the maximum"
      if !problems.contains(where: { $0.message == message }) { problems.append(GraphQLProblem(message)) }
      return
    }
    depth += 1
    defer { depth -= 1 }
    for selection in selections {
      switch selection {
      case .field(let field):
        check(field, on: parent, path: path + [field.key])
      case .spread(let name, let directives, let place):
        check(directives, path: path)
        checkSpread(of: name, at: place, on: parent, path: path)
      case .inline(let condition, let directives, let selections, let place):
        check(directives, path: path)
        let title = condition.map { "... on \($0)" } ?? "..."
        guard checkCondition(condition, of: nil, on: parent, at: place, path: path + [title]) else { continue }
        check(selections, on: condition ?? parent, path: path + [title])
      }
    }
  }

  private mutating func checkSpread(of name: String, at place: GraphQLPlace, on parent: String, path: [String]) {
    guard let fragment = document.fragment(name) else {
      return add(
        "Fragment \(name) was used, but not defined", "useAndDefineFragment", place, path + ["... \(name)"],
        [JSON.Member("fragmentName", .string(name))])
    }
    guard checkCondition(fragment.condition, of: name, on: parent, at: place, path: path + ["... \(name)"]) else {
      spread.insert(name)
      return
    }
    guard spread.insert(name).inserted else { return }
    if isLoop(fragment) {
      return add("Fragment \(name) contains an infinite loop", "infiniteLoop", fragment.place, ["fragment \(name)"])
    }
    check(fragment.selections, on: fragment.condition, path: ["fragment \(name)"])
  }

  /// True where a fragment spreads itself, through others or not.
  private func isLoop(_ fragment: GraphQLFragment) -> Bool {
    var waiting = Self.spreads(in: fragment.selections)
    var seen: Set<String> = []
    while let name = waiting.popLast() {
      if name == fragment.name { return true }
      guard seen.insert(name).inserted, let next = document.fragment(name) else { continue }
      waiting += Self.spreads(in: next.selections)
    }
    return false
  }

  private static func spreads(in selections: [GraphQLSelection]) -> [String] {
    selections.flatMap { selection in
      switch selection {
      case .field(let field): spreads(in: field.selections)
      case .spread(let name, _, _): [name]
      case .inline(_, _, let selections, _): spreads(in: selections)
      }
    }
  }

  /// True where a fragment's type exists and can be found where it is spread.
  private mutating func checkCondition(
    _ condition: String?, of name: String?, on parent: String, at place: GraphQLPlace, path: [String]
  ) -> Bool {
    guard let condition else { return true }
    guard let type = schema[condition] else {
      add(
        "No such type \(condition), so it can't be a fragment condition", "undefinedType", place, path,
        [JSON.Member("typeName", .string(condition))])
      return false
    }
    guard type.hasFields else {
      add(
        "Invalid fragment on type \(condition) (must be Union, Interface or Object)", "fragmentOnNonCompositeType",
        place, path)
      return false
    }
    let meets = Set(schema.possible(condition)).isDisjoint(with: schema.possible(parent)) == false
    if !meets {
      let title = name.map { "Fragment \($0) on" } ?? "Fragment on"
      add("\(title) \(condition) can't be spread inside \(parent)", "cannotSpreadFragment", place, path)
    }
    return meets
  }

  // MARK: Fields

  private mutating func check(_ field: GraphQLField, on parent: String, path: [String]) {
    check(field.directives, path: path)
    if field.name == "__typename" {
      return checkLeaf(field, of: .nonNull(.named("String")), path: path)
    }
    guard let definition = schema[parent]?.fields[field.name] else {
      return add(
        absence(of: field.name, on: parent), "undefinedField", field.place, path,
        [JSON.Member("typeName", .string(parent)), JSON.Member("fieldName", .string(field.name))])
    }
    check(
      field.arguments, for: definition.arguments, of: "Field '\(field.name)'", owner: field.name,
      kind: "Field", at: field.place, path: path)
    if schema[definition.type.name]?.hasFields == true {
      guard !field.selections.isEmpty else { return addMissingSelections(field, definition.type, path) }
      check(field.selections, on: definition.type.name, path: path)
    } else {
      checkLeaf(field, of: definition.type, path: path)
    }
  }

  private func absence(of field: String, on type: String) -> String {
    if schema.hasUnserved(field, of: type) {
      return "Field '\(field)' is of the real type '\(type)' and isn't served by this emulator"
    }
    if field.hasPrefix("__") { return "Introspection isn't served by this emulator: use Shopify's published schema" }
    return "Field '\(field)' doesn't exist on type '\(type)'"
  }

  private mutating func addMissingSelections(_ field: GraphQLField, _ type: TypeReference, _ path: [String]) {
    add(
      "Field must have selections (field '\(field.name)' returns \(type.name) but has no selections."
        + " Did you mean '\(field.name) { ... }'?)", "selectionMismatch", field.place, path,
      [JSON.Member("nodeName", .string("field '\(field.name)'")), JSON.Member("typeName", .string(type.name))])
  }

  private mutating func checkLeaf(_ field: GraphQLField, of type: TypeReference, path: [String]) {
    guard !field.selections.isEmpty else { return }
    add(
      "Selections can't be made on scalars (field '\(field.name)' returns \(type.name) but has selections)",
      "selectionMismatch", field.place, path,
      [JSON.Member("nodeName", .string("field '\(field.name)'")), JSON.Member("typeName", .string(type.name))])
  }

  // MARK: Directives and arguments

  private static let directives: [String: [InputDefinition]] = [
    "skip": [InputDefinition(name: "if", type: .nonNull(.named("Boolean")), defaultValue: nil)],
    "include": [InputDefinition(name: "if", type: .nonNull(.named("Boolean")), defaultValue: nil)],
    "idempotent": [InputDefinition(name: "key", type: .nonNull(.named("String")), defaultValue: nil)],
  ]

  private mutating func check(_ directives: [GraphQLDirective], path: [String]) {
    for directive in directives {
      guard let arguments = Self.directives[directive.name] else {
        add(
          "Directive @\(directive.name) is not defined", "undefinedDirective", directive.place, path,
          [JSON.Member("directiveName", .string(directive.name))])
        continue
      }
      check(
        directive.arguments, for: arguments, of: "Directive '\(directive.name)'", owner: directive.name,
        kind: "Directive", at: directive.place, path: path)
    }
  }

  private mutating func check(
    _ given: [GraphQLArgument], for defined: [InputDefinition], of title: String, owner: String, kind: String,
    at place: GraphQLPlace, path: [String]
  ) {
    for (index, argument) in given.enumerated() {
      guard let definition = defined.first(where: { $0.name == argument.name }) else {
        add(
          "\(title) doesn't accept argument '\(argument.name)'", "argumentNotAccepted", argument.place,
          path + [argument.name],
          [
            JSON.Member("name", .string(owner)), JSON.Member("typeName", .string(kind)),
            JSON.Member("argumentName", .string(argument.name)),
          ])
        continue
      }
      if given[..<index].contains(where: { $0.name == argument.name }) {
        add("There can be only one argument named \"\(argument.name)\"", "argumentNotUnique", argument.place, path)
      }
      check(argument.value, for: definition, of: title, argument: argument, path: path + [argument.name])
    }
    let missing = defined.filter { each in each.isRequired && !given.contains { $0.name == each.name } }.map(\.name)
    guard !missing.isEmpty else { return }
    let names = missing.joined(separator: ", ")
    add(
      "\(title) is missing required arguments: \(names)", "missingRequiredArguments", place, path,
      [
        JSON.Member("className", .string(kind)), JSON.Member("name", .string(owner)),
        JSON.Member("arguments", .string(names)),
      ])
  }

  private mutating func check(
    _ literal: GraphQLLiteral, for definition: InputDefinition, of title: String, argument: GraphQLArgument,
    path: [String]
  ) {
    checkVariables(
      in: literal, type: definition.type, hasDefault: definition.defaultValue != nil, argument: argument, path: path)
    // What holds a variable can be judged only when its value is there.
    guard literal.variables.isEmpty else { return }
    do throws(InputFault) { _ = try InputCoercion(schema: schema).coerce(literal, to: definition.type) } catch {
      if let field = error.field {
        return add(
          "InputObject '\(field.type)' \(error.explanation): '\(field.name)'", "argumentLiteralsIncompatible",
          argument.place, path, [JSON.Member("typeName", .string(field.type))])
      }
      add(
        "Argument '\(argument.name)' on \(title) has an invalid value (\(literal.source))."
          + " Expected type '\(definition.type)'.", "argumentLiteralsIncompatible", argument.place, path,
        [JSON.Member("typeName", "Field"), JSON.Member("argumentName", .string(argument.name))])
    }
  }

  /// Each variable is declared, and its type fits the place in which it stands (specification, section 5.8.5).
  private mutating func checkVariables(
    in literal: GraphQLLiteral, type: TypeReference, hasDefault: Bool, argument: GraphQLArgument, path: [String]
  ) {
    switch literal {
    case .variable(let name):
      used.insert(name)
      guard let variable = declared[name] else {
        return add(
          "Variable $\(name) is used by \(operationName) but not declared", "variableNotDefined",
          argument.place, path, [JSON.Member("variableName", .string(name))])
      }
      let isFilled = hasDefault || (variable.defaultValue.map { $0 != .null } ?? false)
      let wanted = isFilled ? type.nullable : type
      guard !variable.type.fits(wanted), schema[variable.type.name] != nil else { return }
      add(
        "Type mismatch on variable $\(name) and argument \(argument.name) (\(variable.type) / \(type))",
        "variableMismatch", argument.place, path,
        [
          JSON.Member("variableName", .string(name)), JSON.Member("typeName", .string("\(variable.type)")),
          JSON.Member("argumentName", .string(argument.name)), JSON.Member("errorMessage", "Type mismatch"),
        ])
    case .list(let literals):
      guard case .list(let inner) = type.nullable else { return }
      for literal in literals {
        checkVariables(in: literal, type: inner, hasDefault: false, argument: argument, path: path)
      }
    case .object(let members):
      for member in members {
        guard let input = schema[type.name]?.input(member.name) else { continue }
        checkVariables(
          in: member.value, type: input.type, hasDefault: input.defaultValue != nil, argument: argument, path: path)
      }
    default: break
    }
  }
}

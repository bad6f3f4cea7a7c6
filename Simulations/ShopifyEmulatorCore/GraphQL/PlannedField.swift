/// A field as it will be run: fragments spread out, `@skip` and `@include` decided, arguments coerced.
struct PlannedField: Hashable, Sendable {
  /// The name of its value in the answer.
  let key: String
  let name: String
  let type: TypeReference
  /// Arguments that were given or have a default, in the schema's order.
  let arguments: [JSON.Member]
  /// The key of `@idempotent`, where the field carries it.
  let idempotencyKey: String?
  /// What is asked of the result, by the object that it turns out to be.
  let children: [String: [PlannedField]]
  let place: GraphQLPlace
  /// True for a connection of a bulk read, which has no pages.
  private(set) var isWhole = false

  /// The same connection without pages.
  var whole: PlannedField {
    var field = self
    field.isWhole = true
    return field
  }

  subscript(argument: String) -> JSON? { arguments.first { $0.name == argument }?.value }

  /// A text argument; nil where it is absent or null.
  func text(_ argument: String) -> String? { self[argument]?.text }
  /// A whole argument; nil where it is absent or null.
  func integer(_ argument: String) -> Int64? { self[argument]?.integer }
  /// A truth argument; false where it is absent.
  func bool(_ argument: String) -> Bool { self[argument]?.bool ?? false }

  /// What is asked of objects of any type, where there is only one.
  var onlyChildren: [PlannedField] { children.count == 1 ? children.first?.value ?? [] : [] }
  /// Its child of a name, where its type is an object.
  func child(_ name: String) -> PlannedField? { onlyChildren.first { $0.name == name } }
}

/// An operation that may run.
struct PlannedCall: Hashable, Sendable {
  let kind: GraphQLOperation.Kind
  let fields: [PlannedField]
}

/// Plans a checked document for the variables of one request.
struct Planner {
  /// Fields with all fragments spread out: fragments within fragments grow without bound in a document of 100 KB.
  static let fieldsMax = 20_000

  let schema: GraphQLSchema
  let document: GraphQLDocument
  private var input: InputCoercion
  private var fieldsLeft = Planner.fieldsMax

  private init(schema: GraphQLSchema, document: GraphQLDocument) {
    self.schema = schema
    self.document = document
    input = InputCoercion(schema: schema)
  }

  /// Parses, checks and plans a request.
  static func plan(
    _ text: String, operation name: String? = nil, variables: JSON = .null, schema: GraphQLSchema
  ) -> Result<PlannedCall, PlanRefusal> {
    do throws(GraphQLProblem) {
      var planner = Planner(schema: schema, document: try GraphQLParser.parse(text))
      let problems = DocumentCheck.problems(of: planner.document, in: schema)
      guard problems.isEmpty else { return .failure(PlanRefusal(problems: problems)) }
      return .success(try planner.call(operation: name, variables: variables))
    } catch {
      return .failure(PlanRefusal(problems: [error]))
    }
  }

  private mutating func call(operation name: String?, variables: JSON) throws(GraphQLProblem) -> PlannedCall {
    guard let operation = document.operations.first(where: { name == nil || name == "" || $0.name == name }) else {
      throw GraphQLProblem("No operation named \"\(name ?? "")\"")
    }
    guard name?.isEmpty == false || document.operations.count == 1 else {
      throw GraphQLProblem("An operation name is required")
    }
    for variable in operation.variables { try take(variable, from: variables) }
    let root = schema.root(of: operation.kind)?.name ?? ""
    return PlannedCall(kind: operation.kind, fields: try fields(of: [operation.selections], on: root))
  }

  // MARK: Variables

  private mutating func take(_ variable: GraphQLVariable, from given: JSON) throws(GraphQLProblem) {
    do throws(InputFault) {
      if let value = given[variable.name] {
        input.variables[variable.name] = try input.coerce(value, to: variable.type)
      } else if let literal = variable.defaultValue {
        input.variables[variable.name] = try input.coerce(literal, to: variable.type)
      } else if variable.type.isNonNull {
        throw InputFault("Expected value to not be null")
      }
    } catch {
      let inside = error.path.map { $0.text ?? $0.description }.joined(separator: ".")
      throw GraphQLProblem(
        "Variable $\(variable.name) of type \(variable.type) was provided invalid value"
          + (inside.isEmpty ? "" : " for \(inside) (\(error.explanation))"),
        code: "INVALID_VARIABLE", at: variable.place,
        [
          JSON.Member("value", given[variable.name] ?? .null),
          JSON.Member("problems", [["path": .list(error.path), "explanation": .string(error.explanation)]]),
        ])
    }
  }

  // MARK: Fields

  private mutating func fields(
    of sets: [[GraphQLSelection]], on type: String
  ) throws(GraphQLProblem) -> [PlannedField] {
    var groups: [(key: String, fields: [GraphQLField])] = []
    var spread: Set<String> = []
    for set in sets { try gather(set, on: type, into: &groups, &spread) }
    var planned: [PlannedField] = []
    for group in groups { planned.append(try plan(group.fields, on: type)) }
    return planned
  }

  /// Fields that are to be answered under one name, in the order in which the names are first met.
  private mutating func gather(
    _ selections: [GraphQLSelection], on type: String, into groups: inout [(key: String, fields: [GraphQLField])],
    _ spread: inout Set<String>
  ) throws(GraphQLProblem) {
    for selection in selections {
      switch selection {
      case .field(let field):
        guard try isWanted(field.directives) else { continue }
        guard fieldsLeft > 0 else {
          throw GraphQLProblem(
            "Query has more than \(Self.fieldsMax) fields, its fragments spread out", at: field.place)
        }
        fieldsLeft -= 1
        if let index = groups.firstIndex(where: { $0.key == field.key }) {
          groups[index].fields.append(field)
        } else {
          groups.append((field.key, [field]))
        }
      case .spread(let name, let directives, _):
        guard try isWanted(directives), spread.insert(name).inserted, let fragment = document.fragment(name),
          applies(fragment.condition, to: type)
        else { continue }
        try gather(fragment.selections, on: type, into: &groups, &spread)
      case .inline(let condition, let directives, let selections, _):
        guard try isWanted(directives), applies(condition, to: type) else { continue }
        try gather(selections, on: type, into: &groups, &spread)
      }
    }
  }

  private func applies(_ condition: String?, to type: String) -> Bool {
    guard let condition, condition != type else { return true }
    return schema.possible(condition).contains(type)
  }

  private func isWanted(_ directives: [GraphQLDirective]) throws(GraphQLProblem) -> Bool {
    for directive in directives where directive.name == "skip" || directive.name == "include" {
      guard let argument = directive.argument("if") else { continue }
      let value = try coerce(argument.value, to: .nonNull(.named("Boolean")), at: argument.place)
      if value?.bool != (directive.name == "include") { return false }
    }
    return true
  }

  private mutating func plan(_ fields: [GraphQLField], on type: String) throws(GraphQLProblem) -> PlannedField {
    let first = fields[0]
    for other in fields.dropFirst() where other.name != first.name || !Self.agree(other, first) {
      throw GraphQLProblem(
        "Field '\(first.key)' has \(other.name == first.name ? "an argument" : "a field") conflict:"
          + " \(first.name) or \(other.name)?", code: "fieldConflict", at: other.place,
        [JSON.Member("name", .string(first.key))])
    }
    let definition =
      schema[type]?.fields[first.name]
      ?? FieldDefinition(name: first.name, arguments: [], type: .nonNull(.named("String")))
    var children: [String: [PlannedField]] = [:]
    if !first.selections.isEmpty {
      for object in schema.possible(definition.type.name) {
        children[object] = try self.fields(of: fields.map(\.selections), on: object)
      }
    }
    return PlannedField(
      key: first.key, name: first.name, type: definition.type, arguments: try arguments(of: first, definition),
      idempotencyKey: try idempotencyKey(of: first), children: children, place: first.place)
  }

  /// True where two fields are given the same arguments, in any order.
  private static func agree(_ one: GraphQLField, _ other: GraphQLField) -> Bool {
    one.arguments.count == other.arguments.count
      && one.arguments.allSatisfy { mine in
        other.arguments.contains { $0.name == mine.name && $0.value == mine.value }
      }
  }

  private func idempotencyKey(of field: GraphQLField) throws(GraphQLProblem) -> String? {
    guard let directive = field.directives.first(where: { $0.name == "idempotent" }),
      let argument = directive.argument("key")
    else { return nil }
    return try coerce(argument.value, to: .nonNull(.named("String")), at: argument.place)?.text
  }

  private func arguments(
    of field: GraphQLField, _ definition: FieldDefinition
  ) throws(GraphQLProblem) -> [JSON.Member] {
    var coerced: [JSON.Member] = []
    for each in definition.arguments {
      let given = field.arguments.first { $0.name == each.name }
      let value = try given.map { argument throws(GraphQLProblem) in
        try coerce(argument.value, to: each.type, at: argument.place)
      }
      if let value = value ?? nil {
        coerced.append(JSON.Member(each.name, value))
      } else if let literal = each.defaultValue, let value = try coerce(literal, to: each.type, at: field.place) {
        coerced.append(JSON.Member(each.name, value))
      }
    }
    return coerced
  }

  private func coerce(
    _ literal: GraphQLLiteral, to type: TypeReference, at place: GraphQLPlace
  ) throws(GraphQLProblem) -> JSON? {
    do throws(InputFault) { return try input.coerce(literal, to: type) } catch {
      throw GraphQLProblem(
        "Argument has an invalid value (\(literal.source)): \(error.explanation)",
        code: "argumentLiteralsIncompatible", at: place)
    }
  }
}

/// Why a request does not run: every problem that was found.
struct PlanRefusal: Error, Hashable, Sendable {
  let problems: [GraphQLProblem]
}

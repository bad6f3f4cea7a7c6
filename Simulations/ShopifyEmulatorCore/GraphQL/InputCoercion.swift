/// What a value is wrong about: where inside it, and why, as the real API says it.
struct InputFault: Error, Hashable, Sendable {
  var path: [JSON]
  let explanation: String
  /// Where an input object lacks a field or has one too many: the type and the field.
  var field: (type: String, name: String)? { fieldOf.map { ($0[0], $0[1]) } }
  private var fieldOf: [String]?

  init(_ explanation: String, path: [JSON] = [], field: (type: String, name: String)? = nil) {
    self.path = path
    self.explanation = explanation
    fieldOf = field.map { [$0.type, $0.name] }
  }

  func inside(_ step: JSON) -> InputFault {
    var outer = self
    outer.path.insert(step, at: 0)
    return outer
  }
}

/// Turns what a request gives, as JSON or as literals, into values of the schema's input types.
struct InputCoercion {
  let schema: GraphQLSchema
  /// Coerced variables by name; a variable that was not given and has no default is absent.
  var variables: [String: JSON] = [:]

  // MARK: JSON

  /// A variable's value for its type.
  func coerce(_ value: JSON, to type: TypeReference) throws(InputFault) -> JSON {
    switch type {
    case .nonNull(let inner):
      guard !value.isNull else { throw InputFault("Expected value to not be null") }
      return try coerce(value, to: inner)
    case _ where value.isNull: return .null
    case .list(let inner):
      // One value stands for a list of one (specification, section 3.11).
      guard case .list(let values) = value else { return .list([try coerce(value, to: inner)]) }
      var coerced: [JSON] = []
      coerced.reserveCapacity(values.count)
      for (index, value) in values.enumerated() {
        do throws(InputFault) { coerced.append(try coerce(value, to: inner)) } catch {
          throw error.inside(.integer(Int64(index)))
        }
      }
      return .list(coerced)
    case .named(let name): return try coerce(value, toNamed: name)
    }
  }

  private func coerce(_ value: JSON, toNamed name: String) throws(InputFault) -> JSON {
    guard let type = schema[name] else { throw InputFault("\(name) isn't a defined input type") }
    switch type.kind {
    case .scalar: return try scalar(value, name)
    case .enumeration:
      guard case .string(let text) = value, type.values.contains(text) else {
        throw InputFault("Expected \(value) to be one of: \(type.values.sorted().joined(separator: ", "))")
      }
      return value
    case .input: return try object(value, type)
    case .object, .interface: throw InputFault("\(name) isn't a valid input type")
    }
  }

  private func object(_ value: JSON, _ type: TypeDefinition) throws(InputFault) -> JSON {
    guard case .object(let members) = value else { throw InputFault("Expected \(value) to be a key-value object.") }
    for member in members where type.input(member.name) == nil {
      throw unknown(member.name, in: type)
    }
    var coerced: [JSON.Member] = []
    for input in type.inputs {
      if let given = value[input.name] {
        do throws(InputFault) { coerced.append(JSON.Member(input.name, try coerce(given, to: input.type))) } catch {
          throw error.inside(.string(input.name))
        }
      } else if let member = try absent(input, of: type) {
        coerced.append(member)
      }
    }
    return .object(coerced)
  }

  private func unknown(_ name: String, in type: TypeDefinition) -> InputFault {
    let why =
      schema.hasUnserved(name, of: type.name)
      ? "Field is of the real \(type.name) and isn't served by this emulator" : "Field is not defined on \(type.name)"
    return InputFault(why, path: [.string(name)], field: (type.name, name))
  }

  /// The default of a field that was not given; nil where it may stay absent.
  private func absent(_ input: InputDefinition, of type: TypeDefinition) throws(InputFault) -> JSON.Member? {
    if let literal = input.defaultValue { return JSON.Member(input.name, try coerce(literal, to: input.type) ?? .null) }
    guard input.isRequired else { return nil }
    throw InputFault("Expected value to not be null", path: [.string(input.name)], field: (type.name, input.name))
  }

  private func scalar(_ value: JSON, _ name: String) throws(InputFault) -> JSON {
    switch (name, value) {
    case ("Int", .integer(let number)) where Int32(exactly: number) != nil: return value
    case ("Float", .integer), ("Float", .number), ("Boolean", .bool), ("String", .string), ("ID", .string): return value
    case ("ID", .integer(let number)): return .string(String(number))
    case ("UnsignedInt64", .integer), ("UnsignedInt64", .string): return value
    case ("Decimal", .integer), ("Decimal", .number), ("Money", .integer), ("Money", .number):
      return .string(value.description)
    case ("DateTime", .string(let text)):
      guard DateTimeText.time(of: text) != nil else { throw InputFault("invalid DateTime: \(text)") }
      return value
    case ("Int", _), ("Float", _), ("Boolean", _), ("String", _), ("ID", _), ("UnsignedInt64", _): break
    case (_, .string): return value
    default: break
    }
    throw InputFault("Could not coerce value \(value) to \(name)")
  }

  // MARK: Literals

  /// An argument's value for its type; nil where it is a variable that was not given.
  func coerce(_ literal: GraphQLLiteral, to type: TypeReference) throws(InputFault) -> JSON? {
    if case .variable(let name) = literal {
      guard let value = variables[name] else { return nil }
      guard !(value.isNull && type.isNonNull) else { throw InputFault("Expected value to not be null") }
      return value
    }
    switch type {
    case .nonNull(let inner):
      guard literal != .null else { throw InputFault("Expected value to not be null") }
      return try coerce(literal, to: inner)
    case _ where literal == .null: return .null
    case .list(let inner):
      guard case .list(let literals) = literal else { return .list([try coerce(literal, to: inner) ?? .null]) }
      var values: [JSON] = []
      for literal in literals { values.append(try coerce(literal, to: inner) ?? .null) }
      return .list(values)
    case .named(let name): return try value(of: literal, named: name)
    }
  }

  private func value(of literal: GraphQLLiteral, named name: String) throws(InputFault) -> JSON {
    let type = schema[name]
    switch literal {
    case .enumeration(let value) where type?.kind == .enumeration: return try coerce(.string(value), toNamed: name)
    case .object(let members) where type?.kind == .input:
      var given: [JSON.Member] = []
      for member in members {
        guard let input = type?.input(member.name) else {
          throw type.map { unknown(member.name, in: $0) } ?? InputFault("\(name) isn't a defined input type")
        }
        if let value = try coerce(member.value, to: input.type) { given.append(JSON.Member(member.name, value)) }
      }
      return try coerce(.object(given), toNamed: name)
    case .string(let text) where type?.kind == .scalar: return try coerce(.string(text), toNamed: name)
    case .bool(let bool) where type?.kind == .scalar: return try coerce(.bool(bool), toNamed: name)
    case .whole(let text), .fraction(let text):
      let number = try? JSONReader.read(Array(text.utf8))
      if type?.kind == .scalar, let number { return try coerce(number, toNamed: name) }
    default: break
    }
    throw InputFault("has an invalid value (\(literal.source)). Expected type '\(name)'.")
  }
}

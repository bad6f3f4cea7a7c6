/// A parsed GraphQL request document.
struct GraphQLDocument: Hashable, Sendable {
  var operations: [GraphQLOperation] = []
  var fragments: [GraphQLFragment] = []

  func fragment(_ name: String) -> GraphQLFragment? { fragments.first { $0.name == name } }
}

/// A query or a mutation.
struct GraphQLOperation: Hashable, Sendable {
  enum Kind: String, Hashable, Sendable { case query, mutation, subscription }

  let kind: Kind
  let name: String?
  let variables: [GraphQLVariable]
  let directives: [GraphQLDirective]
  let selections: [GraphQLSelection]
  let place: GraphQLPlace

  /// As errors and paths name it: `query Stock`, or `query` alone.
  var title: String { name.map { "\(kind.rawValue) \($0)" } ?? kind.rawValue }
  /// As the errors about variables name it.
  var nameOrAnonymous: String { name ?? "anonymous \(kind.rawValue)" }
}

/// A variable that an operation declares.
struct GraphQLVariable: Hashable, Sendable {
  let name: String
  let type: TypeReference
  let defaultValue: GraphQLLiteral?
  let place: GraphQLPlace
}

/// A named fragment.
struct GraphQLFragment: Hashable, Sendable {
  let name: String
  let condition: String
  let directives: [GraphQLDirective]
  let selections: [GraphQLSelection]
  let place: GraphQLPlace
}

/// One line of a selection set.
indirect enum GraphQLSelection: Hashable, Sendable {
  case field(GraphQLField)
  /// `...Name`
  case spread(name: String, directives: [GraphQLDirective], place: GraphQLPlace)
  /// `... on Type { }` or `... { }`
  case inline(condition: String?, directives: [GraphQLDirective], selections: [GraphQLSelection], place: GraphQLPlace)
}

/// A field that is asked for.
struct GraphQLField: Hashable, Sendable {
  let alias: String?
  let name: String
  let arguments: [GraphQLArgument]
  let directives: [GraphQLDirective]
  let selections: [GraphQLSelection]
  let place: GraphQLPlace

  /// The name of its value in the answer.
  var key: String { alias ?? name }
}

/// An argument and what it is given.
struct GraphQLArgument: Hashable, Sendable {
  let name: String
  let value: GraphQLLiteral
  let place: GraphQLPlace
}

/// `@name(arguments)`
struct GraphQLDirective: Hashable, Sendable {
  let name: String
  let arguments: [GraphQLArgument]
  let place: GraphQLPlace

  func argument(_ name: String) -> GraphQLArgument? { arguments.first { $0.name == name } }
}

/// A value as it is written in a document.
indirect enum GraphQLLiteral: Hashable, Sendable {
  struct Member: Hashable, Sendable {
    let name: String
    let value: GraphQLLiteral
  }

  case variable(String)
  case null
  case bool(Bool)
  case whole(String)
  case fraction(String)
  case string(String)
  case enumeration(String)
  case list([GraphQLLiteral])
  case object([Member])

  /// Every variable that the value names.
  var variables: [String] {
    switch self {
    case .variable(let name): [name]
    case .list(let values): values.flatMap(\.variables)
    case .object(let members): members.flatMap(\.value.variables)
    default: []
    }
  }

  /// The value as a document writes it.
  var source: String {
    switch self {
    case .variable(let name): "$\(name)"
    case .null: "null"
    case .bool(let bool): "\(bool)"
    case .whole(let text), .fraction(let text), .enumeration(let text): text
    case .string(let text): JSON.string(text).description
    case .list(let values): "[\(values.map(\.source).joined(separator: ", "))]"
    case .object(let members): "{\(members.map { "\($0.name): \($0.value.source)" }.joined(separator: ", "))}"
    }
  }
}

/// A type as a field or a variable names it.
indirect enum TypeReference: Hashable, Sendable, CustomStringConvertible {
  case named(String)
  case list(TypeReference)
  case nonNull(TypeReference)

  var description: String {
    switch self {
    case .named(let name): name
    case .list(let inner): "[\(inner)]"
    case .nonNull(let inner): "\(inner)!"
    }
  }

  /// The name inside all lists and marks.
  var name: String {
    switch self {
    case .named(let name): name
    case .list(let inner), .nonNull(let inner): inner.name
    }
  }

  /// True where `null` is no value of it.
  var isNonNull: Bool { if case .nonNull = self { true } else { false } }
  /// The type without its mark.
  var nullable: TypeReference { if case .nonNull(let inner) = self { inner } else { self } }
  /// True for a list, marked or not.
  var isList: Bool { if case .list = nullable { true } else { false } }

  /// True where every value of this type may stand for the other: `Int!` for `Int`, never the other way round.
  func fits(_ wanted: TypeReference) -> Bool {
    switch (self, wanted) {
    case (.nonNull(let mine), .nonNull(let other)): mine.fits(other)
    case (.nonNull(let mine), _): mine.fits(wanted)
    case (_, .nonNull): false
    case (.list(let mine), .list(let other)): mine.fits(other)
    case (.named(let mine), .named(let other)): mine == other
    default: false
    }
  }
}

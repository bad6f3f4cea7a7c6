import StockLedger

/// An argument of a field, or a field of an input object.
struct InputDefinition: Hashable, Sendable {
  let name: String
  let type: TypeReference
  let defaultValue: GraphQLLiteral?

  /// True where a document must give it.
  var isRequired: Bool { type.isNonNull && defaultValue == nil }
}

/// A field of an object or interface.
struct FieldDefinition: Hashable, Sendable {
  let name: String
  let arguments: [InputDefinition]
  let type: TypeReference

  func argument(_ name: String) -> InputDefinition? { arguments.first { $0.name == name } }
}

/// A type of the schema.
struct TypeDefinition: Hashable, Sendable {
  enum Kind: String, Hashable, Sendable { case object = "type", interface, input, enumeration = "enum", scalar }

  let kind: Kind
  let name: String
  var interfaces: [String] = []
  /// An object's or interface's fields, by name.
  var fields: [String: FieldDefinition] = [:]
  /// An input object's fields, in order.
  var inputs: [InputDefinition] = []
  /// An enumeration's values.
  var values: Set<String> = []

  /// True for what a document asks fields of.
  var hasFields: Bool { kind == .object || kind == .interface }

  func input(_ name: String) -> InputDefinition? { inputs.first { $0.name == name } }
}

/// The types that the emulator serves, read once from the generated text.
struct GraphQLSchema: Sendable {
  private let types: [String: TypeDefinition]
  /// The objects behind each interface, in order of name.
  private let objects: [String: [String]]
  /// Fields of the real types that are not served, by type.
  private let besides: [String: Set<String>]

  /// The Admin API of version 2026-04, as far as it is served.
  static let admin = GraphQLSchema(sdl: shopifySchemaText, besides: shopifySchemaBesides)

  init(sdl: String, besides: String) {
    do {
      types = try SchemaReader.read(sdl)
    } catch {
      invariant(false, "the generated schema does not read: \(error.message)")
      types = [:]
    }
    var objects: [String: [String]] = [:]
    for type in types.values.sorted(by: { $0.name < $1.name }) {
      for interface in type.interfaces { objects[interface, default: []].append(type.name) }
    }
    self.objects = objects
    var names: [String: Set<String>] = [:]
    for line in besides.split(separator: "\n") {
      let words = line.split(whereSeparator: { $0 == " " || $0 == ":" }).map(String.init)
      if let type = words.first { names[type, default: []].formUnion(words.dropFirst()) }
    }
    self.besides = names
  }

  subscript(name: String) -> TypeDefinition? { types[name] }

  /// Every type, in order of name.
  var all: [TypeDefinition] { types.values.sorted { $0.name < $1.name } }

  /// The type of an operation's root; nil for subscriptions, of which the Admin API has none.
  func root(of kind: GraphQLOperation.Kind) -> TypeDefinition? {
    switch kind {
    case .query: self["Query"]
    case .mutation: self["Mutation"]
    case .subscription: nil
    }
  }

  /// The objects that a type may turn out to be.
  func possible(_ type: String) -> [String] { self[type]?.kind == .object ? [type] : objects[type] ?? [] }

  /// True where the real type has a field of this name, which is not served.
  func hasUnserved(_ field: String, of type: String) -> Bool { besides[type]?.contains(field) ?? false }
}

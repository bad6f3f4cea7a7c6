/// What a call costs in points, by the rules that Shopify publishes: an object 1, a connection 2 and its objects, a
/// mutation 10, everything else nothing.
enum QueryCost {
  /// A page is counted at its largest before the call and at its true size after it.
  static let pageDefault: Int64 = 50
  private static let connection: Int64 = 2
  private static let mutation: Int64 = 10
  private static let object: Int64 = 1

  /// The most that a call can cost.
  static func requested(by call: PlannedCall) -> Int64 {
    if call.kind == .mutation { return mutation.multiplied(by: Int64(call.fields.count)) }
    return sum(of: call.fields)
  }

  /// What one object and all below it cost.
  private static func sum(of fields: [PlannedField]) -> Int64 {
    fields.reduce(0) { $0.added(to: cost(of: $1)) }
  }

  private static func cost(of field: PlannedField) -> Int64 {
    guard !field.children.isEmpty else { return 0 }
    let name = field.type.name
    if name.hasSuffix("Connection") {
      let size = field.integer("first") ?? field.integer("last") ?? pageDefault
      return connection.added(to: max(0, size).multiplied(by: perNode(of: field)))
    }
    if name == "PageInfo" { return 0 }
    let each = object.added(to: field.children.values.map(sum(of:)).max() ?? 0)
    return each.multiplied(by: field.type.isList ? count(of: field) : 1)
  }

  /// How many objects a plain list can have: as many as were asked for by name, else a handful.
  private static func count(of field: PlannedField) -> Int64 {
    let named = field.arguments.map { Int64($0.value.values.count) }.max() ?? 0
    return max(1, named, field.integer("first") ?? 0)
  }

  /// What one object of a connection costs, asked for through `nodes`, `edges` or both.
  static func perNode(of connection: PlannedField) -> Int64 {
    let nodes = connection.onlyChildren.filter { $0.name == "nodes" || $0.name == "edges" }
      .flatMap { $0.name == "edges" ? $0.onlyChildren.filter { $0.name == "node" } : [$0] }
    return nodes.reduce(object) { $0.added(to: sum(of: $1.onlyChildren)) }
  }
}

extension Int64 {
  /// Stays at the top instead of overflowing: a cost that large is refused anyway.
  fileprivate func added(to other: Int64) -> Int64 {
    let (sum, over) = addingReportingOverflow(other)
    return over ? .max : sum
  }

  fileprivate func multiplied(by other: Int64) -> Int64 {
    let (product, over) = multipliedReportingOverflow(by: other)
    return over ? .max : product
  }
}

/// What gathers while one call is answered.
struct Answering {
  var problems: [GraphQLProblem] = []
  var path: [JSON] = []
  /// Points that the objects answered cost.
  var points: Int64 = 0
  /// Levels whose number to sell was answered.
  var levels: [LevelKey] = []
  /// Orders that were answered.
  var orders: [Int64] = []
  /// In a bulk read connections are rows of their own: they wait here, with the thing that has them.
  var nested: [(field: PlannedField, of: Thing)]?
}

extension EmulatedShop {
  /// The fields of a thing; nil where one that may not be null is.
  func answer(_ fields: [PlannedField], of thing: Thing, _ run: inout Answering) -> JSON? {
    if case .order(let id) = thing { run.orders.append(id) }
    var members: [JSON.Member] = []
    members.reserveCapacity(fields.count)
    var isWhole = true
    for field in fields {
      if run.nested != nil, field.type.name.hasSuffix("Connection") {
        run.nested?.append((field, thing))
        continue
      }
      run.path.append(.string(field.key))
      let value =
        field.name == "__typename"
        ? .string(thing.typeName) : complete(resolve(field, of: thing, &run), field, &run)
      run.path.removeLast()
      if let value { members.append(JSON.Member(field.key, value)) } else { isWhole = false }
    }
    return isWhole ? .object(members) : nil
  }

  /// The value of a field in the answer; nil where it may not be null and is (specification, section 6.4.4).
  func complete(_ resolved: Resolved, _ field: PlannedField, _ run: inout Answering) -> JSON? {
    switch resolved {
    case .value(let value): return value.isNull && field.type.isNonNull ? nil : value
    case .thing(let thing):
      run.points += field.type.name == "PageInfo" ? 0 : 1
      return answer(field.children[thing.typeName] ?? [], of: thing, &run) ?? (field.type.isNonNull ? nil : .null)
    case .list(let things):
      return list(things, field, &run)
    case .page(let page): return answer(page, field, &run)
    case .null: return field.type.isNonNull ? nil : .null
    case .problem(let problem):
      run.problems.append(
        GraphQLProblem(
          problem.message, code: problem.code, at: problem.place ?? field.place, path: run.path,
          problem.extensions.filter { $0.name != "code" }))
      return field.type.isNonNull ? nil : .null
    }
  }

  private func list(_ things: [Thing?], _ field: PlannedField, _ run: inout Answering) -> JSON? {
    var values: [JSON] = []
    values.reserveCapacity(things.count)
    for (index, thing) in things.enumerated() {
      guard let thing else {
        values.append(.null)
        continue
      }
      run.points += 1
      run.path.append(.integer(Int64(index)))
      defer { run.path.removeLast() }
      guard let value = answer(field.children[thing.typeName] ?? [], of: thing, &run) else { return nil }
      values.append(value)
    }
    return .list(values)
  }

  private func answer(_ page: Page, _ field: PlannedField, _ run: inout Answering) -> JSON? {
    run.points += 2 + Int64(page.things.count)
    var members: [JSON.Member] = []
    for child in field.onlyChildren {
      run.path.append(.string(child.key))
      defer { run.path.removeLast() }
      guard let value = part(child, of: page, connection: field.type.name, &run) else { return nil }
      members.append(JSON.Member(child.key, value))
    }
    return .object(members)
  }

  private func part(
    _ field: PlannedField, of page: Page, connection: String, _ run: inout Answering
  ) -> JSON? {
    switch field.name {
    case "nodes":
      let points = run.points
      let value = list(page.things, field, &run)
      // The page has counted its objects: a list does too.
      run.points = max(points, run.points - Int64(page.things.count))
      return value
    case "edges":
      var edges: [JSON] = []
      for (thing, cursor) in zip(page.things, page.cursors) {
        guard let edge = edge(field, thing, cursor, &run) else { return nil }
        edges.append(edge)
      }
      return .list(edges)
    case "pageInfo":
      return answer(
        field.onlyChildren,
        of: .record(
          Record(
            "PageInfo", ("hasNextPage", .bool(page.hasNext)), ("hasPreviousPage", .bool(page.hasPrevious)),
            ("startCursor", .text(page.cursors.first)), ("endCursor", .text(page.cursors.last)))), &run)
    default: return .string(connection)
    }
  }

  private func edge(_ field: PlannedField, _ thing: Thing, _ cursor: String, _ run: inout Answering) -> JSON? {
    var members: [JSON.Member] = []
    for child in field.onlyChildren {
      switch child.name {
      case "cursor": members.append(JSON.Member(child.key, .string(cursor)))
      case "node":
        guard let node = answer(child.children[thing.typeName] ?? [], of: thing, &run) else { return nil }
        members.append(JSON.Member(child.key, node))
      default: members.append(JSON.Member(child.key, .string(field.type.name)))
      }
    }
    return .object(members)
  }
}

/// Cuts pages out of lists, by the connection arguments `first`, `after`, `last`, `before` and `reverse`.
enum Paging {
  /// What the API gives in one page at most.
  static let pageMax: Int64 = 250

  /// A page of things of which each is known by its place.
  static func page(of things: [Thing], _ field: PlannedField) -> Resolved {
    let things = field.bool("reverse") ? things.reversed() : things
    return cut(things.count, field, place: { Int($0) }, make: { (things[$0], String($0)) })
  }

  /// A page of numbered things. Ascending numbers are searched by halves, and a cursor whose thing is gone still works.
  static func page(
    of ids: [Int64], isAscending: Bool, _ field: PlannedField, _ make: (Int64) -> Thing
  ) -> Resolved {
    let isReversed = field.bool("reverse")
    let ids = isReversed ? ids.reversed() : ids
    let place = { (cursor: String) -> Int? in
      guard let id = Int64(cursor) else { return nil }
      guard isAscending && !isReversed else { return ids.firstIndex(of: id) }
      let place = ids.lowerBound(of: id)
      // Of a thing that is gone the next one takes the place: one back, so that "after" does not pass over it.
      return place < ids.count && ids[place] == id ? place : place - 1
    }
    return cut(ids.count, field, place: place, make: { (make(ids[$0]), String(ids[$0])) })
  }

  /// A page of numbered things in the order of a mark that changes, such as the time of their last change. A cursor
  /// says the mark as it was: who moves to another place meanwhile moves nobody off a page.
  static func page(
    of ids: [Int64], markedBy mark: (Int64) -> Int64, _ field: PlannedField, _ make: (Int64) -> Thing
  ) -> Resolved {
    let isReversed = field.bool("reverse")
    let marked = ids.map { (mark($0), $0) }.sorted { isReversed ? $1 < $0 : $0 < $1 }
    let place = { (cursor: String) -> Int? in
      let numbers = cursor.split(separator: "_").compactMap { Int64($0) }
      guard numbers.count == 2 else { return nil }
      let wanted = (numbers[0], numbers[1])
      let place = marked.firstIndex { isReversed ? $0 <= wanted : $0 >= wanted } ?? marked.count
      return place < marked.count && marked[place] == wanted ? place : place - 1
    }
    return cut(marked.count, field, place: place) { (make(marked[$0].1), "\(marked[$0].0)_\(marked[$0].1)") }
  }

  private static func cut(
    _ count: Int, _ field: PlannedField, place: (String) -> Int?, make: (Int) -> (Thing, String)
  ) -> Resolved {
    var start = 0
    var end = count
    guard !field.isWhole else { return page(start..<end, of: count, make) }
    if let problem = problem(with: field) { return .problem(problem) }
    if let after = field.text("after") {
      guard let found = place(after) else { return .problem(invalidCursor(field)) }
      start = min(count, max(0, found + 1))
    }
    if let before = field.text("before") {
      guard let found = place(before) else { return .problem(invalidCursor(field)) }
      end = max(start, min(count, found))
    }
    if let first = field.integer("first") { end = min(end, start + Int(first)) }
    if let last = field.integer("last") { start = max(start, end - Int(last)) }
    return page(start..<end, of: count, make)
  }

  private static func page(_ places: Range<Int>, of count: Int, _ make: (Int) -> (Thing, String)) -> Resolved {
    let made = places.map(make)
    return .page(
      Page(
        things: made.map(\.0), cursors: made.map(\.1), hasNext: places.upperBound < count,
        hasPrevious: places.lowerBound > 0))
  }

  private static func problem(with field: PlannedField) -> GraphQLProblem? {
    let sizes = [field.integer("first"), field.integer("last")].compactMap { $0 }
    if sizes.isEmpty { return GraphQLProblem("you must provide one of first or last", code: "BAD_REQUEST") }
    if sizes.count > 1 {
      return GraphQLProblem("providing both first and last is not supported", code: "BAD_REQUEST")
    }
    guard sizes[0] >= 0 else { return GraphQLProblem("first and last cannot be negative", code: "BAD_REQUEST") }
    guard sizes[0] <= pageMax else {
      return GraphQLProblem("first and last cannot exceed \(pageMax)", code: "BAD_REQUEST")
    }
    return nil
  }

  private static func invalidCursor(_ field: PlannedField) -> GraphQLProblem {
    GraphQLProblem("Invalid cursor for current pagination sort.", code: "BAD_REQUEST", at: field.place)
  }
}

extension [Int64] {
  /// The place of the first that is not below a number, in an ascending list.
  func lowerBound(of number: Int64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// A place in a document: line and column, each counted from 1.
public struct GraphQLPlace: Hashable, Sendable {
  /// The line, from 1.
  public let line: Int
  /// The column in bytes, from 1.
  public let column: Int
}

/// One entry of an answer's `errors`, worded as the real API words it.
public struct GraphQLProblem: Error, Hashable, Sendable {
  /// What is wrong, in a sentence.
  public let message: String
  /// Where in the document; nil for what has no place in it.
  public let place: GraphQLPlace?
  /// The way to the field, through the document or through the answer; empty where there is none.
  public let path: [JSON]
  /// What `extensions` holds; its `code` is what programs look at.
  public let extensions: [JSON.Member]

  init(
    _ message: String, code: String? = nil, at place: GraphQLPlace? = nil, path: [JSON] = [],
    _ more: [JSON.Member] = []
  ) {
    self.message = message
    self.place = place
    self.path = path
    extensions = (code.map { [JSON.Member("code", .string($0))] } ?? []) + more
  }

  /// The `code` of its extensions.
  public var code: String? { extensions.first { $0.name == "code" }?.value.text }

  /// The entry as it stands in an answer.
  public var json: JSON {
    var members = [JSON.Member("message", .string(message))]
    if let place {
      members.append(
        JSON.Member("locations", [["line": .integer(Int64(place.line)), "column": .integer(Int64(place.column))]]))
    }
    if !path.isEmpty { members.append(JSON.Member("path", .list(path))) }
    if !extensions.isEmpty { members.append(JSON.Member("extensions", .object(extensions))) }
    return .object(members)
  }
}

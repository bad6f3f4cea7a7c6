/// What the Admin API answers at status 200: data, problems, and what the call cost.
struct AdminAnswer<Content: Decodable>: Decodable {
  /// What was asked for; nil where nothing ran, or what ran may not be null and is.
  let content: Content?
  /// What went wrong; empty where nothing did.
  let problems: [AdminProblem]
  /// What it cost, where it is said.
  let cost: AdminCost?

  private enum CodingKeys: String, CodingKey { case data, errors, extensions }
  private struct Extensions: Decodable { let cost: AdminCost? }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    cost = try fields.decodeIfPresent(Extensions.self, forKey: .extensions)?.cost
    problems = try Self.problems(fields)
    // Beside problems, data may have holes where the schema allows none: they are what counts then.
    content =
      problems.isEmpty
      ? try fields.decodeIfPresent(Content.self, forKey: .data)
      : try? fields.decodeIfPresent(Content.self, forKey: .data)
  }

  /// What is refused before GraphQL is a single text.
  private static func problems(_ fields: KeyedDecodingContainer<CodingKeys>) throws -> [AdminProblem] {
    if let text = try? fields.decode(String.self, forKey: .errors) { return [AdminProblem(message: text)] }
    return try fields.decodeIfPresent([AdminProblem].self, forKey: .errors) ?? []
  }
}

/// One of the `errors` of an answer.
struct AdminProblem: Decodable, Hashable, Sendable {
  let message: String
  let code: String?

  private enum CodingKeys: String, CodingKey { case message, extensions }
  private struct Extensions: Decodable { let code: String? }

  init(message: String, code: String? = nil) {
    self.message = message
    self.code = code
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    message = try fields.decode(String.self, forKey: .message)
    code = try fields.decodeIfPresent(Extensions.self, forKey: .extensions)?.code
  }
}

/// `extensions.cost` of an answer.
struct AdminCost: Decodable, Hashable, Sendable {
  /// The bucket of the app and shop, after the call. Points may have fractions.
  struct ThrottleStatus: Decodable, Hashable, Sendable {
    let maximumAvailable: Double
    let currentlyAvailable: Double
    let restoreRate: Double
  }

  /// What it could have cost at most.
  let requestedQueryCost: Double?
  let throttleStatus: ThrottleStatus?
}

/// One of the `userErrors` of a mutation: what is wrong with what was asked.
struct AdminUserError: Decodable, Hashable, Sendable {
  /// The schema's code; nil where the mutation has none.
  let code: String?
  /// The path of what is wrong, as `input`, `quantities`, `3`, `locationId`.
  let field: [String]?
  let message: String

  init(code: String? = nil, field: [String]? = nil, message: String = "") {
    self.code = code
    self.field = field
    self.message = message
  }
}

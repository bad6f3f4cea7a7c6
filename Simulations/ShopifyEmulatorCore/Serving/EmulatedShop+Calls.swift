public import StockLedger

extension EmulatedShop {
  /// The largest body that is read. 250 rows have 50 KB.
  static let bodyMax = 1_000_000

  /// Answers a request, with all that it does to the shop, at a time.
  public mutating func answer(_ request: EmulatedRequest, at now: Timestamp) -> EmulatedAnswer {
    audit.arrive(by: now)
    let isSeller = settings.sellerToken != nil && request.accessToken == settings.sellerToken
    // The other app's bucket changes places with the writer's for the length of its call.
    if isSeller { swapBuckets() }
    defer { if isSeller { swapBuckets() } }
    bucket.fill(to: now)
    advanceBulk(to: now)
    editByHand(at: now)
    let fate = drawFate()
    let delay = fate == .slow ? chance.number(in: settings.faults.slow) : 0
    switch fate {
    case .errorBefore: return reply(503, ["errors": "Service Unavailable"], delay: 0)
    case .cutBefore: return cut
    case .tooMany:
      return reply(429, ["errors": "Too Many Requests"], delay: 0, [HeaderLine("Retry-After", "2.0")])
    default: break
    }
    var run = Answering()
    let served = serve(request, busyUntil: now + delay, &run, at: now)
    switch fate {
    case .errorAfter: return reply(502, ["errors": "Bad Gateway"], delay: 0)
    case .cutAfter: return cut
    default:
      if !isSeller { audit.telling(orders: run.orders, levels: run.levels, at: now + delay) }
      audit.arrive(by: now)
      return reply(served.status, served.body, delay: delay, served.headers)
    }
  }

  private mutating func swapBuckets() {
    swap(&bucket, &sellerBucket)
    swap(&calls, &sellerCalls)
  }

  // MARK: Fate

  private enum Fate { case fine, errorBefore, errorAfter, cutBefore, cutAfter, tooMany, slow }

  private mutating func drawFate() -> Fate {
    let faults = settings.faults
    let rates: [(Fate, UInt64)] = [
      (.errorBefore, faults.errorBeforePerMille), (.errorAfter, faults.errorAfterPerMille),
      (.cutBefore, faults.cutBeforePerMille), (.cutAfter, faults.cutAfterPerMille),
      (.tooMany, faults.tooManyPerMille), (.slow, faults.slowPerMille),
    ]
    for (fate, rate) in rates where chance.chance(perMille: rate) { return fate }
    return .fine
  }

  private mutating func editByHand(at now: Timestamp) {
    guard !itemIDs.isEmpty, chance.chance(perMille: settings.faults.handEditPerMille) else { return }
    let item = itemIDs[Int(chance.number(in: 0...Int64(itemIDs.count - 1)))]
    let keys = levelKeys(ofItem: item)
    guard !keys.isEmpty else { return }
    let key = keys[Int(chance.number(in: 0...Int64(keys.count - 1)))]
    adjustByHand(key, by: chance.number(in: settings.faults.handEdit), at: now)
  }

  private var cut: EmulatedAnswer { EmulatedAnswer(ending: .cut, delay: 0, status: 0, headers: [], body: []) }

  private mutating func reply(
    _ status: Int, _ body: JSON, delay: Int64, _ more: [HeaderLine] = []
  ) -> EmulatedAnswer {
    let headers = [
      HeaderLine("Content-Type", "application/json; charset=utf-8"),
      HeaderLine("X-Shopify-API-Version", settings.apiVersion), HeaderLine("X-Request-Id", chance.uuid()),
    ]
    return EmulatedAnswer(ending: .answered, delay: delay, status: status, headers: headers + more, body: body.bytes)
  }

  // MARK: Doors

  /// What a door answers, before its fate.
  struct Served {
    var status = 200
    var body: JSON
    var headers: [HeaderLine] = []

    static func refused(_ status: Int, _ why: String) -> Served {
      Served(status: status, body: ["errors": .string(why)])
    }
  }

  private mutating func serve(
    _ request: EmulatedRequest, busyUntil: Timestamp, _ run: inout Answering, at now: Timestamp
  ) -> Served {
    let parts = request.path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = String(parts.first ?? "")
    let root = "/admin/api/\(settings.apiVersion)/"
    guard path.hasPrefix(root) else { return .refused(404, "Not Found") }
    guard opens(to: request.accessToken) else {
      return .refused(401, "[API] Invalid API key or access token (unrecognized login or wrong password)")
    }
    let name = String(path.dropFirst(root.count))
    if name == "graphql.json" {
      guard request.method == "POST" else { return .refused(405, "Method Not Allowed") }
      return Served(body: graphQL(request.body, busyUntil: busyUntil, &run, at: now))
    }
    guard request.method == "GET" else { return .refused(405, "Method Not Allowed") }
    return rest(name, query: parts.count == 2 ? String(parts[1]) : "", &run, at: now)
  }

  // MARK: GraphQL

  private mutating func graphQL(
    _ body: [UInt8], busyUntil: Timestamp, _ run: inout Answering, at now: Timestamp
  ) -> JSON {
    guard body.count <= Self.bodyMax else {
      return Self.refused([GraphQLProblem("Request body is larger than \(Self.bodyMax) bytes")])
    }
    let request: JSON
    do { request = try JSONReader.read(body) } catch {
      return Self.refused([GraphQLProblem("Request body is no JSON: \(error.message) at byte \(error.offset)")])
    }
    guard let query = request["query"]?.text, !query.isEmpty else {
      return Self.refused([GraphQLProblem("Required parameter missing or invalid: query")])
    }
    let plan = Planner.plan(
      query, operation: request["operationName"]?.text, variables: request["variables"] ?? .null, schema: .admin)
    switch plan {
    case .failure(let refusal): return Self.refused(refusal.problems)
    case .success(let call): return throttled(call, busyUntil: busyUntil, &run, at: now)
    }
  }

  private static func refused(_ problems: [GraphQLProblem]) -> JSON {
    ["errors": .list(problems.map(\.json))]
  }

  private static let limitsPage = "https://shopify.dev/api/usage/rate-limits"

  /// Runs a call for its points, or refuses it for want of them.
  private mutating func throttled(
    _ call: PlannedCall, busyUntil: Timestamp, _ run: inout Answering, at now: Timestamp
  ) -> JSON {
    let requested = QueryCost.requested(by: call)
    guard requested <= settings.queryCostMax else {
      let problem = GraphQLProblem(
        "Query cost is \(requested), which exceeds the single query max cost limit (\(settings.queryCostMax)).",
        code: "MAX_COST_EXCEEDED",
        [
          JSON.Member("cost", .integer(requested)), JSON.Member("maxCost", .integer(settings.queryCostMax)),
          JSON.Member("documentation", .string(Self.limitsPage)),
        ])
      return Self.refused([problem])
    }
    guard bucket.take(requested) else {
      let problem = GraphQLProblem(
        "Throttled", code: "THROTTLED", [JSON.Member("documentation", .string(Self.limitsPage))])
      return ["errors": [problem.json], "extensions": cost(requested: requested, actual: nil)]
    }
    let data = self.data(of: call, busyUntil: busyUntil, &run, at: now)
    let actual = call.kind == .mutation ? requested : min(requested, run.points)
    bucket.giveBack(requested - actual)
    var members = [JSON.Member("data", data)]
    if !run.problems.isEmpty { members.append(JSON.Member("errors", .list(run.problems.map(\.json)))) }
    members.append(JSON.Member("extensions", cost(requested: requested, actual: actual)))
    return .object(members)
  }

  private func cost(requested: Int64, actual: Int64?) -> JSON {
    [
      "cost": [
        "requestedQueryCost": .integer(requested), "actualQueryCost": actual.map { .integer($0) } ?? .null,
        "throttleStatus": bucket.status,
      ]
    ]
  }

  /// Fields of a mutation run one after another, in the order in which they stand.
  private mutating func data(
    of call: PlannedCall, busyUntil: Timestamp, _ run: inout Answering, at now: Timestamp
  ) -> JSON {
    guard call.kind == .mutation else { return answer(call.fields, of: .query, &run) ?? .null }
    var members: [JSON.Member] = []
    for field in call.fields {
      run.path = [.string(field.key)]
      let resolved = field.name == "__typename" ? .text("Mutation") : mutate(field, busyUntil: busyUntil, at: now)
      members.append(JSON.Member(field.key, complete(resolved, field, &run) ?? .null))
    }
    return .object(members)
  }
}

import HTTPTypes
import StockLedger

/// One thing that can be asked over HTTP. The router is built from ``all`` alone, and so is what the tests hold against
/// the OpenAPI document.
struct Route: Sendable {
  /// Who may ask.
  enum Access: Sendable {
    /// Everybody: it says nothing about stock.
    case anyone
    /// Who has a key of this scope.
    case bearer(Scope)
    /// Who has a key; what it must allow, the body says.
    case anyBearer
    /// Who asks from this machine itself, or has a key of this scope.
    case localOrBearer(Scope)
    /// Who has a key, or signs with one; what it must allow, the route says.
    case anySigner
  }

  let method: HTTPRequest.Method
  /// The path as OpenAPI writes it: `/v1/stock/{sku}`.
  let path: String
  let access: Access
  /// The names that its query may have, in the order in which a refusal lists them; any other is refused.
  let query: [String]
  /// True where one call may read many keys or much of the journal.
  let isLong: Bool
  let answer: @Sendable (Call) async throws -> Reply

  init(
    _ method: HTTPRequest.Method, _ path: String, _ access: Access, query: [String] = [], isLong: Bool = false,
    _ answer: @escaping @Sendable (Call) async throws -> Reply
  ) {
    self.method = method
    self.path = path
    self.access = access
    self.query = query
    self.isLong = isLong
    self.answer = answer
  }

  /// True where no key is asked for.
  var isOpen: Bool { if case .anyone = access { true } else { false } }

  /// False for what must be answered however much else is asked: what says how the service is.
  var isBounded: Bool {
    switch access {
    case .anyone, .localOrBearer: false
    case .bearer, .anyBearer, .anySigner: true
    }
  }

  /// All of them.
  static let all: [Route] = [
    holds, carts, batches, stock, stockList, components, entries, explanation, operators, policies, counts, ingest,
    sources, stream, webhooks, publications, reconciliations, snapshots, alerts, service, metrics,
  ].flatMap(\.self)

  /// The methods that go with a path.
  static func methods(of path: String) -> [HTTPRequest.Method] {
    let asked = path.split(separator: "/")
    return all.filter { route in
      let parts = route.path.split(separator: "/")
      return parts.count == asked.count && zip(parts, asked).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }.map(\.method)
  }
}

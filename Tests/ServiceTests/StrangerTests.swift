import Foundation
import HTTPTypes
import Testing

@testable import InventoryService

extension ServiceTests {
  /// What one shop has, asked for with another's key, over all routes: every answer is, byte for byte, the one to a
  /// name that nobody has.
  @Suite struct StrangerTests {
    /// A body for every route that takes one: `SKU`, `HOLD` and `CART` stand for names.
    private static let bodies = [
      "/v1/holds": #"{"sku":"SKU","location":"main","units":1,"reservation":"HOLD"}"#,
      "/v1/holds/{sku}/{location}/{reservation}/confirm": #"{"claim":"claim-1"}"#,
      "/v1/holds/{sku}/{location}/{reservation}/release": "{}",
      "/v1/holds/{sku}/{location}/{reservation}/extend": #"{"expiresAt":"2100-01-01T00:00:00Z"}"#,
      "/v1/carts": #"{"cart":"CART","lines":[{"sku":"SKU","location":"main","units":1}]}"#,
      "/v1/carts/{cart}/confirm":
        #"{"first":{"sku":"SKU","location":"main"},"lines":[{"sku":"SKU","location":"main","claim":"claim-2"}]}"#,
      "/v1/carts/{cart}/release": #"{"first":{"sku":"SKU","location":"main"}}"#,
      "/v1/carts/{cart}/extend": #"{"first":{"sku":"SKU","location":"main"},"expiresAt":"2100-01-01T00:00:00Z"}"#,
      "/v1/commands": #"{"do":"release","sku":"SKU","location":"main","reservation":"HOLD"}"#,
      "/v1/stock/{sku}/{location}/fallen/free": #"{"component":"open","upTo":"2026-01-01T00:00:00Z"}"#,
      "/v1/stock/{sku}/{location}/marks/reset": #"{"component":"onHand","source":"erp"}"#,
      "/v1/policies": #"{"safetyBuffer":1}"#,
      "/v1/policies/items/{sku}": #"{"safetyBuffer":1}"#,
      "/v1/policies/items/{sku}/rules": #"{"channels":[{"channel":"web","quota":3}]}"#,
      "/v1/policies/items/{sku}/locations/{location}": #"{"safetyBuffer":1}"#,
      "/v1/publications/pause": "{}",
      "/v1/publications/resume": "{}",
      "/v1/publications/retry": #"{"sku":"SKU","location":"main"}"#,
      "/v1/publications/drop": #"{"sku":"SKU","location":"main"}"#,
      "/v1/publications/force": #"{"sku":"SKU","location":"main"}"#,
      "/v1/reconciliations": #"{"sku":"SKU","location":"main"}"#,
      "/v1/reconciliations/{report}/approve": #"{"rows":[1]}"#,
      "/v1/reconciliations/{report}/reject": "{}",
      "/v1/reconciliations/{report}/undo": "{}",
      "/v1/alerts/test": "{}",
      "/v1/alerts/{alert}/retry": "{}",
      // It makes a key of the asker's own: after all others, so that they find none.
      "/v1/ingest/{source}":
        #"{"kind":"count","sku":"SKU","location":"main","units":1,"asOf":"2026-01-01T00:00:00Z"}"#,
      "/v1/snapshots/{source}":
        #"{"kind":"count","sku":"SKU","location":"main","units":1,"asOf":"2026-01-01T00:00:00Z"}"#,
      "/v1/counts": #"{"source":"erp","sku":"SKU","location":"main","units":1,"asOf":"2026-01-01T00:00:00Z"}"#,
    ]

    /// What a route is asked with: names that are the other shop's, or names that nobody has.
    private struct Names {
      var sku: String, hold: String, cart: String
      static let theirs = Names(sku: "their-sku", hold: "their-hold", cart: "their-cart")
      static let nobodys = Names(sku: "never-sku", hold: "never-hold", cart: "never-cart")

      /// A path or a body with these names in it.
      func fill(_ text: String) -> String {
        var text = text
        let places = [
          "{sku}": sku, "{location}": "main", "{reservation}": hold, "{cart}": cart, "{source}": "erp",
          "{report}": "r1", "{alert}": "a1",
          "SKU": sku, "HOLD": hold, "CART": cart,
        ]
        for (place, name) in places { text = text.replacingOccurrences(of: place, with: name) }
        return text
      }

      /// An answer without what these names, the time and the request make differ: a tag and an entry are of a name.
      func blank(_ answer: HTTPCaller.Answer) -> String {
        var text = answer.text
        let fields = answer.fields.filter { !["date", "x-request-id"].contains($0.key) }
        text += "\n\(answer.status) \(fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })"
        for name in [sku, hold, cart] { text = text.replacingOccurrences(of: name, with: "…") }
        return text.replacing(/"requestId":"[^"]*"/, with: "").replacing(/"20\d\d-[^"]*Z"/, with: "time")
          .replacing(/r[0-9a-z]{14}/, with: "report").replacing(/"\d+-\d+"/, with: "entry").replacing(
            /W\/\\"[^"]*"/, with: "tag")
      }
    }

    private static func isStream(_ route: Route) -> Bool { route.path.hasSuffix("/stream") }

    @Test func everyRouteIsAskedForAnotherShopsNames() async throws {
      let taking = Route.all.filter { [.post, .put, .patch].contains($0.method) && !$0.isOpen }
      for route in taking { #expect(Self.bodies[route.path] != nil, "\(route.path): add a body that names its things") }
      let all = "read hold ingest:erp"
      // Both are published, by nobody: what is asked twice is the same twice.
      let rig = PublishingRig(["theirs", "ours"], isRunning: false)
      try await OpenService.open(keys: [("theirs", all), ("ours", all + " admin")], publishing: rig) { service in
        let (owner, stranger) = (service.caller(0), service.caller(1))
        try await owner.count("their-sku", 5)
        #expect(try await owner.hold("their-sku", as: "their-hold").status == 201)
        let cart = Names.theirs.fill(Self.bodies["/v1/carts"] ?? "")
        #expect(try await owner.post("/v1/carts", cart).status == 201)
        let before = try await Self.standing(owner)
        let making = ["/v1/counts", "/v1/ingest/{source}", "/v1/snapshots/{source}"]
        let last = Route.all.filter { making.contains($0.path) }
        // What names the shop alone names no other's, and numbers of the whole service name none.
        let shopWide = ["/v1/policies", "/metrics"]
        for route in Route.all.filter({ !(shopWide + making).contains($0.path) && !Self.isStream($0) }) + last {
          var said: [String] = []
          for names in [Names.nobodys, .theirs] {
            let body = Self.bodies[route.path].map { Array(names.fill($0).utf8) }
            let answer = try await stranger.call(route.method.rawValue, names.fill(route.path), [:], body)
            #expect(answer.status != 401 && answer.status != 403, "\(route.path)")
            said.append(names.blank(answer))
          }
          #expect(said[0] == said[1], "\(route.method) \(route.path)")
        }
        #expect(try await Self.standing(owner) == before)
      }
    }

    /// All that a shop sees of what it has.
    private static func standing(_ owner: HTTPCaller) async throws -> [String] {
      var texts: [String] = []
      let paths = [
        "/v1/stock/their-sku", "/v1/stock/their-sku/main", "/v1/holds/their-sku/main/their-hold", "/v1/publications",
        "/v1/publications/keys/their-sku/main",
      ]
      for path in paths {
        let answer = try await owner.get(path)
        #expect(answer.status == 200)
        texts.append(answer.text)
      }
      return texts
    }
  }
}

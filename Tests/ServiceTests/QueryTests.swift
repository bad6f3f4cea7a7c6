import Foundation
import HTTPTypes
import Testing

@testable import InventoryService

extension ServiceTests {
  /// Names in a query: one table says which each route knows, and all others are refused. No part of a path is empty.
  @Suite struct QueryTests {
    @Test func everyRouteRefusesWhatItDoesNotKnow() async throws {
      try await OpenService.open(keys: [("shop", "admin")]) { service in
        for route in Route.all {
          let asked = "\(route.method) \(route.path)"
          let refused = try await Self.ask(route, "limits=1", of: service)
          #expect(refused.status == 400, "\(asked)")
          #expect(refused.code == "malformedQuery", "\(asked)")
          #expect(refused.json["field"] as? String == "limits", "\(asked)")
          let known = route.query.isEmpty ? "nothing is" : "known are " + route.query.joined(separator: ", ")
          #expect((refused.json["detail"] as? String)?.hasSuffix(known) == true, "\(asked)")
          for name in route.query {
            let empty = try await Self.ask(route, name, of: service)
            #expect(empty.code == "malformedQuery", "\(asked)?\(name)")
            #expect((empty.json["detail"] as? String)?.hasPrefix("it has no value") == true, "\(asked)?\(name)")
          }
        }
      }
    }

    /// Who may not ask does not hear what could be asked.
    @Test func aKeyComesFirst() async throws {
      try await OpenService.open(keys: [("shop", "hold")]) { service in
        for route in Route.all where !route.isOpen && route.isBounded {
          let nobody = try await Self.ask(route, "limits=1", of: service, key: nil)
          #expect(nobody.status == 401, "\(route.path)")
        }
        #expect(try await service.caller().get("/v1/stock?limits=1").code == "missingScope")
      }
    }

    /// Where a client has no name to put in, the path must not come to mean another thing.
    @Test(arguments: [
      ("GET", "/v1/stock/"), ("GET", "/v1/stock//leeds"), ("GET", "//v1/stock"), ("GET", "/livez/"),
      ("PUT", "/v1/policies/items//rules"), ("POST", "/v1/holds//"),
    ])
    func aPathWithAnEmptyPartIsNone(_ method: String, _ path: String) async throws {
      try await OpenService.open(keys: [("shop", "admin")]) { service in
        try await service.caller().count("leeds", 5)
        let answer = try await service.caller().call(method, path, [:], method == "GET" ? nil : Array("{}".utf8))
        #expect(answer.status == 400)
        #expect(answer.code == "malformedPath")
        let levels = try await service.caller().get("/v1/policies/levels")
        #expect(levels.text == #"{"levels":[]}"#)
      }
    }

    private static func ask(
      _ route: Route, _ query: String, of service: OpenService, key: Int? = 0
    ) async throws -> HTTPCaller.Answer {
      let path = route.path.replacing(/\{[a-z]+\}/, with: "a")
      let client = key.map { service.caller($0) } ?? HTTPCaller(port: service.port)
      return try await client.call(route.method.rawValue, "\(path)?\(query)", [:], route.method == .get ? nil : [])
    }
  }
}

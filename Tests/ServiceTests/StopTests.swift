import Foundation
import Testing

extension ServiceTests {
  /// How a service ends that is told to.
  @Suite struct StopTests {
    @Test func readyzSaysNoBeforeAnythingElseStops() async throws {
      let place = try ScratchPlace()
      let (process, port) = try await ServeProcess.serve(place, "--drain", "2")
      let client = HTTPCaller(port: port)
      try await client.count("a", 5)
      #expect(try await client.get("/readyz").json["owned"] as? String == "0-255")
      process.signal(SIGTERM)
      while try await client.get("/readyz").code != "stopping" { try await Task.sleep(for: .milliseconds(20)) }
      // Who has not heard of it yet is served.
      #expect(try await client.hold("a", as: "late").status == 201)
      #expect(await process.end() == 0)
      await #expect(throws: HTTPCaller.Cut.self) { try await client.get("/readyz") }
    }

    @Test func whatDoesNotEndIsCutOff() async throws {
      let place = try ScratchPlace()
      let (process, port) = try await ServeProcess.serve(place, "--stop-patience", "1")
      let client = HTTPCaller(port: port)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          // A body that never comes: the service would wait for it longer than for its stop.
          let head = "POST /v1/holds HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\n{"
          if let answer = try? await client.send(Array(head.utf8)) { #expect(answer.status >= 400) }
        }
        try await Task.sleep(for: .milliseconds(200))
        process.signal(SIGTERM)
        #expect(await process.end() == 0)
        try await group.waitForAll()
      }
    }
  }
}

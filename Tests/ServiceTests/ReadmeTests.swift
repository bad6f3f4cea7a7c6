import Foundation
import Testing

extension ServiceTests {
  /// The two minutes of the README, as they stand there.
  @Suite struct ReadmeTests {
    @Test func everyLineOfTheTwoMinutesWorks() async throws {
      let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
      let text = try String(contentsOfFile: root + "/README.md", encoding: .utf8)
      let lines = text.matches(of: /(?m)^curl -s localhost:8080(\S+)(?: +-d '([^']*)')?$/)
      #expect(lines.count == 4)
      let place = try ScratchPlace()
      let (process, port) = try await ServeProcess.serve(place)
      let client = HTTPCaller(port: port)
      for line in lines {
        let body = line.output.2.map(String.init)
        let path = String(line.output.1)
        let answer = if let body { try await client.post(path, body) } else { try await client.get(path) }
        #expect((200...201).contains(answer.status), "\(path): \(answer.text)")
      }
      #expect(try await client.get("/v1/stock/cap").number("availableToSell") == 3)
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
    }
  }
}

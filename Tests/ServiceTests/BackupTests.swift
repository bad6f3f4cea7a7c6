import Foundation
import Testing

extension ServiceTests {
  /// The commands of docs/operations.md for backup and restore, while a service runs.
  @Suite struct BackupTests {
    private static let script =
      URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path + "/Operations/backup"

    /// Runs the script; how it ended, and what it said.
    private func backup(_ place: ScratchPlace, to copy: String) async throws -> (code: Int32, words: String) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Self.script)
      process.arguments = [place.data, copy]
      process.environment = ["PATH": "/usr/bin:/bin", "HOLDFAST": Holdfast.path, "TMPDIR": place.path]
      process.standardInput = FileHandle.nullDevice
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      let (ended, end) = AsyncStream.makeStream(of: Void.self)
      process.terminationHandler = { _ in end.finish() }
      try process.run()
      try pipe.fileHandleForWriting.close()
      let words = try pipe.fileHandleForReading.readToEnd() ?? Data()
      for await _ in ended {}
      return (process.terminationStatus, String(decoding: words, as: UTF8.self))
    }

    @Test func aCopyThatWasTakenUnderLoadHoldsWhatWasAnsweredBefore() async throws {
      let place = try ScratchPlace()
      let copy = place.path + "/copy"
      let (first, port) = try await ServeProcess.serve(place, "--shop", "shop")
      let client = HTTPCaller(port: port)
      try await client.count("a", 1_000_000)
      for number in 0..<50 { #expect(try await client.hold("a", as: "before-\(number)").status == 201) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<4 {
          group.addTask {
            for number in 0... {
              guard let answer = try? await client.hold("a", as: "h-\(worker)-\(number)") else { return }
              #expect(answer.status == 201)
            }
          }
        }
        let made = try await backup(place, to: copy)
        #expect(made.code == 0, "\(made.words)")
        // The service goes on as if nothing had been, and dies only now.
        #expect(try await client.hold("a", as: "after").status == 201)
        first.signal(SIGKILL)
        try await group.waitForAll()
      }
      #expect(await first.end() == SIGKILL)

      // The disk is lost, and the copy put in its place.
      try FileManager.default.removeItem(atPath: place.data)
      try FileManager.default.moveItem(atPath: copy, toPath: place.data)
      let (second, again) = try await ServeProcess.serve(place, "--shop", "shop")
      let restored = HTTPCaller(port: again)
      for number in 0..<50 {
        let answer = try await restored.hold("a", as: "before-\(number)")
        #expect(answer.fields["idempotency-replayed"] == "true", "before-\(number) is lost")
      }
      #expect(try await restored.get("/v1/holds/a/main/after").status == 404)
      second.signal(SIGTERM)
      #expect(await second.end() == 0)
    }

    @Test func aDirectoryThatNobodyUsesIsCopiedToo() async throws {
      let place = try ScratchPlace()
      let (process, port) = try await ServeProcess.serve(place)
      try await HTTPCaller(port: port).count("a", 5)
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
      #expect(try await backup(place, to: place.path + "/copy").code == 0)
      let again = try await backup(place, to: place.path + "/copy")
      #expect(again.code == 1)
      #expect(again.words.contains("name a new one"))
      // What cannot be proved is not called a copy.
      try Data("no database".utf8).write(to: URL(fileURLWithPath: place.data + "/journal.sqlite"))
      #expect(try await backup(place, to: place.path + "/other").code != 0)
      #expect(!FileManager.default.fileExists(atPath: place.path + "/other"))
    }
  }
}

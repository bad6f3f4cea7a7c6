import Foundation
import Testing

extension ServiceTests {
  /// `holdfast doctor`, on what it finds here.
  @Suite struct DoctorTests {
    private let place: ScratchPlace

    init() throws { place = try ScratchPlace() }

    /// One finding, as its JSON says it.
    private struct Finding {
      let level: String
      let subject: String
      let what: String
      let advice: String
    }

    private func findings(_ arguments: String...) async throws -> (code: Int32, all: [Finding]) {
      let process = try ServeProcess(["doctor", "--json"] + arguments, in: place)
      let code = await process.end()
      let out = try process.text(of: process.out)
      let list = try #require(try JSONSerialization.jsonObject(with: Data(out.utf8)) as? [[String: String]])
      return (
        code,
        list.map { fields in
          Finding(
            level: fields["level"] ?? "", subject: fields["subject"] ?? "", what: fields["what"] ?? "",
            advice: fields["advice"] ?? "")
        }
      )
    }

    private func bad(_ arguments: [String]) async throws -> [Finding] {
      let process = try ServeProcess(["doctor", "--json"] + arguments, in: place)
      #expect(await process.end() == 1)
      let out = try process.text(of: process.out)
      let list = try #require(try JSONSerialization.jsonObject(with: Data(out.utf8)) as? [[String: String]])
      return list.filter { $0["level"] == "failure" }.map { fields in
        Finding(
          level: "failure", subject: fields["subject"] ?? "", what: fields["what"] ?? "", advice: fields["advice"] ?? ""
        )
      }
    }

    @Test func aPlaceThatIsReady() async throws {
      _ = try await place.key("s", "read")
      let (code, all) = try await findings(
        "--data", place.data, "--keys", place.keys, "--listen", "127.0.0.1:0", "--connections-max", "10")
      // A machine that is short of something is told so; nothing stops the start.
      #expect(code == 0 || code == 2)
      #expect(!all.contains { $0.level == "failure" }, "\(all)")
      #expect(all.map(\.subject).starts(with: ["keys", "disk", "space", "sync", "listen", "files"]))
      #expect(!FileManager.default.fileExists(atPath: place.data), "it makes nothing")
    }

    @Test func aServiceThatRuns() async throws {
      let (process, port) = try await ServeProcess.serve(place)
      let (_, all) = try await findings("--data", place.data, "--listen", "127.0.0.1:\(port)")
      #expect(all.contains { $0.subject == "journal" && $0.what.contains("uses") })
      #expect(all.contains { $0.subject == "listen" && $0.level == "good" })
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
      let (_, after) = try await findings("--data", place.data, "--listen", "127.0.0.1:0")
      #expect(after.contains { $0.subject == "journal" && $0.what.contains("whole") })
    }

    @Test func whatStopsAStart() async throws {
      _ = try await place.key("s", "read")
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place.keys)
      let (process, port) = try await ServeProcess.serve(place)
      let other = place.path + "/other"
      let found = try await bad(
        ["--data", other, "--keys", place.keys, "--listen", "127.0.0.1:\(port)", "--tls-cert", "c", "--tls-key", "k"])
      #expect(found.map(\.subject) == ["keys", "certificate", "listen"])
      #expect(found.allSatisfy { !$0.advice.isEmpty })
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
      #expect(try await bad(["--store", "redis://127.0.0.1:1"]).map(\.subject) == ["redis"])
      #expect(try await bad(["--data", "/dev/shm/holdfast"]).map(\.what) == ["/dev/shm is memory, not a disk"])
    }

    @Test func aDamagedJournalAndAKeyFileWithoutAGoodKey() async throws {
      try FileManager.default.createDirectory(atPath: place.data, withIntermediateDirectories: true)
      try Data("no database".utf8).write(to: URL(fileURLWithPath: place.data + "/journal.sqlite"))
      let id = try await place.key("s", "read").split(separator: "_")[1]
      _ = try await Holdfast.run("key", "revoke", "--keys", place.keys, String(id), in: place)
      let found = try await bad(["--data", place.data, "--keys", place.keys, "--listen", "127.0.0.1:0"])
      #expect(found.map(\.subject) == ["keys", "journal"])
      let text = try await Holdfast.run("doctor", "--data", place.data, "--listen", "127.0.0.1:0", in: place)
      #expect(text.out.contains("costs: "))
      #expect(text.out.contains("do:    "))
    }
  }
}

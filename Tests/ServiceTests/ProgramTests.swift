import Foundation
import Synchronization
import Testing

extension ServiceTests {
  /// The built program, as it is run.
  @Suite struct ProgramTests {
    /// What clients saw of their own holds.
    private final class ClientLog: Sendable {
      private struct Names {
        var granted: [String] = []
        var cut: [String] = []
      }
      private let names = Mutex(Names())

      func note(_ name: String, granted: Bool) {
        names.withLock { if granted { $0.granted.append(name) } else { $0.cut.append(name) } }
      }

      var granted: [String] { names.withLock { $0.granted } }
      var cut: [String] { names.withLock { $0.cut } }
    }

    @Test func killedUnderLoadItLosesAndDoublesNothing() async throws {
      let place = try ScratchPlace()
      let token = try await place.key("shop", "read", "hold", "ingest:erp")
      let (first, port) = try await ServeProcess.serve(place, "--keys", place.keys)
      try await HTTPCaller(port: port, token: token).count("a", 1_000_000)
      let log = ClientLog()
      await withTaskGroup(of: Void.self) { group in
        for worker in 0..<16 {
          group.addTask {
            let client = HTTPCaller(port: port, token: token)
            for number in 0... {
              let name = "h-\(worker)-\(number)"
              // A call that is cut off leaves its client not knowing: it stops, and asks again after the restart.
              guard let answer = try? await client.hold("a", as: name), answer.status == 201 else {
                log.note(name, granted: false)
                return
              }
              log.note(name, granted: true)
              if log.granted.count == 400 { first.signal(SIGKILL) }
            }
          }
        }
      }
      #expect(await first.end() == SIGKILL)
      #expect(log.granted.count >= 400)
      #expect(log.cut.count == 16)

      let (second, again) = try await ServeProcess.serve(place, "--keys", place.keys)
      let client = HTTPCaller(port: again, token: token)
      for name in log.granted {
        let answer = try await client.hold("a", as: name)
        #expect(answer.status == 201)
        #expect(answer.fields["idempotency-replayed"] == "true", "\(name) was granted and is lost")
      }
      for name in log.cut { #expect(try await client.hold("a", as: name).status == 201) }
      let reserved = try await client.get("/v1/stock/a/main").number("reserved")
      #expect(reserved == log.granted.count + log.cut.count)
      second.signal(SIGTERM)
      #expect(await second.end() == 0)
    }

    @Test func aStopAnswersWhatWasAsked() async throws {
      let place = try ScratchPlace()
      let (process, port) = try await ServeProcess.serve(place, "--shop", "shop")
      let client = HTTPCaller(port: port)
      try await client.count("a", 1_000_000)
      let log = ClientLog()
      await withTaskGroup(of: Void.self) { group in
        for worker in 0..<8 {
          group.addTask {
            for number in 0... {
              let name = "h-\(worker)-\(number)"
              guard let answer = try? await client.hold("a", as: name) else { return }
              if answer.status == 201 { log.note(name, granted: true) }
              if log.granted.count == 100 { process.signal(SIGTERM) }
            }
          }
        }
      }
      #expect(await process.end() == 0)
      let (next, again) = try await ServeProcess.serve(place, "--shop", "shop")
      let reserved = try await HTTPCaller(port: again).get("/v1/stock/a/main").number("reserved")
      // Nobody was answered whose hold is not there; who was not answered may have one.
      #expect((reserved ?? 0) >= log.granted.count)
      next.signal(SIGINT)
      #expect(await next.end() == 0)
    }

    @Test func aRevokedKeyOpensNothing() async throws {
      let place = try ScratchPlace()
      let (good, bad) = (try await place.key("s", "read"), try await place.key("s", "read"))
      let (process, port) = try await ServeProcess.serve(place, "--keys", place.keys)
      #expect(try await HTTPCaller(port: port, token: bad).get("/v1/stock/a").status == 404)
      let id = bad.split(separator: "_")[1]
      let revoked = try await Holdfast.run("key", "revoke", "--keys", place.keys, String(id), in: place)
      #expect(revoked.code == 0)
      // However long the file's watch takes.
      while try await HTTPCaller(port: port, token: bad).get("/v1/stock/a").status != 401 {
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(try await HTTPCaller(port: port, token: good).get("/v1/stock/a").status == 404)
      let list = try await Holdfast.run("key", "list", "--keys", place.keys, in: place)
      #expect(list.out.split(separator: "\n").map { $0.contains("revoked") } == [false, true])
      #expect(!list.out.contains(good.suffix(64)))
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
    }

    @Test func whatItRefusesToStartWith() async throws {
      let place = try ScratchPlace()
      let open = try await Holdfast.run("serve", "--data", place.data, "--listen", "0.0.0.0:0", in: place)
      #expect(open.code == 64)
      #expect(open.errors.contains("name the --keys"))
      let missing = try await Holdfast.run("serve", "--data", place.data, "--keys", place.keys, in: place)
      #expect(missing.code == 1)
      #expect(missing.errors.contains("cannot be read"))
      let scope = try await Holdfast.run(
        "key", "create", "--keys", place.keys, "--shop", "s", "--scope", "write", in: place)
      #expect(scope.code == 64)
      #expect(!FileManager.default.fileExists(atPath: place.data))
    }

    @Test func theKeyFileIsItsOwnersAlone() async throws {
      let place = try ScratchPlace()
      _ = try await place.key("s", "read")
      let mode = try FileManager.default.attributesOfItem(atPath: place.keys)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      // A link is as open as what it leads to, whatever its own mode says.
      try FileManager.default.createSymbolicLink(atPath: place.path + "/link", withDestinationPath: place.keys)
      #expect(try await Holdfast.run("key", "list", "--keys", place.path + "/link", in: place).code == 0)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place.keys)
      for command in [["key", "list"], ["serve", "--data", place.data]] {
        let process = try ServeProcess(command + ["--keys", place.keys], in: place)
        #expect(await process.end() == 1)
        #expect(try process.text(of: process.errors).contains("chmod 600"))
      }
    }

    @Test func aKeyIsRotated() async throws {
      let place = try ScratchPlace()
      let made = try await Holdfast.run(
        "key", "create", "--keys", place.keys, "--shop", "s", "--scope", "read", "--scope", "publish", "--rate", "5",
        "--holds-max", "9", in: place)
      let old = made.out.trimmingCharacters(in: .whitespacesAndNewlines)
      let id = String(old.split(separator: "_")[1])
      let rotated = try await Holdfast.run("key", "rotate", id, "--keys", place.keys, "--overlap", "1h", in: place)
      #expect(rotated.code == 0)
      #expect(rotated.errors.contains("\(id) ends at "))
      let new = rotated.out.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(new != old)
      let list = try await Holdfast.run("key", "list", "--keys", place.keys, "--json", in: place)
      let keys = try #require(try JSONSerialization.jsonObject(with: Data(list.out.utf8)) as? [[String: Any]])
      #expect(keys.map { $0["state"] as? String } == ["ending", "good"])
      #expect(keys.map { $0["rate"] as? Int } == [5, 5])
      #expect(keys.map { $0["scopes"] as? [String] } == [["read", "publish"], ["read", "publish"]])
      let (process, port) = try await ServeProcess.serve(place, "--keys", place.keys)
      for token in [old, new] {
        #expect(try await HTTPCaller(port: port, token: token).get("/v1/stock/a").status == 404)
      }
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
      _ = try await Holdfast.run("key", "revoke", id, "--keys", place.keys, in: place)
      let ended = try await Holdfast.run("key", "rotate", id, "--keys", place.keys, in: place)
      #expect(ended.code == 1)
      #expect(ended.errors.contains("not good any more"))
    }
  }
}

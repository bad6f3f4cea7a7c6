import Foundation
import RedisRig
import Testing

extension NodeTests {
  @Suite("The other commands on a Redis") struct StoreCommandTests {
    /// Holds and releases of a few SKUs by several clients at once: a journal of many records.
    private func fill(_ ring: NodeRing, skus: [String], holds: Int) async throws {
      for sku in skus { #expect(try await ring.settle(.count(sku, 100_000)).isAccepted) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<8 {
          group.addTask {
            for number in 0..<holds / 8 {
              let sku = skus[(client + number) % skus.count]
              let answer = try await ring.settle(.hold(sku, "h-\(client)-\(number)"))
              #expect(answer.isAccepted)
            }
          }
        }
        try await group.waitForAll()
      }
    }

    private func verified(_ place: String...) async throws -> [String: Any] {
      let run = try await Holdfast.start(["verify", "--json"] + place).end()
      #expect(run.ending == .exited(0), "\(run.out)\(run.errors)")
      return run.objects.last ?? [:]
    }

    private func digest(_ found: [String: Any]) -> String { found["digestFromZero"] as? String ?? "none" }

    @Test("verify, show, export and tail while nodes write: whole as of when they looked, and nothing is claimed")
    func whileNodesWrite() async throws {
      let redis = try await RedisServer.start()
      let ring = try await NodeRing.start(2, on: redis.address)
      let skus = skus(2, homeOf: 1, of: 2) + skus(2, homeOf: 2, of: 2)
      let following = try Holdfast.start(["tail", "--store", ring.store, "--follow"])
      async let filled: Void = fill(ring, skus: skus, holds: 800)
      for _ in 0..<2 {
        let found = try await verified("--store", ring.store)
        #expect(found["whole"] as? Bool == true)
      }
      try await filled
      let show = try await Holdfast.run("show", "shop/\(skus[0])/main", "--store", ring.store, "--json")
      let shown = try await ring.settle(.stock(skus[0]))
      #expect(show.objects.last?["availableToSell"] as? Int == shown.availableToSell.map { Int($0) }, "\(show.errors)")
      #expect(show.objects.last?["entry"] as? String == shown.entry)
      let export = try await Holdfast.run("export", "--store", ring.store)
      let lines = export.out.split(whereSeparator: \.isNewline)
      #expect(lines.count == 5 && lines[1].hasPrefix("shop,\(skus.sorted()[0]),main,100000,"), "\(export.out)")
      #expect(try await ring.settle(.hold(skus[0], "last")).isAccepted)
      try await until("tail has followed") { following.written.contains(#""reservation":"last""#) }
      following.signal(SIGTERM)
      let followed = try await following.end()
      #expect(followed.ending == .exited(143), "\(followed.errors)")
      #expect(followed.objects.count { $0["kind"] as? String == "held" } == 801)
      for node in ring.all { #expect(node.owned == ring.home(of: node.number)) }
    }

    @Test("import makes the journal and hands its shards back; a node goes on from there")
    func imported() async throws {
      let redis = try await RedisServer.start()
      let file = ScratchFile()
      let rows = (0..<300).map { "shop,sku-\($0),main,\($0 + 1),2025-11-23T08:00:00Z,erp\n" }
      try ("shop,sku,location,units,as_of,source\n" + rows.joined())
        .write(toFile: file.path, atomically: true, encoding: .utf8)
      let refused = try await Holdfast.run("import", file.path, "--store", redis.address)
      #expect(refused.ending == .exited(1))
      #expect(refused.errors.contains("--create makes one"), "\(refused.errors)")
      for attempt in ["--create", "--json"] {
        let run = try await Holdfast.run("import", file.path, "--store", redis.address, attempt)
        #expect(run.ending == .exited(0), "\(run.errors)")
      }
      let ring = try await NodeRing.start(1, on: redis.address)
      #expect(await ring[1].ask(.stock("sku-41"))?.availableToSell == 42)
      let found = try await verified("--store", redis.address)
      #expect(found["keys"] as? Int == 300)
    }

    @Test("copied to a directory and on to another Redis, and back: each the same to the byte, and each can be used")
    func copied() async throws {
      let (redis, other) = (try await RedisServer.start(), try await RedisServer.start())
      let directory = ScratchFile().path
      defer { try? FileManager.default.removeItem(atPath: directory) }
      let ring = try await NodeRing.start(1, on: redis.address)
      try await fill(ring, skus: skus(6, homeOf: 1, of: 1), holds: 400)
      // While the node lives: a copy of what there is now.
      let toDirectory = try await Holdfast.run("copy", "--from", redis.address, "--to", directory)
      #expect(toDirectory.ending == .exited(0), "\(toDirectory.out)\(toDirectory.errors)")
      let toRedis = try await Holdfast.run("copy", "--from", directory, "--to", other.address, "--create")
      #expect(toRedis.ending == .exited(0), "\(toRedis.out)\(toRedis.errors)")
      let digests = [
        digest(try await verified("--store", redis.address)), digest(try await verified("--data", directory)),
        digest(try await verified("--store", other.address)),
      ]
      #expect(Set(digests).count == 1 && digests[0] != "none", "\(digests)")
      // Its records name another's claims; a node goes on behind them all the same.
      let second = try await NodeRing.start(1, on: other.address)
      #expect(await second[1].ask(.hold("sku-0", "h-new"))?.isAccepted == true)
      #expect(await second[1].ask(.hold("sku-0", "h-0-0"))?.duplicate == true)
      // Now each goes its own way, and a copy over the other is refused, whichever way it goes.
      for (from, to) in [(redis.address, other.address), (other.address, redis.address), (other.address, directory)] {
        let refused = try await Holdfast.run("copy", "--from", from, "--to", to)
        #expect(refused.ending == (to == directory ? .exited(0) : .exited(1)), "\(from) \(to): \(refused.errors)")
      }
    }

    @Test("a copy that was killed in its middle goes on where it stopped, and ends equal; a wrong target is refused")
    func copyKilled() async throws {
      let redis = try await RedisServer.start()
      let ring = try await NodeRing.start(1, on: redis.address)
      // One SKU: each record is a commit of its own, here and in the copy.
      try await fill(ring, skus: ["sku-0"], holds: 1_600)
      ring[1].terminate()
      #expect(try await ring[1].end() == .exited(143))
      let whole = try await verified("--store", redis.address)
      let target = try await killedInItsMiddle(copying: redis.address, of: whole["entries"] as? Int ?? 0)
      let stranger = try await RedisServer.start()
      let made = try await NodeRing.start(1, on: stranger.address)
      #expect(await made[1].ask(.count("sku-0", 1))?.isAccepted == true)
      let refused = try await Holdfast.run("copy", "--from", stranger.address, "--to", target.address)
      #expect(refused.ending == .exited(1))
      #expect(refused.errors.contains("the target holds another journal"), "\(refused.errors)")
      let finished = try await Holdfast.run("copy", "--from", redis.address, "--to", target.address)
      #expect(finished.ending == .exited(0), "\(finished.out)\(finished.errors)")
      #expect(digest(try await verified("--store", target.address)) == digest(whole))
    }

    /// Kills a copy a little later each time, until one ends between its beginning and its end.
    private func killedInItsMiddle(copying source: String, of total: Int) async throws -> RedisServer {
      for attempt in 1...40 {
        let target = try await RedisServer.start()
        let copying = try Holdfast.start(["copy", "--from", source, "--to", target.address, "--create"])
        try await pause(50 * attempt)
        copying.signal(SIGKILL)
        guard try await copying.end().ending == .killed(SIGKILL) else { break }
        let run = try await Holdfast.run("verify", "--store", target.address, "--json")
        if let entries = run.objects.last?["entries"] as? Int, (1..<total).contains(entries) { return target }
      }
      throw NeverHappened(what: "a copy killed in its middle")
    }
  }
}

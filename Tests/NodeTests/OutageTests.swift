import Foundation
import RedisRig
import Testing

extension NodeTests {
  @Suite("Redis away, emptied, or with a password") struct OutageTests {
    @Test("a frozen Redis: one hold is unknown, the next are refused at once, reads go on, and so does all afterwards")
    func frozen() async throws {
      let redis = try await RedisServer.start()
      let ring = try await NodeRing.start(1, on: redis.address, lease: 30_000)
      let node = ring[1]
      #expect(await node.ask(.count("a", 10))?.isAccepted == true)
      #expect(await node.ask(.hold("a", "h1", 2))?.isAccepted == true)
      redis.pause()
      #expect(await node.ask(.hold("a", "h2", 3))?.answer == "unknown")
      for _ in 0..<3 {
        let refused = await node.ask(.hold("a", "h3", 1))
        #expect(refused?.reason == "storeUnavailable")
        #expect(refused?.retryAfter == 1_000)
        let stock = await node.ask(.stock("a"))
        #expect(stock?.availableToSell == 8)
        #expect(stock?.reserved == 2)
        #expect((stock?.age ?? 0) > 0)
      }
      redis.resume()
      try await until("holds are taken again") { await node.ask(.hold("a", "h4", 1))?.isAccepted == true }
      let again = await node.ask(.hold("a", "h2", 3))
      #expect(again?.isAccepted == true)
      let stock = await node.ask(.stock("a"))
      #expect(stock?.availableToSell == 4)
      #expect(stock?.age == 0)
    }

    @Test("FLUSHALL: a node that only looks on ends with one clear line, and none starts again at nothing")
    func emptiedUnderAnIdleNode() async throws {
      let redis = try await RedisServer.start()
      let ring = try await NodeRing.start(1, on: redis.address)
      try redis.ask("FLUSHALL")
      #expect(try await ring[1].end() == .exited(1))
      try checkEmptied(ring[1])
      try ring.restart(1)
      #expect(try await ring[1].end() == .exited(1))
      #expect(ring[1].complaints.count == 1)
      #expect(ring[1].complaints.last?.contains("there is no journal in this Redis") == true, "\(ring[1].complaints)")
    }

    @Test("FLUSHALL under a node that writes: nothing is acknowledged any more, and it ends with one clear line")
    func emptiedUnderLoad() async throws {
      let redis = try await RedisServer.start()
      let ring = try await NodeRing.start(1, on: redis.address)
      let node = ring[1]
      #expect(await node.ask(.count("a", 1_000_000))?.isAccepted == true)
      let late = try await withThrowingTaskGroup(of: Int.self) { group in
        let isEmptied = ScratchFlag()
        for client in 0..<4 {
          group.addTask {
            var late = 0
            for number in 0... {
              let wasEmptied = isEmptied.isRaised
              guard let answer = await node.ask(.hold("a", "h-\(client)-\(number)")) else { break }
              if wasEmptied && answer.isAccepted { late += 1 }
            }
            return late
          }
        }
        try await Task.sleep(for: .milliseconds(100))
        try redis.ask("FLUSHALL")
        isEmptied.raise()
        return try await group.reduce(0, +)
      }
      #expect(late == 0)
      #expect(try await node.end() == .exited(1))
      try checkEmptied(node)
    }

    private func checkEmptied(_ node: NodeProcess) throws {
      let lines = node.complaints
      #expect(lines.count == 1, "\(lines)")
      #expect(lines.last?.contains("was emptied") == true, "\(lines)")
      #expect(lines.last?.contains("restore it from a copy") == true, "\(lines)")
    }

    @Test("a password: without it a node does not start, with it it does")
    func password() async throws {
      let redis = try await RedisServer.start("requirepass secret")
      let refused = try NodeProcess(1, ["--store", redis.address, "--create"])
      #expect(try await refused.end() == .exited(1))
      #expect(refused.complaints.last?.contains("NOAUTH") == true, "\(refused.complaints)")
      let wrong = try NodeProcess(1, ["--store", redis.address, "--create"], environment: ["REDIS_PASSWORD": "guess"])
      #expect(try await wrong.end() == .exited(1))
      #expect(wrong.complaints.allSatisfy { !$0.contains("guess") }, "\(wrong.complaints)")
      let ring = try await NodeRing.start(1, on: redis.address, environment: ["REDIS_PASSWORD": "secret"])
      #expect(await ring[1].ask(.count("a", 1))?.isAccepted == true)
    }
  }
}

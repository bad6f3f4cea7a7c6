import Foundation
import RedisRig
import Testing

extension NodeTests {
  @Suite("Who owns what") struct TakeoverTests {
    @Test("two nodes share the shards evenly, and name each other")
    func evenly() async throws {
      let redis = try await RedisServer.start()
      let ring = try await NodeRing.start(2, on: redis.address)
      #expect(ring[1].owned.count == 128 && ring[2].owned.count == 128)
      let (here, there) = (skus(1, homeOf: 1, of: 2)[0], skus(1, homeOf: 2, of: 2)[0])
      #expect(await ring[1].ask(.count(here, 5))?.isAccepted == true)
      #expect(await ring[1].ask(.hold(here, "r1", 2))?.availableToSell == 3)
      for ask in [Ask.count(there, 5), .hold(there, "r2"), .release(there, "r2"), .stock(there)] {
        let answer = await ring[1].ask(ask)
        #expect(answer?.isElsewhere == true)
      }
      // The address is what the last look at Redis said.
      try await until("node 1 names node 2") { await ring[1].ask(.hold(there, "r2"))?.owner == "node 2" }
      try await until("node 2 names node 1") { await ring[2].ask(.stock(here))?.owner == "node 1" }
      #expect(await ring[2].ask(.stock(there))?.availableToSell == 0)
    }

    @Test("kill -9: the other takes over what was acknowledged, and gives it back when the first is there again")
    func killed() async throws {
      let redis = try await RedisServer.start()
      let ring = try await NodeRing.start(2, on: redis.address)
      let names = skus(4, homeOf: 2, of: 2)
      for name in names {
        #expect(await ring[2].ask(.count(name, 10))?.isAccepted == true)
        #expect(await ring[2].ask(.hold(name, "held-\(name)", 3))?.isAccepted == true)
        #expect(await ring[2].ask(.hold(name, "sold-\(name)", 2))?.isAccepted == true)
        #expect(await ring[2].ask(.confirm(name, "sold-\(name)", as: "order-\(name)"))?.isAccepted == true)
      }
      ring[2].kill()
      try await until("node 1 owns all") { ring[1].owned.count == 256 }
      for name in names {
        let stock = await ring[1].ask(.stock(name))
        #expect(stock?.availableToSell == 5)
        #expect(stock?.reserved == 3)
        #expect(await ring[1].ask(.hold(name, "held-\(name)", 3))?.duplicate == true)
        #expect(await ring[1].ask(.release(name, "held-\(name)"))?.availableToSell == 8)
      }
      try ring.restart(2)
      try await ring.settled()
      for name in names {
        #expect(await ring[1].ask(.stock(name))?.isElsewhere == true)
        #expect(await ring[2].ask(.stock(name))?.availableToSell == 8)
      }
    }

    @Test("SIGTERM: shards are handed over, nothing is lost, and the code says that it was asked to end")
    func terminated() async throws {
      let redis = try await RedisServer.start()
      // A lease so long that only a hand-over can be seen within the test's patience.
      let ring = try await NodeRing.start(2, on: redis.address, lease: 300_000)
      let name = skus(1, homeOf: 1, of: 2)[0]
      #expect(await ring[1].ask(.count(name, 1_000))?.isAccepted == true)
      let (first, second) = (ring[1], ring[2])
      let accepted = await withTaskGroup(of: [String].self) { group in
        for client in 0..<4 {
          group.addTask {
            var accepted: [String] = []
            for number in 0..<200 {
              let answer = await first.ask(.hold(name, "h-\(client)-\(number)"))
              if answer?.isAccepted ?? false { accepted.append("h-\(client)-\(number)") }
              if answer == nil || answer?.reason == "stopping" { break }
            }
            return accepted
          }
        }
        group.addTask {
          try? await Task.sleep(for: .milliseconds(50))
          first.terminate()
          return []
        }
        return await group.reduce(into: []) { $0 += $1 }
      }
      #expect(try await first.end() == .exited(143))
      try await until("node 2 owns all") { second.owned.count == 256 }
      #expect(await second.ask(.stock(name))?.reserved == Int64(accepted.count))
      for id in accepted { #expect(await second.ask(.hold(name, id))?.duplicate == true) }
    }

    @Test("one of three dies: its shards go to both others")
    func oneOfThree() async throws {
      let redis = try await RedisServer.start()
      let ring = try await NodeRing.start(3, on: redis.address)
      ring[3].kill()
      try await until("all is owned by two") { ring[1].owned.count + ring[2].owned.count == 256 }
      for number in [1, 2] {
        #expect(ring[number].owned.isSuperset(of: ring.home(of: number)))
        #expect(ring[number].owned.intersection(ring.home(of: 3)).count >= 40)
      }
      try ring.restart(3)
      try await ring.settled()
    }

    @Test(
      "frozen beyond its lease, and taken over: awake again it sends its clients away, and shows nothing as current")
    func zombie() async throws {
      let redis = try await RedisServer.start()
      let ring = try await NodeRing.start(2, on: redis.address, lease: 1_000)
      let name = skus(1, homeOf: 2, of: 2)[0]
      #expect(await ring[2].ask(.count(name, 10))?.isAccepted == true)
      ring[2].pause()
      try await until("node 1 owns all") { ring[1].owned.count == 256 }
      #expect(await ring[1].ask(.hold(name, "h1", 9))?.availableToSell == 1)
      // These stand in its pipe when it wakes.
      let zombie = ring[2]
      async let read = zombie.ask(.stock(name))
      async let hold = zombie.ask(.hold(name, "h2", 9))
      try await Task.sleep(for: .milliseconds(50))
      zombie.resume()
      let (stock, held) = (await read, await hold)
      #expect(stock?.isElsewhere == true || (stock?.age ?? 0) > 0 || stock?.availableToSell == 1, "\(stock as Any)")
      #expect(held?.isAccepted == false, "\(held as Any)")
      #expect(try await ring.settle(.hold(name, "h2", 9)).reason == "insufficientStock")
      #expect(try await ring.settle(.stock(name)).availableToSell == 1)
      #expect(try await ring.settle(.hold(name, "h1", 9)).duplicate == true)
    }

    @Test("the last units, asked for at both nodes at once: never more are sold than there are")
    func soldOut() async throws {
      let redis = try await RedisServer.start()
      let ring = try await NodeRing.start(2, on: redis.address)
      let names = skus(3, homeOf: 1, of: 2) + skus(3, homeOf: 2, of: 2)
      for name in names { #expect(try await ring.settle(.count(name, 7)).isAccepted) }
      let accepted = await withTaskGroup(of: [String].self) { group in
        for client in 0..<8 {
          group.addTask {
            var accepted: [String] = []
            for round in 0..<3 {
              for name in names {
                // Half of them ask the wrong node first.
                let answer = await ring[1 + client % 2].ask(.hold(name, "h-\(client)-\(round)"))
                let last =
                  answer?.isElsewhere ?? true ? try? await ring.settle(.hold(name, "h-\(client)-\(round)")) : answer
                if last?.isAccepted ?? false { accepted.append(name) }
              }
            }
            return accepted
          }
        }
        return await group.reduce(into: []) { $0 += $1 }
      }
      for name in names { #expect(accepted.count { $0 == name } == 7) }
      let verified = try await Holdfast.run("verify", "--store", ring.store)
      #expect(verified.ending == .exited(0), "\(verified.out)\(verified.errors)")
    }
  }
}

import RedisJournal
import RedisRig
import StockJournal
import StockLedger
import Testing

extension RealServers {
  /// A journal closes whatever Redis does: with replies that may take ten minutes, a close that waits would not end.
  @Suite(.timeLimit(.minutes(1))) struct ClosingTests {
    private func patient(_ options: inout RedisJournal.Options) { options.replyTimeout = 600_000 }

    private func failure(_ work: @Sendable () async throws -> Void) async -> StoreFailure? {
      do {
        try await work()
        return nil
      } catch { return error as? StoreFailure }
    }

    @Test func whileACommitWaitsForAFrozenRedis() async throws {
      let server = try await RedisServer.start()
      var a = try await ShardScribe(try await server.journal(patient), nonce: 1)
      server.pause()
      let (journal, record) = (a.journal, a.next())
      async let failure = failure { _ = try await journal.append([record]) }
      try await Task.sleep(for: .milliseconds(50))
      try await journal.close()
      #expect(await failure?.isUnavailable == true)
      await #expect(throws: StoreFailure.self) { try await journal.close() }
    }

    @Test func whileItLogsInToAFrozenRedis() async throws {
      let server = try await RedisServer.start()
      let proxy = try FaultProxy(to: server.port)
      var a = try await ShardScribe(try await server.journal(through: proxy.port, patient), nonce: 1)
      server.pause()
      proxy.cutAll()
      let (journal, record) = (a.journal, a.next())
      async let failure = failure { _ = try await journal.append([record]) }
      try await until("a journal that waits") { await !journal.hasRoom }
      try await Task.sleep(for: .milliseconds(100))
      try await journal.close()
      #expect(await failure?.isUnavailable == true)
    }

    @Test func whileItReads() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal(patient)
      _ = try await journal.heads()
      server.pause()
      async let heads = failure { _ = try await journal.heads() }
      async let handovers = failure { _ = try await journal.handovers() }
      try await Task.sleep(for: .milliseconds(50))
      try await journal.close()
      #expect(await heads?.isUnavailable == true)
      #expect(await handovers?.isUnavailable == true)
    }

    @Test func whileItClaimsFromARedisThatIsAway() async throws {
      let server = try await RedisServer.start()
      let journal = try await server.journal()
      server.kill()
      async let failure = failure {
        _ = try await journal.claim([17], nonce: RecordNonce(first: 1, second: 1), at: ShardScribe.start)
      }
      try await until("a journal that waits") { await !journal.hasRoom }
      try await journal.close()
      #expect(await failure?.isUnavailable == true)
    }

    @Test func aReleaseThatRedisDoesNotHear() async throws {
      let server = try await RedisServer.start()
      let a = try await ShardScribe(try await server.journal(), nonce: 1)
      server.kill()
      await #expect(throws: StoreFailure.self) { try await a.journal.release([17]) }
      try await server.restart()
      // Once more is right: it is still ours to give.
      try await a.journal.release([17])
      _ = try await ShardScribe(try await server.journal(node: "b"), nonce: 2)
      try await a.journal.close()
    }
  }
}

extension StoreFailure {
  /// True where the store did not answer.
  var isUnavailable: Bool { if case .unavailable = self { true } else { false } }
}

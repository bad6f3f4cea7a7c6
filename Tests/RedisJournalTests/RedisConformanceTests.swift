import JournalConformance
import RedisJournal
import RedisRig
import StockJournal
import Testing

extension RealServers {
  /// What every store must do, on a real Redis.
  @Suite struct RedisConformanceTests {
    @Test(arguments: JournalConformance.Case.allCases)
    func conforms(_ name: JournalConformance.Case) async throws {
      let server = try await RedisServer.start()
      nonisolated(unsafe) let shared = server
      let open: @Sendable () async throws -> RedisJournal = {
        try await shared.journal { $0.archive = shared.directory + "/archive" }
      }
      let suite = JournalConformance(
        isShared: true, make: { try await open() },
        reopen: { store in
          try await store.release(Array(0..<256))
          try await store.close()
          return try await open()
        })
      try await suite.run(name)
    }
  }
}

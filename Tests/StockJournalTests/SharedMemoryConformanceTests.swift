import JournalConformance
import StockJournal
import Testing

@Suite struct SharedMemoryConformanceTests {
  @Test(arguments: JournalConformance.Case.allCases, [0, 2])
  func conforms(_ name: JournalConformance.Case, replicas: Int) async throws {
    let redis = SharedRedis(ModelledRedis(replicas: replicas)) { SampleLog.start }
    let open: @Sendable () -> SharedMemoryJournal = {
      SharedMemoryJournal(node: "a", on: redis, replicas: replicas) { _ in }
    }
    let suite = JournalConformance(
      isShared: true, make: { open() },
      reopen: { store in
        try await store.release(Array(0..<256))
        try await store.close()
        return open()
      })
    try await suite.run(name)
  }
}

import JournalConformance
import StockJournal
import Testing

@Suite struct MemoryConformanceTests {
  @Test(arguments: JournalConformance.Case.allCases)
  func conforms(_ name: JournalConformance.Case) async throws {
    let suite = JournalConformance(
      make: { MemoryJournal() },
      reopen: { store in
        let memory = try #require(store as? MemoryJournal)
        try await memory.close()
        return await memory.reopened()
      })
    try await suite.run(name)
  }
}

import RedisJournal
import StockJournal
import StockLedger
import Testing

/// What each error word of Redis means for an append, a claim and a renewal.
@Suite struct WordTests {
  /// What comes of a call to which Redis says a word once.
  enum Outcome: Hashable, Sendable {
    /// The same server is asked again.
    case askedAgain
    /// The other server is asked.
    case otherServer
    /// The scripts are loaded again, and the same server is asked.
    case scriptsLoaded
    /// Said to the caller: surely not written.
    case full
    /// As ``full``, for want of replicas.
    case unavailable
    /// The journal writes nothing any more.
    case ended
  }

  private static let words: [(String, Outcome)] = [
    ("LOADING", .askedAgain), ("BUSY", .askedAgain), ("TRYAGAIN", .askedAgain), ("CLUSTERDOWN", .askedAgain),
    ("MASTERDOWN", .otherServer), ("READONLY", .otherServer), ("MOVED", .otherServer), ("ASK", .otherServer),
    ("NOSCRIPT", .scriptsLoaded), ("OOM", .full), ("MISCONF", .full), ("NOREPLICAS", .unavailable), ("NOAUTH", .ended),
    ("NOPERM", .ended), ("WRONGTYPE", .ended), ("NEVERHEARD", .ended),
  ]

  @Test(arguments: words)
  func toAnAppend(_ word: String, _ expected: Outcome) async throws {
    let (first, second) = (try FakeStore(), try FakeStore())
    let journal = try await FakeStore.journal(on: first, second)
    var a = try await ShardScribe(journal, nonce: 1)
    let loads = first.loads
    first.say("\(word) and why", to: "append")
    let before = a
    switch expected {
    case .askedAgain, .otherServer, .scriptsLoaded: #expect(try await a.write() == .durable)
    case .full: #expect(try await a.write() == .failed(.full("\(word) and why")))
    case .unavailable: #expect(try await a.write() == .failed(.unavailable("\(word) and why")))
    case .ended: try await expectEnd(of: &a, word)
    }
    #expect(first.calls(of: "append") == (expected == .askedAgain || expected == .scriptsLoaded ? 2 : 1))
    #expect(second.calls(of: "append") == (expected == .otherServer ? 1 : 0))
    #expect(first.loads == loads + (expected == .scriptsLoaded ? 1 : 0))
    if expected == .full || expected == .unavailable {
      a = before
      #expect(try await a.write(count: 2) == .durable, "what was refused is not written: its shard goes on before it")
    }
    try await journal.close()
  }

  private func expectEnd(of a: inout ShardScribe, _ word: String) async throws {
    let failure = await #expect(throws: StoreFailure.self) { try await a.write() }
    #expect(failure?.description.contains("Redis said: \(word) and why;") == true)
    var losses = try #require(a.journal.losses).makeAsyncIterator()
    #expect(await losses.next() == [17])
    await #expect(throws: StoreFailure.self) { try await a.write() }
    await #expect(throws: StoreFailure.self) { _ = try await ShardScribe(a.journal, nonce: 2) }
  }

  @Test(arguments: words)
  func toAClaim(_ word: String, _ expected: Outcome) async throws {
    let (first, second) = (try FakeStore(), try FakeStore())
    let journal = try await FakeStore.journal(on: first, second)
    first.say("\(word) and why", to: "claim")
    let claim = { try await journal.claim([17], nonce: RecordNonce(first: 1, second: 1), at: ShardScribe.start)[0] }
    switch expected {
    case .askedAgain, .otherServer, .scriptsLoaded:
      guard case .granted(_, epoch: 1) = try await claim() else {
        Issue.record("not granted")
        return
      }
    case .full: #expect(try await claim() == .failed(.full("\(word) and why")))
    case .unavailable: #expect(try await claim() == .failed(.unavailable("\(word) and why")))
    case .ended: await #expect(throws: StoreFailure.self) { _ = try await claim() }
    }
    #expect(second.calls(of: "claim") == (expected == .otherServer ? 1 : 0))
    try await journal.close()
  }

  /// A renewal that is refused is asked for again at its next turn; nobody hears of it.
  @Test(arguments: words)
  func toARenewal(_ word: String, _ expected: Outcome) async throws {
    let (first, second) = (try FakeStore(), try FakeStore())
    let journal = try await FakeStore.journal(on: first, second) { $0.renewal = 60 }
    first.say("\(word) and why", to: "renew")
    var a = try await ShardScribe(journal, nonce: 1)
    if expected == .ended {
      var losses = try #require(journal.losses).makeAsyncIterator()
      #expect(await losses.next() == [17])
      await #expect(throws: StoreFailure.self) { try await a.write() }
    } else {
      // Each journal tries one when it is opened.
      let renewed = expected == .otherServer ? second : first
      try await until("the next renewal") { renewed.calls(of: "renew") >= (expected == .otherServer ? 1 : 3) }
      #expect(try await a.write() == .durable)
      #expect(journal.unconfirmedFor(shard: 17) == 0)
    }
    try await journal.close()
  }
}

import Foundation
import Synchronization
import Testing

extension ServiceDrillTests {
  /// kill -9 under load, again and again, over one journal.
  @Suite struct KillTests {
    /// What one client knows of its reservations: by the end, of every one.
    private struct Book {
      var held: Set<String> = []
      var sold: Set<String> = []
      /// What was asked when the service went away: nobody knows.
      var open: [(name: String, step: String)] = []
      /// Steps that were answered in this round.
      var answers = 0
    }

    private final class Books: Sendable {
      private let book = Mutex(Book())
      func note<Result>(_ change: (inout Book) -> Result) -> Result { book.withLock { change(&$0) } }
    }

    /// One step of a reservation's life; nil where no answer came.
    private static func step(_ name: String, _ step: String, _ client: HTTPCaller) async throws -> Int? {
      do {
        switch step {
        case "hold": return try await client.hold("a", as: name).status
        case "confirm":
          return try await client.post("/v1/holds/a/main/\(name)/confirm", #"{"claim":"o-\#(name)"}"#).status
        default: return try await client.post("/v1/holds/a/main/\(name)/release").status
        }
      } catch is HTTPCaller.Cut {
        return nil
      }
    }

    /// Notes an answer; how many there were in this round, nil where none came.
    private static func take(_ name: String, _ step: String, _ status: Int?, into books: Books) -> Int? {
      books.note { book in
        switch (step, status) {
        case (_, nil): book.open.append((name, step))
        case ("hold", 201): book.held.insert(name)
        case ("confirm", 200):
          book.held.remove(name)
          book.sold.insert(name)
        case ("release", 200): book.held.remove(name)
        default: Issue.record("\(step) of \(name) was answered \(status ?? 0)")
        }
        book.answers += 1
        return status == nil ? nil : book.answers
      }
    }

    /// Holds, and confirms or releases two of three, until the service is killed: by who hears the answer that does.
    private static func work(_ shop: Shop, _ books: Books, names: String, killsAfter limit: Int) async throws {
      for number in 0... {
        let name = "\(names)-\(number)"
        let steps = ["hold"] + [["confirm"], ["release"], []][number % 3]
        for step in steps {
          let status = try await Self.step(name, step, shop.client)
          guard let answers = take(name, step, status, into: books) else { return }
          if answers == limit { shop.process.signal(SIGKILL) }
        }
      }
    }

    /// Asks again what was left open, with the same names.
    private static func askAgain(_ client: HTTPCaller, _ books: Books) async throws {
      let left = books.note { book in
        defer { book.open = [] }
        return book.open
      }
      for (name, step) in left {
        let status = try await Self.step(name, step, client)
        let isAnswered = take(name, step, status, into: books) != nil
        #expect(isAnswered)
      }
      books.note { $0.answers = 0 }
    }

    @Test func tenKillsLoseAndDoubleNothing() async throws {
      let place = try ScratchPlace()
      let books = Books()
      for round in 0..<10 {
        let shop = try await ServiceDrillTests.open(place)
        let client = shop.client
        if round == 0 { try await client.count("a", 1_000_000) }
        try await Self.askAgain(client, books)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for worker in 0..<16 {
            group.addTask {
              try await Self.work(shop, books, names: "h-\(round)-\(worker)", killsAfter: 40 + round * 37)
            }
          }
          try await group.waitForAll()
        }
        #expect(await shop.process.end() == SIGKILL)
      }
      let shop = try await ServiceDrillTests.open(place)
      try await Self.askAgain(shop.client, books)
      let stock = try await shop.client.get("/v1/stock/a/main")
      #expect(stock.number("reserved") == books.note { $0.held.count })
      #expect(stock.number("open") == books.note { $0.sold.count })
      #expect(books.note { $0.sold.count } > 100)
      await shop.end()
    }
  }
}

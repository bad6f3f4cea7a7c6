import HTTPTypes
import InventoryEngine
import StockLedger

// What a key may ask and hold.
extension Call {
  /// Counts what a request asks for, beside the request itself.
  func spend(_ count: Int) throws(Problem) {
    if count > 0 { try caller.account?.spend(count, at: now) }
  }

  /// What the answer says of the key's rate.
  var rateFields: HTTPFields { caller.account?.fields(at: now) ?? [:] }

  /// A hold that a request wants.
  struct WantedHold: Sendable {
    let name: HoldBook.Name
    let units: Int64

    init(_ key: StockKey, _ id: ReservationID, units: Int64) {
      name = HoldBook.Name(key: key, id: id)
      self.units = units
    }

    /// The hold that a command wants; nil where it wants another thing.
    init?(_ keyed: KeyedCommand) {
      guard case .hold(let request) = keyed.command else { return nil }
      self.init(keyed.key, request.id, units: request.quantity.units)
    }
  }

  /// Counts holds before the engine is asked for them.
  ///
  /// - Returns: For each, whether the key's bounds leave room for it. What has room is settled when it is answered.
  func makeRoom(for wanted: [WantedHold]) async -> [Bool] {
    guard let book = caller.account?.holds else { return wanted.map { _ in true } }
    var hasRoom = wanted.map { book.count($0.name, units: $0.units) }
    guard hasRoom.contains(false), book.takeLook(at: now) else { return hasRoom }
    var left = book.answeredCount
    // The oldest first: they are the likeliest to have ended, and as soon as there is room nobody waits any longer.
    while left > 0, hasRoom.contains(false) {
      await look(at: book.nextToLookAt(Self.looksAtOnce), in: book)
      left -= Self.looksAtOnce
      for index in wanted.indices where !hasRoom[index] {
        hasRoom[index] = book.count(wanted[index].name, units: wanted[index].units)
      }
    }
    return hasRoom
  }

  /// Questions that wait for one sync together.
  private static let looksAtOnce = 1_024

  private func look(at names: [HoldBook.Name], in book: HoldBook) async {
    let engine = engine
    await withDiscardingTaskGroup { group in
      for name in names {
        group.addTask {
          let view = await engine.reservation(name.id, of: name.key)
          book.putBack(name, live: view.map { $0.reservation?.live ?? 0 })
        }
      }
    }
  }

  /// Notes how holds that had room were answered.
  func settle(_ wanted: WantedHold, mayBeLive: Bool) {
    caller.account?.holds?.settle(wanted.name, units: wanted.units, mayBeLive: mayBeLive)
  }

  /// Asks for something that holds, where the key's bounds leave room for all of it.
  func holding<Answer>(_ wanted: [WantedHold], _ ask: () async throws -> (answer: Answer, mayBeLive: Bool)) async throws
    -> Answer
  {
    let hasRoom = await makeRoom(for: wanted)
    guard hasRoom.allSatisfy(\.self) else {
      for (hold, hasRoom) in zip(wanted, hasRoom) where hasRoom { settle(hold, mayBeLive: false) }
      throw Problem.tooManyHolds(caller.account?.limits ?? KeyLimits())
    }
    let (answer, mayBeLive) = try await ask()
    for hold in wanted { settle(hold, mayBeLive: mayBeLive) }
    return answer
  }
}

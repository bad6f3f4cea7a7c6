import StockJournal
import StockLedger
import Synchronization
import Tracing

/// Dispatches batches to keepers: one hop per key and batch, admission before each hop, answers after durability.
final class StockRouter: Sendable {
  let directory: KeeperDirectory
  let committer: GroupCommitter
  let clock: any EngineClock
  let settings: EngineSettings
  private let tracer: (any Tracer)?
  private let inFlight = InFlightCount()
  private let isStopping = Atomic<Bool>(false)
  /// Until when new holds are refused because a commit failed, in milliseconds; 0 = they are not.
  private let holdsRefusedUntil = Atomic<Int64>(0)

  init(
    directory: KeeperDirectory, committer: GroupCommitter, clock: any EngineClock, settings: EngineSettings,
    tracer: (any Tracer)?
  ) {
    self.directory = directory
    self.committer = committer
    self.clock = clock
    self.settings = settings
    self.tracer = tracer
  }

  // MARK: Admission

  /// Admits so many commands of a caller, or says why not.
  func enter(_ count: Int) -> Refusal? {
    if isStopping.load(ordering: .relaxed) { return .stopping }
    return inFlight.enter(count, max: settings.inFlightMax)
      ? nil : .overloaded(retryAfter: settings.overloadedRetryAfter)
  }

  func leave(_ count: Int) { inFlight.leave(count) }

  /// Commands in flight.
  var inFlightCount: Int { inFlight.current }

  func stopAdmitting() { isStopping.store(true, ordering: .relaxed) }

  /// While the store takes no entries, or has room only for what frees stock, new holds are refused; ends go on.
  var isRefusingHolds: Bool { holdsRefusedUntil.load(ordering: .relaxed) > 0 }

  /// Why a hold is refused now, in the order of precedence.
  private func holdRefusal(of key: StockKey) -> Refusal {
    directory.isElsewhere(shard: key.shard)
      ? .elsewhere(shard: UInt8(key.shard)) : .storeUnavailable(retryAfter: settings.storeRetryAfter)
  }

  /// True where holds have been refused for so long that the store is asked again.
  var isTimeToAdmitHolds: Bool {
    let until = holdsRefusedUntil.load(ordering: .relaxed)
    return until > 0 && clock.now.milliseconds >= until
  }

  /// A commit failed: new holds wait for ``EngineSettings/storeRetryAfter`` at least.
  func refuseHolds() {
    holdsRefusedUntil.store((clock.now + settings.storeRetryAfter).milliseconds, ordering: .relaxed)
  }

  /// The store is away: new holds wait until it goes on, however long that is.
  func refuseHoldsWhileAway() { holdsRefusedUntil.store(.max, ordering: .relaxed) }

  /// The store goes on: the next look at it may admit holds again.
  func endAway() {
    let now = clock.now.milliseconds
    _ = holdsRefusedUntil.compareExchange(expected: .max, desired: now, ordering: .relaxed)
  }

  /// The store has room again.
  func admitHolds() { holdsRefusedUntil.store(0, ordering: .relaxed) }

  // MARK: Dispatch

  /// What a dispatch gives back: answers that may leave after `commit`.
  struct Dispatch: Sendable {
    var answers: [Answer]
    var commit: UInt64
    var failuresBefore: UInt64
  }

  /// Takes commands to their keepers. Without admission of the whole batch: the caller has done that.
  ///
  /// - Parameters:
  ///   - commands: Each for the key that decides it.
  ///   - inKeyOrder: True for a cart's lines.
  ///   - span: What the turns are steps of, where somebody traces.
  private func dispatch(
    _ commands: [KeyedCommand], inKeyOrder: Bool, within span: EngineSpan?
  ) async -> Dispatch {
    let failuresBefore = committer.tenures.failureCount
    var dispatch = Dispatch(
      answers: Array(repeating: .unknown, count: commands.count), commit: 0, failuresBefore: failuresBefore)
    let holdsRefused = isRefusingHolds
    if holdsRefused {
      for index in commands.indices where commands[index].command.takesStock {
        dispatch.answers[index] = .refused(holdRefusal(of: commands[index].key))
      }
    }
    var groups = BatchGroups(commands) { holdsRefused && commands[$0].command.takesStock }
    if inKeyOrder { groups.sortByKey(commands) } else { groups.sortByShard(commands) }
    let makesClaims = commands.contains { $0.command.claimMade != nil }
    let now = clock.now
    var shops = ShopAdmission(count: commands.count, limit: settings.inFlightPerShopMax)
    for (place, group) in groups.groups.enumerated() {
      let first = Int(group.first)
      let key = commands[first].key
      var isOpen = true
      while isOpen && !committer.isAbandoned {
        guard let keeper = await keeper(for: key) else {
          forEach(first, groups.next) { dispatch.answers[$0] = .refused(.elsewhere(shard: UInt8(key.shard))) }
          break
        }
        guard !committer.logs[key.shard].isCrowded, shops.admits(keeper.shop),
          keeper.inFlight.enter(Int(group.count), max: settings.inFlightPerKeyMax)
        else {
          let refusal = Answer.refused(.overloaded(retryAfter: settings.overloadedRetryAfter))
          forEach(first, groups.next) { dispatch.answers[$0] = refusal }
          break
        }
        // Again after a reload, which starts the item's index anew.
        if makesClaims { await noteClaims(first, groups.next, of: commands, with: keeper) }
        let hop = place < EngineSpan.turnsMax ? span?.turn(key) : nil
        if group.count == 1 {
          if let turn = await keeper.turn(commands[first].command, now: now) {
            dispatch.answers[first] = turn.content
            dispatch.commit = max(dispatch.commit, turn.commit)
            isOpen = false
          }
        } else if let turn = await keeper.turn(
          commands, first: first, next: groups.next, count: Int(group.count), now: now)
        {
          var place = first
          for answer in turn.content {
            dispatch.answers[place] = answer
            place = Int(groups.next[place])
          }
          dispatch.commit = max(dispatch.commit, turn.commit)
          isOpen = false
        }
        hop?.end()
        keeper.inFlight.leave(Int(group.count))
      }
    }
    shops.leave()
    committer.kick()
    return dispatch
  }

  /// The keeper of a key, without a wait where there is none to be had. Nil where its shard lives elsewhere.
  @inline(__always)
  private func keeper(for key: StockKey) async -> StockKeeper? {
    if let found = directory.find(key) { return found }
    return await directory.keeper(for: key)
  }

  private func forEach(_ first: Int, _ next: [Int32], _ body: (Int) -> Void) {
    var place = first
    while place >= 0 {
      body(place)
      place = Int(next[place])
    }
  }

  /// Says to the item where the group's new claims will live, before the commands are passed on.
  private func noteClaims(
    _ first: Int, _ next: [Int32], of commands: [KeyedCommand], with keeper: StockKeeper
  ) async {
    let key = keeper.key
    if next[first] < 0 {
      guard let claim = commands[first].command.claimMade else { return }
      let item = keeper.itemKeeper(in: directory)
      while await !item.note(claim, at: key) { await build(item, of: key) }
      return
    }
    var claims: [ClaimID] = []
    forEach(first, next) { if let claim = commands[$0].command.claimMade { claims.append(claim) } }
    if claims.isEmpty { return }
    let item = keeper.itemKeeper(in: directory)
    while await !item.note(claims, at: key) { await build(item, of: key) }
  }

  func build(_ item: ItemKeeper, of key: StockKey) async {
    var keepers: [StockKeeper] = []
    for location in directory.locations(of: key.item) {
      if let keeper = await directory.keeper(for: location) { keepers.append(keeper) }
    }
    await item.build(from: keepers)
  }

  // MARK: Durability

  /// Waits until a dispatch may be answered; answers of shards that lost entries meanwhile, those that the store keeps
  /// waiting for too long, and those that memory alone gave although another node may know better, become unknown.
  private func settle(
    _ dispatch: consuming Dispatch, of commands: [KeyedCommand], within span: EngineSpan?
  ) async -> [Answer] {
    let wait = span?.step("journal.commit")
    let isOver = await committer.wait(for: dispatch.commit)
    wait?.end()
    if committer.isAbandoned { return Array(repeating: .unknown, count: commands.count) }
    if !isOver { return dispatch.answers.map(\.withoutDurability) }
    var answers = dispatch.answers
    if committer.tenures.failureCount != dispatch.failuresBefore {
      for index in commands.indices {
        answers[index] = committer.tenures.verdict(
          on: answers[index], shard: commands[index].key.shard, since: dispatch.failuresBefore)
      }
    }
    for index in commands.indices { answers[index] = current(answers[index], shard: commands[index].key.shard) }
    return answers
  }

  /// What an answer is worth that wrote no entry, a refusal or a repeated one: it shows what memory says, and a node
  /// that slept through its lease does not know yet what the next owner has written since.
  private func current(_ answer: Answer, shard: Int) -> Answer {
    if let receipt = answer.receipt, !receipt.isDuplicate { return answer }
    return committer.isConfirmed(shard: shard) ? answer : answer.withoutDurability
  }

  /// Dispatches and settles.
  func run(_ commands: [KeyedCommand], inKeyOrder: Bool = false) async -> [Answer] {
    if commands.isEmpty { return [] }
    let span = EngineSpan.start("engine.submit", with: tracer, commands: commands.count)
    defer { span?.end() }
    let dispatch = await dispatch(commands, inKeyOrder: inKeyOrder, within: span)
    return await settle(dispatch, of: commands, within: span)
  }

  /// One command, without the batch's arrays.
  func run(_ command: KeyedCommand) async -> Answer {
    let span = EngineSpan.start("engine.submit", with: tracer, commands: 1)
    defer { span?.end() }
    let failuresBefore = committer.tenures.failureCount
    if isRefusingHolds && command.command.takesStock {
      return .refused(holdRefusal(of: command.key))
    }
    while !committer.isAbandoned {
      guard let keeper = await keeper(for: command.key) else {
        return .refused(.elsewhere(shard: UInt8(command.key.shard)))
      }
      var shop = ShopAdmission(count: 1, limit: settings.inFlightPerShopMax)
      guard !committer.logs[command.key.shard].isCrowded, shop.admits(keeper.shop),
        keeper.inFlight.enter(1, max: settings.inFlightPerKeyMax)
      else {
        shop.leave()
        return .refused(.overloaded(retryAfter: settings.overloadedRetryAfter))
      }
      defer {
        keeper.inFlight.leave(1)
        shop.leave()
      }
      if let claim = command.command.claimMade {
        let item = keeper.itemKeeper(in: directory)
        while await !item.note(claim, at: command.key) { await build(item, of: command.key) }
      }
      let hop = span?.turn(command.key)
      let turn = await keeper.turn(command.command, now: clock.now)
      hop?.end()
      guard let turn else { continue }
      committer.kick()
      let wait = span?.step("journal.commit")
      let isOver = await committer.wait(for: turn.commit)
      wait?.end()
      if committer.isAbandoned { return .unknown }
      if !isOver { return turn.content.withoutDurability }
      let shard = command.key.shard
      if committer.tenures.failureCount == failuresBefore { return current(turn.content, shard: shard) }
      return current(committer.tenures.verdict(on: turn.content, shard: shard, since: failuresBefore), shard: shard)
    }
    return .unknown
  }
}

extension Answer {
  /// What may be said while the commit that the answer waits for is not over: only what the engine itself refused
  /// reflects no entry.
  var withoutDurability: Answer {
    switch self {
    case .refused(.elsewhere), .refused(.overloaded), .refused(.storeUnavailable), .refused(.stopping): self
    default: .unknown
    }
  }
}

extension Command {
  /// True for what takes stock: refused first when the store takes no entries.
  var takesStock: Bool {
    switch self {
    case .hold, .cart(.prepare): true
    default: false
    }
  }

  /// The claim that the command may make at its key.
  var claimMade: ClaimID? {
    switch self {
    case .confirm(let request): request.claim
    case .report(let report):
      switch report.body {
      case .demand(let demand): demand.claim
      case .stage(let stage): stage.claim
      case .move(let move): move.direction == .arrives ? move.claim : nil
      case .lineState(let state): state.claim
      default: nil
      }
    case .cart(.endLine(_, .confirm, let claim)): claim?.claim
    default: nil
    }
  }
}

import StockLedger

/// Commands that take more than one keeper: reports that name a claim, configuration, and what an item's own rules
/// touch.
extension InventoryEngine {
  /// True where one hop to the command's key is not all.
  func needsRouting(_ command: KeyedCommand) -> Bool {
    switch command.command {
    case .report(let report): report.claimNamed != nil
    case .setPolicy, .setScope: true
    case .hold, .confirm, .release, .extend, .correct: policies.hasItemRules && policies.hasRules(itemOf: command.key)
    default: false
    }
  }

  /// Takes a batch in which some commands need routing: runs of commands that do not are dispatched as they are.
  func submitRouted(_ commands: [KeyedCommand]) async -> [Answer] {
    var answers: [Answer] = []
    answers.reserveCapacity(commands.count)
    var start = 0
    while start < commands.count {
      let kind = RoutingKind(commands[start], in: self)
      var end = start + 1
      while end < commands.count, RoutingKind(commands[end], in: self) == kind { end += 1 }
      let run = Array(commands[start..<end])
      switch kind {
      case .direct: answers += await router.run(run)
      case .report: answers += await report(run)
      case .configuration: answers += await configure(run)
      case .itemHold: answers += await holdItems(run)
      case .itemEnd: answers += await endItems(run)
      case .correction: answers += await correct(run)
      }
      start = end
    }
    return answers
  }

  private enum RoutingKind {
    case direct, report, configuration, itemHold, itemEnd, correction

    init(_ command: KeyedCommand, in engine: InventoryEngine) {
      guard engine.needsRouting(command) else {
        self = .direct
        return
      }
      switch command.command {
      case .report: self = .report
      case .hold: self = .itemHold
      case .confirm, .release, .extend: self = .itemEnd
      case .correct: self = .correction
      default: self = .configuration
      }
    }
  }

  private func report(_ commands: [KeyedCommand]) async -> [Answer] {
    var located = commands
    var refused: [Int: Refusal] = [:]
    var followers = await router.locate(&located, refused: &refused)
    let places = located.indices.filter { refused[$0] == nil }
    let answers = await router.run(places.map { located[$0] })
    // An item with rules of its own counts the same demand, so that a cancel gives its quota back.
    for (index, command) in located.enumerated() where policies.hasRules(itemOf: command.key) {
      if case .report(let report) = command.command, !command.key.isItem {
        let counted = KeyedCommand(key: command.key.item, command: .report(report.countedByItem))
        followers.append(Follower(index: index, command: counted))
      }
    }
    var all = Array(repeating: Answer.unknown, count: commands.count)
    for (place, answer) in zip(places, answers) { all[place] = answer }
    for (index, refusal) in refused { all[index] = .refused(refusal) }
    // What leaves the old location leaves when it has durably arrived at the new one: overlap undersells, and what was
    // refused there frees nothing here.
    _ = await router.run(followers.filter { all[$0.index].receipt != nil }.map(\.command))
    return all
  }

  /// An item with rules of its own counts the same demand: what a correction ended is given back there, too.
  private func correct(_ commands: [KeyedCommand]) async -> [Answer] {
    let answers = await router.run(commands)
    for (command, answer) in zip(commands, answers) where answer.receipt != nil && !command.key.isItem {
      guard case .correct(let correction) = command.command, case .claim(let claim, _, _) = correction.change,
        let turn = await directory.keeper(for: command.key.item)?.wholeLevel(),
        let counted = correction.ofItem(counting: claim, in: turn.content.sources)
      else { continue }
      _ = await router.run([KeyedCommand(key: command.key.item, command: .correct(counted))])
    }
    return answers
  }

  private func configure(_ commands: [KeyedCommand]) async -> [Answer] {
    var answers = Array(repeating: Answer.refused(.shopSpansNodes), count: commands.count)
    let places = commands.indices.filter { !commands[$0].key.isShop || ownsAll }
    for (place, answer) in zip(places, await router.run(places.map { commands[$0] })) { answers[place] = answer }
    for (command, answer) in zip(commands, answers) where answer.receipt != nil {
      policies.note(command.key, command: command.command)
    }
    return answers
  }

  /// A hold of an item with rules of its own is a cart of two lines: the key's and the item's.
  private func holdItems(_ commands: [KeyedCommand]) async -> [Answer] {
    let requests = commands.compactMap { command -> CartRequest? in
      guard case .hold(let hold) = command.command else { return nil }
      return CartRequest(
        id: hold.id, lines: [CartItem(key: command.key, quantity: hold.quantity)], lifetime: hold.lifetime,
        channel: hold.channel, customer: hold.customer, reference: hold.reference, requestedAt: hold.requestedAt)
    }
    let held = await router.hold(withItemLines(requests))
    return zip(commands, held).map { command, answer in
      switch answer {
      case .unknown: return .unknown
      case .refused(let refusal, _): return .refused(refusal)
      case .held(let receipt):
        let line = receipt.lines.first { $0.key == command.key }
        return .accepted(
          Receipt(
            units: line?.units ?? 0, expiresAt: receipt.expiresAt, availableToSell: line?.availableToSell ?? 0,
            entry: line?.entry ?? .none, isDuplicate: receipt.isDuplicate))
      }
    }
  }

  /// Adds the line of each item that has rules of its own, with the units of all its locations.
  func withItemLines(_ requests: [CartRequest]) -> [CartRequest] {
    guard policies.hasItemRules else { return requests }
    return requests.map { request in
      var request = request
      for line in request.lines where policies.hasRules(itemOf: line.key) && !line.key.isItem {
        request.lines.append(CartItem(key: line.key.item, quantity: line.quantity))
      }
      return request
    }
  }

  /// Ends and extensions of such holds go to the cart; a hold from before the rules is an ordinary one.
  private func endItems(_ commands: [KeyedCommand]) async -> [Answer] {
    var answers = await router.run(commands)
    for (index, command) in commands.enumerated() {
      guard case .belongsToCart(let id) = answers[index].refusal else { continue }
      let first = command.key.item
      switch command.command {
      case .confirm(let request) where request.cumulative == nil:
        let claim = CartClaim(line: command.key, claim: request.claim, kind: request.kind)
        answers[index] = await router.end([(id, first, .confirm, [claim])])[0]
      case .release(_, nil): answers[index] = await router.end([(id, first, .release, [])])[0]
      case .extend(_, let expiresAt): answers[index] = await router.extend(cart: id, first: first, to: expiresAt)
      default: break
      }
    }
    return answers
  }
}

extension Correction {
  /// The same of an item, which counts a claim over all its locations; nil where nothing of it is to be ended or given
  /// back there. Under the same document: done twice, it is done once.
  fileprivate func ofItem(counting claim: ClaimID, in sources: SourceBook) -> Correction? {
    guard case .claim(_, let asked, _) = change else { return nil }
    let counted = sources.countedUnits(of: claim)
    let units = max(-sources.correctedUnits(of: claim), min(asked, counted))
    if units == 0 { return nil }
    var correction = self
    correction.change = .claim(claim, units: units, from: counted)
    return correction
  }
}

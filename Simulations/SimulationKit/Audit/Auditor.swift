public import StockLedger

/// Keeps its own books from the questions and answers alone, and finds the first answer that cannot be true.
///
/// It shares no code with the rules: no level, no decide, no component sums. Every question is written down when it is
/// put and every answer when it comes; ``report()`` then replays each key in the order of the entry numbers that its
/// answers carry. Millions of answers take O(n log n). A question without an answer is unknown: it may have happened.
///
/// What it proves: no grant above what the accepted reports allowed, no id granted twice, no unit ended twice, no
/// cart in part, every ATS number adds up, and entry numbers agree with the order in which answers were seen. What it
/// does not: keys with aggregates are named in ``AuditReport/keysUnchecked`` and checked only up to the first of them.
public struct Auditor: Sendable {
  /// A question that waits for its answer.
  public struct Ticket: Hashable, Sendable {
    fileprivate let index: Int
    fileprivate let isCart: Bool
    fileprivate let isCartEnd: Bool
  }

  /// A look that has begun.
  public struct Look: Hashable, Sendable {
    fileprivate let tick: UInt64
    fileprivate let at: Timestamp
  }

  /// What the asker of a cart was told.
  public enum CartOutcome: Sendable {
    /// All lines are held: one receipt per key, with that line's own entry.
    case granted([(key: StockKey, receipt: Receipt)])
    /// None is held.
    case refused(Refusal)
    /// It may or may not stand.
    case unknown
  }

  private struct Asked: Sendable {
    var key: Int
    var command: Command
    var askedTick: UInt64
    var askedAt: Timestamp
    var answer: Answer?
    var answeredTick: UInt64 = .max
    var answeredAt = Timestamp.distantFuture
  }

  private let margin: Int64
  private var tick: UInt64 = 0
  private var keys: [StockKey] = []
  private var places: [StockKey: Int] = [:]
  private var asked: [Asked] = []
  private var carts: [AuditedCart] = []
  private var cartPlaces: [CartID: Int] = [:]
  private var lines: [(key: Int, answer: AuditedAnswer)] = []
  private var early: [Contradiction] = []

  /// An auditor with empty books.
  ///
  /// - Parameter clockMargin: Milliseconds by which the clock of who asks and the engine's may differ; 0 where they are
  ///   one clock.
  public init(clockMargin: Int64 = 0) { margin = max(0, clockMargin) }

  /// Writes down a question, before it is put.
  public mutating func asked(_ command: Command, of key: StockKey, at now: Timestamp) -> Ticket {
    asked.append(Asked(key: place(of: key), command: command, askedTick: nextTick(), askedAt: now))
    return Ticket(index: asked.count - 1, isCart: false, isCartEnd: false)
  }

  /// Writes down the answer to a question, once.
  public mutating func answered(_ ticket: Ticket, _ answer: Answer, at now: Timestamp) {
    let tick = nextTick()
    if ticket.isCartEnd { return noteCartEnd(carts: ticket.index, answer) }
    guard !ticket.isCart, asked[ticket.index].answer == nil else { return }
    asked[ticket.index].answer = answer
    asked[ticket.index].answeredTick = tick
    asked[ticket.index].answeredAt = now
    let key = keys[asked[ticket.index].key]
    switch answer {
    case .accepted(let receipt):
      if receipt.entry != .none && Int(receipt.entry.shard) != key.shard {
        tell(.wrongOrder, key, receipt.entry, tick, "the entry is of shard \(receipt.entry.shard), not \(key.shard)")
      }
    case .refused(.insufficientStock(let available)):
      if case .hold(let request) = asked[ticket.index].command, available >= request.quantity.units {
        let words = "\(request.quantity.units) units refused although \(available) were available"
        tell(.wrongRefusal, key, .none, tick, words)
      }
    case .refused, .unknown: break
    }
  }

  /// Writes down a cart's question: lines on one key added up, one line per key.
  public mutating func askedCart(
    _ id: CartID, lines: [(key: StockKey, quantity: Quantity)], lifetime: Int64 = Limits.holdLifetimeDefault,
    at now: Timestamp
  ) -> Ticket {
    for line in lines { _ = place(of: line.key) }
    carts.append(
      AuditedCart(
        id: id, lines: lines.map { AuditedCart.Line(key: $0.key, quantity: $0.quantity) }, lifetime: lifetime,
        askedTick: nextTick(), askedAt: now))
    if cartPlaces[id] == nil { cartPlaces[id] = carts.count - 1 }
    return Ticket(index: carts.count - 1, isCart: true, isCartEnd: false)
  }

  /// Writes down what a cart's asker was told.
  public mutating func answeredCart(_ ticket: Ticket, _ outcome: CartOutcome, at now: Timestamp) {
    guard ticket.isCart else { return }
    let tick = nextTick()
    carts[ticket.index].answeredTick = tick
    let cart = carts[ticket.index]
    switch outcome {
    case .refused: carts[ticket.index].outcome = .refused
    case .unknown: carts[ticket.index].outcome = .unknown
    case .granted(let granted):
      carts[ticket.index].outcome = .granted
      for line in cart.lines {
        guard let found = granted.first(where: { $0.key == line.key }) else {
          tell(.halfCart, line.key, .none, tick, "cart \(cart.id) was granted without its line of this key")
          continue
        }
        // The repeated answer of a line that has ended since names no entry: it witnesses nothing of the key.
        if found.receipt.isDuplicate && found.receipt.entry == .none { continue }
        lines.append(
          (
            place(of: line.key),
            AuditedAnswer(
              question: .cartLine(cart.id, line.quantity, lifetime: cart.lifetime), receipt: found.receipt,
              askedTick: cart.askedTick, answeredTick: tick, askedAt: cart.askedAt, answeredAt: now)
          ))
      }
      for stranger in granted where !cart.lines.contains(where: { $0.key == stranger.key }) {
        tell(
          .halfCart, stranger.key, stranger.receipt.entry, tick, "cart \(cart.id) was granted a line nobody asked for")
      }
    }
  }

  /// Writes down that a whole cart is to end.
  public mutating func askedCartEnd(_ id: CartID, _ ending: Ending, claims: [CartClaim] = []) -> Ticket? {
    guard let index = cartPlaces[id] else { return nil }
    let tick = nextTick()
    if carts[index].end == nil {
      carts[index].endAskedTick = tick
      carts[index].end = CartEnd(ending: ending, claims: claims, isSure: false)
    }
    return Ticket(index: index, isCart: true, isCartEnd: true)
  }

  private mutating func noteCartEnd(carts index: Int, _ answer: Answer) {
    switch answer {
    case .accepted: carts[index].end?.isSure = true
    case .refused: carts[index].end = nil
    case .unknown: break
    }
  }

  /// Writes down that a number will be looked at.
  public mutating func willLook(at now: Timestamp) -> Look { Look(tick: nextTick(), at: now) }

  /// Writes down what a look saw: the number, and the key's last entry at that moment.
  public mutating func looked(
    _ look: Look, _ key: StockKey, availableToSell: Int64, entry: EntryNumber, at now: Timestamp
  ) {
    lines.append(
      (
        place(of: key),
        AuditedAnswer(
          question: .look, receipt: Receipt(availableToSell: availableToSell, entry: entry), askedTick: look.tick,
          answeredTick: nextTick(), askedAt: look.at, answeredAt: now)
      ))
  }

  /// Writes down a number that was read when nothing was under way on the key any more.
  public mutating func rested(_ key: StockKey, availableToSell: Int64, at now: Timestamp) {
    let tick = nextTick()
    let receipt = Receipt(availableToSell: availableToSell, entry: EntryNumber(shard: UInt8(key.shard), number: .max))
    lines.append(
      (
        place(of: key),
        AuditedAnswer(
          question: .rest, receipt: receipt, askedTick: tick, answeredTick: tick, askedAt: now, answeredAt: now)
      ))
  }

  private mutating func nextTick() -> UInt64 {
    tick += 1
    return tick
  }

  private mutating func place(of key: StockKey) -> Int {
    if let place = places[key] { return place }
    places[key] = keys.count
    keys.append(key)
    return keys.count - 1
  }

  private mutating func tell(
    _ kind: Contradiction.Kind, _ key: StockKey, _ entry: EntryNumber, _ tick: UInt64, _ words: String
  ) {
    early.append(Contradiction(kind: kind, key: key, entry: entry, tick: tick, words: words))
  }

  // MARK: The audit

  /// Replays every key and says what does not fit; may be asked at any time, also while questions are open.
  public func report() -> AuditReport {
    var report = AuditReport()
    report.contradictions = early
    var piles = [AuditPile](repeating: AuditPile(), count: keys.count)
    for line in lines {
      piles[line.key].answers.append(line.answer)
      if case .rest = line.answer.question {
        piles[line.key].restTick = min(piles[line.key].restTick, line.answer.answeredTick)
      }
    }
    for one in asked {
      if case .hold(let request) = one.command { piles[one.key].unitsAsked[request.id] = request.quantity.units }
      if let receipt = one.answer?.receipt {
        piles[one.key].answers.append(
          AuditedAnswer(
            question: .command(one.command), receipt: receipt, askedTick: one.askedTick,
            answeredTick: one.answeredTick, askedAt: one.askedAt, answeredAt: one.answeredAt))
      } else if one.answer?.refusal == nil {
        report.unknowns += 1
        piles[one.key].noteUnknown(one.command, from: one.askedTick)
      }
    }
    for cart in carts {
      if cart.outcome == .unknown || cart.outcome == .unanswered { report.unknowns += 1 }
      for line in cart.lines { note(cart, line, in: &piles[places[line.key] ?? 0]) }
    }
    for (index, pile) in piles.enumerated() where !pile.answers.isEmpty { audit(keys[index], pile, into: &report) }
    report.contradictions.sort { $0.tick < $1.tick }
    return report
  }

  private func note(_ cart: AuditedCart, _ line: AuditedCart.Line, in pile: inout AuditPile) {
    let units = line.quantity.units
    switch cart.outcome {
    case .refused:
      // Its lines may be held until the abandonment has reached them, which no answer tells.
      let end = pile.restTick == .max ? pile.restTick : pile.restTick - 1
      pile.windows.append(.init(start: cart.askedTick, end: end, fewer: units))
    case .unknown, .unanswered:
      pile.unsureIDs.insert(cart.id)
      pile.windows.append(.init(start: cart.askedTick, fewer: units))
    case .granted:
      // Prepared lines subtract before the answer; their own receipts place them.
      break
    }
    guard let end = cart.end else { return }
    pile.cartEnds[cart.id] = end
    let until = pile.restTick == .max || !end.isSure ? UInt64.max : pile.restTick - 1
    if end.ending != .confirm {
      pile.windows.append(.init(start: cart.endAskedTick, end: until, more: units))
    }
  }

  private func audit(_ key: StockKey, _ pile: AuditPile, into report: inout AuditReport) {
    // Of one entry, what made it comes first: a look that saw it may be answered before it.
    let answers = pile.answers.sorted {
      ($0.order, $0.isChange ? 0 : 1, $0.answeredTick) < ($1.order, $1.isChange ? 0 : 1, $1.answeredTick)
    }
    var books = AuditedKey(
      key: key, doubts: DoubtWindows(pile.windows), unsureIDs: pile.unsureIDs, cartEnds: pile.cartEnds,
      uncheckedFrom: pile.uncheckedFrom, margin: margin, first: answers[0])
    books.replay(answers)
    report.operations += books.report.operations
    report.unitsGranted += books.report.unitsGranted
    report.unitsOversold += books.report.unitsOversold
    report.looseNumbers += books.report.looseNumbers
    report.contradictions += books.report.contradictions
    if books.uncheckedFrom < .max { report.keysUnchecked.append(key) }
  }
}

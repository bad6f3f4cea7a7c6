public import StockLedger

/// A hold over several keys, all or nothing.
public struct CartRequest: Hashable, Sendable {
  /// The cart's name and idempotency key.
  public var id: CartID
  /// What it wants, 1 to ``Limits/cartLinesMax`` keys; lines of one key are added up.
  public var lines: [CartItem]
  /// Milliseconds until it expires, 1 to ``Limits/holdLifetimeMax``.
  public var lifetime: Int64
  /// The channel that asks, or none.
  public var channel: ChannelID
  /// The buyer, or none.
  public var customer: CustomerID
  /// What an order will carry (checkout token), or none.
  public var reference: Identifier
  /// When the buyer asked; nil = now.
  public var requestedAt: Timestamp?

  /// A hold over several keys.
  public init(
    id: CartID, lines: [CartItem], lifetime: Int64 = Limits.holdLifetimeDefault, channel: ChannelID = .none,
    customer: CustomerID = .none, reference: Identifier = .none, requestedAt: Timestamp? = nil
  ) {
    self.id = id
    self.lines = lines
    self.lifetime = lifetime
    self.channel = channel
    self.customer = customer
    self.reference = reference
    self.requestedAt = requestedAt
  }
}

/// One line of a cart.
public struct CartItem: Hashable, Sendable {
  /// The key.
  public var key: StockKey
  /// Its units.
  public var quantity: Quantity

  /// One line of a cart.
  public init(key: StockKey, quantity: Quantity) {
    self.key = key
    self.quantity = quantity
  }
}

/// What a cart is answered with.
public enum CartAnswer: Sendable {
  /// All of it is held.
  case held(CartReceipt)
  /// None of it is held: the first reason, and every short line with what it could have had.
  case refused(Refusal, short: [ShortLine])
  /// The store failed meanwhile: it may or may not be held. Ask again with the same id.
  case unknown

  /// The receipt, where there is one.
  public var receipt: CartReceipt? { if case .held(let receipt) = self { receipt } else { nil } }
}

/// The witness of a held cart.
public struct CartReceipt: Hashable, Sendable {
  /// The cart.
  public var id: CartID
  /// The key that decides it: name it when the cart is confirmed, released or extended.
  public var first: StockKey
  /// When it expires.
  public var expiresAt: Timestamp
  /// The entry that decided it.
  public var entry: EntryNumber
  /// Each line's entry, in key order.
  public var lines: [CartLineReceipt]
  /// True where the same cart was held before.
  public var isDuplicate: Bool
}

/// The witness of one held line.
public struct CartLineReceipt: Hashable, Sendable {
  /// The key.
  public var key: StockKey
  /// Its units.
  public var units: Int64
  /// The entry that prepared it; none in the repeated answer of a cart whose line has ended since, with ATS 0.
  public var entry: EntryNumber
  /// The key's ATS after it.
  public var availableToSell: Int64
}

/// A line that has too little.
public struct ShortLine: Hashable, Sendable {
  /// The key.
  public var key: StockKey
  /// What the channel could have had.
  public var available: Int64
}

/// One cart on its way: its lines in key order, and where its prepare commands stand in the batch.
struct CartInFlight {
  let request: CartRequest
  let first: StockKey
  let lines: [CartItem]
  let start: Int
  var refusal: Refusal?
  var short: [ShortLine] = []
  var isUnknown = false
  /// False where the cart was refused before any line was asked.
  var isPrepared = true
  /// True where a line is refused only because it has ended: the cart may have been held before.
  var hasEndedLines = false

  /// Adds lines of one key up and sorts them; nil where the request is not a cart.
  init?(_ request: CartRequest, start: Int) {
    guard !request.lines.isEmpty else { return nil }
    var lines = request.lines
    lines.sort { $0.key < $1.key }
    var merged: [CartItem] = []
    merged.reserveCapacity(lines.count)
    for line in lines {
      if let last = merged.last, last.key == line.key {
        guard let sum = Quantity(last.quantity.units + line.quantity.units) else { return nil }
        merged[merged.count - 1].quantity = sum
      } else {
        merged.append(line)
      }
    }
    guard merged.count <= Limits.cartLinesMax else { return nil }
    self.request = request
    self.lines = merged
    first = merged[0].key
    self.start = start
  }

  func prepare(_ line: CartItem) -> KeyedCommand {
    let hold = HoldRequest(
      id: request.id, quantity: line.quantity, lifetime: request.lifetime, channel: request.channel,
      customer: request.customer, reference: request.reference, requestedAt: request.requestedAt)
    return KeyedCommand(key: line.key, command: .cart(.prepare(CartLine(hold: hold, first: first))))
  }
}

extension StockRouter {
  /// Holds carts: lines are prepared in one dispatch, decided in a second, each behind one sync for the whole batch.
  ///
  /// A cart with a line that lives on another node is refused. Source of the protocol: docs/domain.md, "Carts".
  func hold(_ requests: [CartRequest]) async -> [CartAnswer] {
    var carts: [CartInFlight?] = []
    carts.reserveCapacity(requests.count)
    var prepares: [KeyedCommand] = []
    for request in requests {
      var cart = CartInFlight(request, start: prepares.count)
      // Found before anything is prepared: nothing of it has to be freed then.
      if let line = cart?.lines.first(where: { directory.isElsewhere(shard: $0.key.shard) }) {
        cart?.refusal = .elsewhere(shard: UInt8(line.key.shard))
        cart?.isPrepared = false
      }
      if let cart, cart.isPrepared { for line in cart.lines { prepares.append(cart.prepare(line)) } }
      carts.append(cart)
    }
    let prepared = await run(prepares, inKeyOrder: true)
    for index in carts.indices { judge(&carts[index], prepared) }
    return await decide(carts, prepares, prepared)
  }

  /// Reads a cart's line answers: what refuses it, and what each short line could have had.
  private func judge(_ cart: inout CartInFlight?, _ prepared: [Answer]) {
    guard var judged = cart, judged.isPrepared else { return }
    for (offset, line) in judged.lines.enumerated() {
      switch prepared[judged.start + offset] {
      case .accepted: break
      case .unknown: judged.isUnknown = true
      case .refused(let refusal):
        judged.hasEndedLines = refusal.saysEnded && (judged.refusal == nil || judged.hasEndedLines)
        judged.refusal = judged.refusal ?? refusal
        if case .insufficientStock(let available) = refusal {
          judged.short.append(ShortLine(key: line.key, available: available))
        }
      }
    }
    cart = judged
  }

  private func decide(
    _ carts: [CartInFlight?], _ prepares: [KeyedCommand], _ prepared: [Answer]
  ) async -> [CartAnswer] {
    var decisions: [KeyedCommand] = []
    decisions.reserveCapacity(carts.count)
    for case let cart? in carts where needsDecision(cart, prepared) { decisions.append(decision(on: cart, prepared)) }
    let decided = await run(decisions)
    var answers: [CartAnswer] = []
    answers.reserveCapacity(carts.count)
    var freed: [KeyedCommand] = []
    var isHeld = Array(repeating: false, count: prepares.count)
    var place = 0
    for cart in carts {
      guard let cart else {
        answers.append(.refused(.outOfRange(.lines), short: []))
        continue
      }
      // An unknown line is found by its keeper after five seconds, or by recovery: nobody was told that it is held.
      guard !cart.isUnknown else {
        answers.append(.unknown)
        continue
      }
      guard needsDecision(cart, prepared) else {
        answers.append(.refused(cart.refusal ?? .outOfRange(.lines), short: cart.short))
        continue
      }
      defer { place += 1 }
      let answer = decided[place]
      if let refusal = cart.refusal {
        if cart.hasEndedLines, answer.refusal == .cartDecided, let held = await heldBefore(cart, prepared) {
          answers.append(held)
          continue
        }
        answers.append(.refused(refusal, short: cart.short))
        if answer.receipt != nil { freed += freeing(cart, prepared) }
      } else if let receipt = answer.receipt {
        answers.append(.held(self.receipt(of: cart, decided: receipt, prepared)))
        for offset in cart.lines.indices { isHeld[cart.start + offset] = true }
      } else if let refusal = answer.refusal {
        answers.append(.refused(refusal, short: []))
        if refusal == .cartAbandoned { freed += freeing(cart, prepared) }
        // Another cart has this id: the lines that only this one has are nobody's.
        if refusal == .idReused { freed += freeing(cart, prepared).filter { isNew($0.key, in: cart, prepared) } }
      } else {
        answers.append(.unknown)
      }
    }
    await tellDecided(prepares, isHeld)
    _ = await run(freed)
    return answers
  }

  /// A refused cart of which nothing was prepared leaves no trace: nobody will ever meet a line of it.
  private func needsDecision(_ cart: CartInFlight, _ prepared: [Answer]) -> Bool {
    if cart.isUnknown || !cart.isPrepared { return false }
    if cart.refusal == nil || cart.hasEndedLines { return true }
    return cart.lines.indices.contains { prepared[cart.start + $0].receipt != nil }
  }

  /// Tells the lines of carts that stand, so that nobody asks about them: memory only, one hop a key.
  private func tellDecided(_ prepares: [KeyedCommand], _ isHeld: [Bool]) async {
    let groups = BatchGroups(prepares) { !isHeld[$0] }
    for group in groups.groups {
      guard let keeper = directory.look(at: prepares[Int(group.first)].key).keeper else { continue }
      var carts: [CartID] = []
      carts.reserveCapacity(Int(group.count))
      var place = Int(group.first)
      while place >= 0 {
        if case .cart(.prepare(let line)) = prepares[place].command { carts.append(line.hold.id) }
        place = Int(groups.next[place])
      }
      await keeper.learnDecided(carts)
    }
  }

  private func isNew(_ key: StockKey, in cart: CartInFlight, _ prepared: [Answer]) -> Bool {
    guard let offset = cart.lines.firstIndex(where: { $0.key == key }) else { return false }
    return prepared[cart.start + offset].receipt?.isDuplicate == false
  }

  /// The same answer again for a cart that has ended since, whole or in a line; nil where it was another cart.
  private func heldBefore(_ cart: CartInFlight, _ prepared: [Answer]) async -> CartAnswer? {
    let decided = await run(decide(cart, prepared))
    return decided.receipt.map { .held(receipt(of: cart, decided: $0, prepared)) }
  }

  private func decision(on cart: CartInFlight, _ prepared: [Answer]) -> KeyedCommand {
    guard cart.refusal == nil else { return KeyedCommand(key: cart.first, command: .cart(.abandon(cart.request.id))) }
    return decide(cart, prepared)
  }

  private func decide(_ cart: CartInFlight, _ prepared: [Answer]) -> KeyedCommand {
    let expiresAt = prepared[cart.start].receipt?.expiresAt ?? .distantPast
    let decision = CartDecision(id: cart.request.id, lines: cart.lines.map(\.key), expiresAt: expiresAt)
    return KeyedCommand(key: cart.first, command: .cart(.decide(decision)))
  }

  /// Frees the lines that were prepared for a cart that does not stand.
  private func freeing(_ cart: CartInFlight, _ prepared: [Answer]) -> [KeyedCommand] {
    cart.lines.enumerated().compactMap { offset, line in
      prepared[cart.start + offset].receipt == nil
        ? nil : KeyedCommand(key: line.key, command: .cart(.endLine(cart.request.id, .abandon, claim: nil)))
    }
  }

  private func receipt(of cart: CartInFlight, decided: Receipt, _ prepared: [Answer]) -> CartReceipt {
    CartReceipt(
      id: cart.request.id, first: cart.first, expiresAt: decided.expiresAt, entry: decided.entry,
      lines: cart.lines.enumerated().map { offset, line in
        let receipt = prepared[cart.start + offset].receipt ?? Receipt()
        return CartLineReceipt(
          key: line.key, units: line.quantity.units, entry: receipt.entry, availableToSell: receipt.availableToSell)
      },
      isDuplicate: decided.isDuplicate)
  }

  // MARK: Ends

  /// Ends carts, each at its first key, then in every line, then says so to the first key.
  func end(_ carts: [(id: CartID, first: StockKey, ending: Ending, claims: [CartClaim])]) async -> [Answer] {
    let answers = await run(
      carts.map { KeyedCommand(key: $0.first, command: .cart(.end($0.id, $0.ending, claims: $0.claims))) })
    var firsts: [StockKey] = []
    for (cart, answer) in zip(carts, answers) where answer.receipt != nil {
      if !firsts.contains(cart.first) { firsts.append(cart.first) }
    }
    await spread(from: firsts)
    return answers
  }

  /// Takes the ends that these first keys have decided to the lines that do not know them yet.
  func spread(from firsts: [StockKey]) async {
    var ended: [(first: StockKey, cart: Cart)] = []
    for first in firsts {
      guard let keeper = await directory.keeper(for: first) else { continue }
      for cart in await keeper.unfinished().ended { ended.append((first, cart)) }
    }
    await spread(ended)
  }

  func spread(_ ended: [(first: StockKey, cart: Cart)]) async {
    var lines: [KeyedCommand] = []
    var owners: [(first: StockKey, cart: CartID, line: StockKey)] = []
    for (first, cart) in ended {
      guard case .ended(let ending, _) = cart.state else { continue }
      for line in cart.unacknowledged {
        let claim = cart.claims.first { $0.line == line } ?? cart.claims.first { line.isItem && $0.line.item == line }
        lines.append(KeyedCommand(key: line, command: .cart(.endLine(cart.id, ending, claim: claim))))
        owners.append((first, cart.id, line))
      }
    }
    let answers = await run(lines)
    var acknowledgements: [KeyedCommand] = []
    for (owner, answer) in zip(owners, answers) {
      // A line that is not known any more has ended longer ago than ids are remembered.
      guard answer.receipt != nil || answer.refusal == .unknownReservation else { continue }
      acknowledgements.append(
        KeyedCommand(key: owner.first, command: .cart(.acknowledge(owner.cart, line: owner.line))))
    }
    _ = await run(acknowledgements)
  }

  /// Asks the first keys of lines that have waited too long whether their carts stand, and frees those that do not.
  func resolve(_ waiting: [(line: StockKey, cart: CartID, first: StockKey)]) async {
    let answers = await run(waiting.map { KeyedCommand(key: $0.first, command: .cart(.abandon($0.cart))) })
    var freed: [KeyedCommand] = []
    var ended: [(first: StockKey, cart: Cart)] = []
    for (line, answer) in zip(waiting, answers) {
      let freeing = KeyedCommand(key: line.line, command: .cart(.endLine(line.cart, .abandon, claim: nil)))
      if answer.receipt != nil {
        freed.append(freeing)
      } else if answer.refusal == .cartDecided {
        guard let keeper = await directory.keeper(for: line.first) else { continue }
        let cart = await keeper.cart(line.cart)
        if let cart, !cart.lines.contains(line.line) {
          // Prepared for another cart of the same id, which nobody was told is held.
          freed.append(freeing)
          continue
        }
        if let cart, cart.state != .decided { ended.append((line.first, cart)) }
        if let keeper = directory.look(at: line.line).keeper { await keeper.learnDecided([line.cart]) }
      }
    }
    _ = await run(freed)
    await spread(ended)
  }

  /// A new expiry for a whole cart, first at its first key, then in every line.
  func extend(cart id: CartID, first: StockKey, to expiresAt: Timestamp) async -> Answer {
    let answer = await run(KeyedCommand(key: first, command: .cart(.extend(id, expiresAt: expiresAt))))
    guard answer.receipt != nil, let turn = await directory.keeper(for: first)?.wholeLevel() else { return answer }
    let lines = turn.content.cart(id)?.lines ?? []
    _ = await run(lines.map { KeyedCommand(key: $0, command: .cart(.extendLine(id, expiresAt: expiresAt))) })
    return answer
  }
}

extension Refusal {
  /// True where a line is refused because it was held once and has ended.
  var saysEnded: Bool {
    switch self {
    case .reservationExpired, .reservationReleased, .alreadyConfirmed, .cartAbandoned: true
    default: false
    }
  }
}

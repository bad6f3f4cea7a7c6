/// A cart as its first key knows it: the one place where it is decided, ended, and kept until every line has ended.
public struct Cart: Hashable, Sendable {
  /// What the first key has written about it.
  public enum State: Hashable, Sendable {
    /// It stands.
    case decided
    /// It does not stand, and never will.
    case abandoned
    /// It has ended.
    case ended(Ending, at: Timestamp)
  }

  /// Its name, and the name of its reservation on every line.
  public let id: CartID
  /// What was written about it last.
  public internal(set) var state: State
  /// Its lines in key order; empty for an abandoned cart, whose lines ask by themselves.
  public internal(set) var lines: [StockKey]
  /// Lines that have not yet acknowledged the end.
  public internal(set) var unacknowledged: [StockKey]
  /// When it ends by itself.
  public internal(set) var expiresAt: Timestamp
  /// The claims that its lines became.
  public internal(set) var claims: [CartClaim]
  /// Until when it is remembered after its end.
  public internal(set) var rememberedUntil: Timestamp

  /// True where nothing more can happen to it: it may be forgotten in time.
  var isFinished: Bool { state != .decided && unacknowledged.isEmpty }
}

/// The carts whose first key this is.
struct CartBook: Sendable {
  private struct Content: Sendable {
    var carts: [CartID: Cart] = [:]
    /// Standing carts by expiry; elements of ended or extended ones are dead.
    var expiries = TimeHeap<CartID>()
    /// Finished carts by the time they are forgotten.
    var endings = TimeHeap<CartID>()
    var unfinishedCount = 0

    static let empty = Content()
  }

  /// None or one: eight bytes on the keys where no cart was ever decided.
  private var boxed: [Content] = []

  private var content: Content {
    _read { if boxed.isEmpty { yield Content.empty } else { yield boxed[0] } }
    _modify {
      if boxed.isEmpty { boxed.append(Content()) }
      yield &boxed[0]
    }
  }

  /// Carts that stand, or have ended with lines that do not know yet: the key must stay in memory.
  var unfinishedCount: Int { content.unfinishedCount }

  subscript(id: CartID) -> Cart? { content.carts[id] }
  var isEmpty: Bool { boxed.isEmpty || content.carts.isEmpty }

  mutating func decide(_ decision: CartDecision, at: Timestamp) {
    content.carts[decision.id] = Cart(
      id: decision.id, state: .decided, lines: decision.lines, unacknowledged: decision.lines,
      expiresAt: decision.expiresAt, claims: [], rememberedUntil: at + Limits.reservationMemory)
    content.unfinishedCount += 1
    content.expiries.push(decision.expiresAt, decision.id)
  }

  mutating func abandon(_ id: CartID, at: Timestamp) {
    let until = at + Limits.reservationMemory
    content.carts[id] = Cart(
      id: id, state: .abandoned, lines: [], unacknowledged: [], expiresAt: at, claims: [], rememberedUntil: until)
    content.endings.push(until, id)
  }

  mutating func end(_ id: CartID, as ending: Ending, claims: [CartClaim], at: Timestamp) {
    guard var cart = content.carts[id] else { return invariant(false, "cart \(id) is known when it ends") }
    cart.state = .ended(ending, at: at)
    cart.claims = claims
    cart.rememberedUntil = max(cart.rememberedUntil, at + Limits.requestAgeMax)
    content.carts[id] = cart
  }

  mutating func extend(_ id: CartID, to expiresAt: Timestamp) {
    content.carts[id]?.expiresAt = expiresAt
    content.expiries.push(expiresAt, id)
    if content.expiries.count > 2 * unfinishedCount + 64 { rebuildExpiries() }
  }

  private mutating func rebuildExpiries() {
    content.expiries.removeAll()
    for cart in sorted where cart.state == .decided { content.expiries.push(cart.expiresAt, cart.id) }
  }

  mutating func acknowledge(_ id: CartID, line: StockKey) {
    guard var cart = content.carts[id], let place = cart.unacknowledged.firstIndex(of: line) else { return }
    cart.unacknowledged.remove(at: place)
    content.carts[id] = cart
    if cart.isFinished {
      content.unfinishedCount -= 1
      content.endings.push(cart.rememberedUntil, id)
    }
  }

  /// Nothing is forgotten before this.
  var nextForgotten: Timestamp { Timestamp(milliseconds: content.endings.first?.time ?? .max) }

  /// Forgets carts that have ended in every line and were remembered long enough, by an entry's time.
  mutating func forget(at: Timestamp) {
    while let first = content.endings.first, first.time <= at.milliseconds {
      content.endings.popFirst()
      content.carts.removeValue(forKey: first.subject)
    }
  }

  /// The standing cart that is due first; drops what says nothing any more, and never changes the state.
  mutating func nextExpiry() -> (id: CartID, at: Timestamp)? {
    while let first = content.expiries.first {
      if let cart = content.carts[first.subject], cart.state == .decided, cart.expiresAt.milliseconds == first.time {
        return (first.subject, cart.expiresAt)
      }
      content.expiries.popFirst()
    }
    return nil
  }

  /// All of them, by id.
  var sorted: [Cart] { content.carts.values.sorted { $0.id < $1.id } }

  /// Carts that have ended while some lines do not know yet, by id.
  var endedUnacknowledged: [Cart] {
    guard unfinishedCount > 0 else { return [] }
    return sorted.filter { $0.state != .decided && !$0.unacknowledged.isEmpty }
  }
}

extension CartBook: Equatable {
  static func == (left: CartBook, right: CartBook) -> Bool { left.content.carts == right.content.carts }
}

extension CartBook {
  func write(to writer: inout ByteWriter) {
    writer.write(list: sorted) { writer, cart in
      writer.write(cart.id)
      switch cart.state {
      case .decided: writer.write(byte: 0)
      case .abandoned: writer.write(byte: 1)
      case .ended(let ending, let at):
        writer.write(byte: 2 + ending.rawValue)
        writer.write(at)
      }
      writer.write(list: cart.lines) { $0.write($1) }
      writer.write(list: cart.unacknowledged) { $0.write($1) }
      writer.write(cart.expiresAt)
      writer.write(list: cart.claims) {
        $0.write($1.line)
        $0.write($1.claim)
        $0.write(byte: $1.kind.rawValue)
      }
      writer.write(cart.rememberedUntil)
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let count = try reader.readCount()
    var previous = Identifier.none
    for _ in 0..<count {
      let start = reader.offset
      let id = try reader.readIdentifier()
      guard previous < id else { throw ByteError(offset: start, expected: "carts sorted by id") }
      previous = id
      let state: Cart.State
      switch try reader.readByte() {
      case 0: state = .decided
      case 1: state = .abandoned
      case let tag:
        guard let ending = Ending(rawValue: tag - 2) else { throw ByteError(offset: start, expected: "a cart's state") }
        state = .ended(ending, at: try reader.readTimestamp())
      }
      let lines = try reader.readList { reader throws(ByteError) in try reader.readKey() }
      let unacknowledged = try reader.readList { reader throws(ByteError) in try reader.readKey() }
      let expiresAt = try reader.readTimestamp()
      let claims = try reader.readList { reader throws(ByteError) in
        CartClaim(
          line: try reader.readKey(), claim: try reader.readIdentifier(), kind: try reader.readCase(DemandKind.self))
      }
      let cart = Cart(
        id: id, state: state, lines: lines, unacknowledged: unacknowledged, expiresAt: expiresAt, claims: claims,
        rememberedUntil: try reader.readTimestamp())
      guard Set(lines).isSuperset(of: unacknowledged), Set(unacknowledged).count == unacknowledged.count,
        state != .abandoned || lines.isEmpty, state != .decided || lines.count == unacknowledged.count
      else { throw ByteError(offset: start, expected: "a cart that waits for lines of its own") }
      content.carts[id] = cart
      if cart.isFinished { content.endings.push(cart.rememberedUntil, id) } else { content.unfinishedCount += 1 }
      if state == .decided { content.expiries.push(expiresAt, id) }
    }
  }

  /// Each cart stands, is abandoned or has ended; its lines that do not know are lines of it.
  func checkInvariants() {
    invariant(
      content.carts.values.count { !$0.isFinished } == unfinishedCount, "\(unfinishedCount) unfinished carts, recounted"
    )
    for cart in sorted {
      invariant(
        cart.unacknowledged.allSatisfy { cart.lines.contains($0) }, "cart \(cart.id) waits only for lines of its own")
    }
  }
}

import StockLedger
import Testing

/// SplitMix64: a small seeded generator, so that every run draws the same.
struct LevelChance: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
  mutating func isOne(in count: Int) -> Bool { draw(1...count) == 1 }
  mutating func pick<Element>(_ list: [Element]) -> Element { list[draw(0...(list.count - 1))] }
}

/// Draws commands of every kind about few names, so that they meet often.
struct CommandStream {
  var chance: LevelChance
  let seed: UInt64
  private var step = 0

  init(seed: UInt64) {
    self.seed = seed
    chance = LevelChance(state: seed)
  }

  private mutating func name(_ prefix: String, _ count: Int) -> Identifier {
    KeyTranscript.id("\(prefix)\(chance.draw(1...count))")
  }

  private mutating func units(_ max: Int = 6) -> Quantity { Quantity(Int64(chance.draw(1...max))) ?? .one }

  private mutating func moment(_ now: Timestamp) -> Timestamp { now - Int64(chance.draw(0...1_200)) * 1_000 }

  mutating func next(now: Timestamp, in level: StockLevel) -> Command {
    step += 1
    switch chance.draw(0...32) {
    case 0...7: return .hold(hold(now))
    case 8...12:
      return .confirm(
        ConfirmRequest(
          id: name("h", 24), claim: name("o", 8), kind: chance.isOne(in: 6) ? .sale : .order,
          cumulative: chance.isOne(in: 2) ? nil : units(),
          whenExpired: chance.isOne(in: 3) ? .reholdIfAvailable : .refuse))
    case 13...15: return .release(name("h", 24), chance.isOne(in: 3) ? units() : nil)
    case 16: return .extend(name("h", 24), expiresAt: now + Int64(chance.draw(-60...15_000)) * 1_000)
    case 17: return .setPolicy(policy(now))
    case 18: return .freeFallen(chance.pick(Component.allCases), upTo: moment(now))
    case 19: return .resetMark(chance.pick(Component.allCases), chance.pick(["erp", "wms", "shopify"]).identifier)
    case 20...23: return .cart(cartStep(now))
    case 24...26: return .correct(correction(of: level))
    default: return .report(report(now))
    }
  }

  private mutating func hold(_ now: Timestamp) -> HoldRequest {
    HoldRequest(
      id: name("h", 24), quantity: units(), lifetime: Int64(chance.draw(0...900)) * 1_000,
      channel: chance.isOne(in: 2) ? name("c", 2) : .none, customer: chance.isOne(in: 2) ? name("u", 3) : .none,
      reference: chance.isOne(in: 3) ? name("t", 4) : .none,
      requestedAt: chance.isOne(in: 4) ? now + Int64(chance.draw(-3_700...320)) * 1_000 : nil)
  }

  private mutating func policy(_ now: Timestamp) -> KeyPolicy {
    var policy = KeyPolicy()
    policy.safetyBuffer = Int64(chance.draw(0...4))
    if chance.isOne(in: 2) {
      policy.channels = [
        ChannelPolicy(
          channel: KeyTranscript.id("c1"), buffer: Int64(chance.draw(0...3)),
          quota: chance.isOne(in: 3) ? nil : Int64(chance.draw(0...20)), quotaSince: moment(now))
      ]
    }
    if chance.isOne(in: 3) { policy.customerLimit = CustomerLimit(units: Int64(chance.draw(0...8))) }
    policy.openFallsTo = chance.pick([.allocated, .onHand, .nobody])
    return policy
  }

  private mutating func cartStep(_ now: Timestamp) -> CartStep {
    let cart = name("k", 5)
    let here = KeyTranscript.key("here")
    let there = KeyTranscript.key("there")
    let claim = CartClaim(line: here, claim: name("o", 8))
    switch chance.draw(0...9) {
    case 0, 1:
      var request = hold(now)
      request.id = cart
      return .prepare(CartLine(hold: request, first: chance.isOne(in: 2) ? here : there))
    case 2, 3:
      return .decide(
        CartDecision(id: cart, lines: [here, there], expiresAt: now + Int64(chance.draw(1...900)) * 1_000))
    case 4: return .abandon(cart)
    case 5:
      let ending = chance.pick([Ending.confirm, .release, .expire])
      let claims = [claim, CartClaim(line: there, claim: claim.claim)]
      return .end(cart, ending, claims: ending == .confirm ? claims : [])
    case 6: return .extend(cart, expiresAt: now + Int64(chance.draw(1...900)) * 1_000)
    case 7: return .endLine(cart, chance.pick([.confirm, .release, .expire, .abandon]), claim: claim)
    case 8: return .extendLine(cart, expiresAt: now + Int64(chance.draw(1...900)) * 1_000)
    default: return .acknowledge(cart, line: chance.isOne(in: 2) ? here : there)
    }
  }

  /// Mostly of what is there.
  private mutating func correction(of level: StockLevel) -> Correction {
    let claim = name("o", 8)
    let counted = level.sources.countedUnits(of: claim)
    let corrected = level.sources.correctedUnits(of: claim)
    let wrong = Int64(chance.isOne(in: 8) ? 1 : 0)
    let change: Correction.Change
    if chance.isOne(in: 4) {
      change = .onHand(delta: Int64(chance.draw(-6...6)), from: level.sources.onHand + wrong)
    } else if corrected > 0 && chance.isOne(in: 3) {
      change = .claim(claim, units: -Int64(chance.draw(1...Int(corrected + wrong))), from: counted)
    } else {
      change = .claim(claim, units: Int64(chance.draw(1...max(1, Int(counted)))), from: counted + wrong)
    }
    return Correction(
      document: KeyTranscript.id("k\(seed)-\(step)"), report: name("r", 3),
      reason: chance.pick(CorrectionReason.allCases), change: change)
  }

  private mutating func report(_ now: Timestamp) -> Report {
    let at = moment(now)
    let body: Report.Body
    var source = "shopify"
    switch chance.draw(0...9) {
    case 0, 1:
      source = "erp"
      body = .count(Count(units: Int64(chance.draw(0...40)), asOf: at, isPhysical: chance.isOne(in: 4)))
    case 2:
      source = "erp"
      body = .adjustment(
        Adjustment(document: KeyTranscript.id("a\(step)"), delta: Int64(chance.draw(1...9)), occurredAt: at))
    case 3: body = .aggregate(Aggregate(component: .open, units: Int64(chance.draw(0...5)), asOf: at))
    case 4...6:
      body = .demand(
        Demand(
          claim: name("o", 8), kind: chance.isOne(in: 8) ? .sale : .order, total: units(), occurredAt: at,
          reference: chance.isOne(in: 2) ? name("t", 4) : .none, channel: chance.isOne(in: 3) ? name("c", 2) : .none,
          customer: chance.isOne(in: 3) ? name("u", 3) : .none))
    default:
      let stage = chance.pick(Stage.allCases)
      source = stage == .cancel || stage == .writeOff || stage == .returned ? "shopify" : "wms"
      body = .stage(
        StageReport(
          claim: name("o", 8), stage: stage, amount: .document(KeyTranscript.id("f\(step)"), units(3)), occurredAt: at))
    }
    return Report(source: source.identifier, delivery: KeyTranscript.id("d\(seed)-\(step)"), body: body)
  }
}

extension String {
  fileprivate var identifier: Identifier { KeyTranscript.id(self) }
}

@Suite("Any stream of commands keeps the level's rules")
struct StockLevelPropertyTests {
  /// Moves time on: mostly seconds, sometimes past a memory's window.
  private func pass(_ day: inout KeyTranscript, _ stream: inout CommandStream) {
    let seconds =
      switch stream.chance.draw(0...39) {
      case 0: Int64(4_000)
      case 1: Int64(86_400 * 8)
      case 2: Int64(86_400 * 31)
      default: Int64(stream.chance.draw(0...90))
      }
    day.now = day.now + seconds * 1_000
  }

  @Test(
    "each turn keeps the invariants; duplicates change nothing; a grant is at most what its channel saw",
    arguments: 1...24)
  func turns(seed: Int) throws {
    var stream = CommandStream(seed: UInt64(seed))
    var day = KeyTranscript(onHand: 30)
    for _ in 0..<150 {
      let command = stream.next(now: day.now, in: day.level)
      day.ring()
      let before = day.level
      let decision = day.decide(command)
      guard case .accept(let body, let outcome) = decision else { continue }
      if case .held(let held) = body {
        #expect(held.quantity.units <= before.available(to: held.channel))
        #expect(day.net == before.numbers.net - held.quantity.units)
      }
      if case .released(_, let units) = body { #expect(day.net == before.numbers.net + units.units) }
      // Net falls below zero only by an outside report or a rule of the shop.
      switch body {
      case .held, .linePrepared, .released, .extended, .expired: #expect(day.net >= min(0, before.numbers.net))
      case .confirmed: #expect(day.net >= min(0, before.numbers.net))
      default: break
      }
      // The same command at once is the same answer.
      switch command {
      case .freeFallen, .resetMark, .release(_, .some): continue
      case .hold, .confirm, .cart, .release, .extend, .setPolicy, .setScope, .report, .correct: break
      }
      guard case .duplicate(let again) = day.decide(command) else {
        if isRepeatable(command, day) { Issue.record("\(command) was accepted, and then not the same again") }
        continue
      }
      if case .hold = command { #expect(again == outcome) }
    }
  }

  /// A confirm of all that is live names nothing to compare with, where it left something expired.
  private func isRepeatable(_ command: Command, _ day: KeyTranscript) -> Bool {
    if case .cart(.prepare) = command { return true }
    if case .cart = command { return false }
    return true
  }

  @Test("replay of the entries from zero gives the same bytes", arguments: 1...24)
  func replay(seed: Int) {
    var stream = CommandStream(seed: UInt64(seed) &* 7919)
    var day = KeyTranscript(onHand: 30)
    for _ in 0..<200 {
      day.ask(stream.next(now: day.now, in: day.level))
      pass(&day, &stream)
    }
    let replayed = day.replayed
    #expect(replayed.image == day.level.image)
    #expect(replayed == day.level)
  }

  @Test("an image comes back to the byte, and the level behaves the same from then on", arguments: 1...24)
  func images(seed: Int) throws {
    var stream = CommandStream(seed: UInt64(seed) &* 104_729)
    var day = KeyTranscript(onHand: 30)
    var twin = day
    for step in 0..<220 {
      let command = stream.next(now: day.now, in: day.level)
      let answer = day.ask(command)
      #expect(twin.ask(command) == answer)
      let image = day.level.image
      #expect(twin.level.image == image)
      // Again and again the twin forgets its memory's layout.
      if step % 7 == 0 {
        twin.level = try StockLevel(image: image)
        twin.level.checkInvariants()
        #expect(twin.level == day.level)
        #expect(StockLevel.isAtRest(image: image) == day.level.isAtRest)
      }
      pass(&day, &stream)
      twin.now = day.now
    }
  }

  @Test("truncated images throw; flipped ones throw or give another valid level, and never trap")
  func damage() throws {
    var stream = CommandStream(seed: 11)
    var day = KeyTranscript(onHand: 30)
    // Long enough that all kinds of things are in it, short enough to flip every bit.
    for _ in 0..<40 { day.ask(stream.next(now: day.now, in: day.level)) }
    _ = day.ask(
      .cart(
        .prepare(
          CartLine(hold: HoldRequest(id: KeyTranscript.id("k9"), quantity: .one), first: KeyTranscript.key("here")))))
    day.ask(
      .cart(
        .decide(
          CartDecision(id: KeyTranscript.id("k9"), lines: [KeyTranscript.key("here")], expiresAt: day.now + 9_000))))
    let image = day.level.image
    #expect(try StockLevel(image: image) == day.level)
    for count in 0..<image.count {
      #expect(throws: ByteError.self) { try StockLevel(image: Array(image[..<count])) }
    }
    var valid = 0
    for bit in 0..<(image.count * 8) {
      var bytes = image
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      guard var level = try? StockLevel(image: bytes) else { continue }
      level.checkInvariants()
      #expect(try StockLevel(image: level.image) == level)
      // It can be used: what is due ends, and a hold is decided.
      let now = day.now + 60_000
      while let entry = level.dueEntry(at: now) { level.apply(entry) }
      _ = level.decide(.hold(HoldRequest(id: KeyTranscript.id("new"), quantity: .one)), now: now)
      valid += 1
    }
    #expect(valid > 0)
  }
}

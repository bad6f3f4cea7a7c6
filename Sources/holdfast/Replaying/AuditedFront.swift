import InventoryEngine
import SimulationKit
import StockLedger
import Synchronization

/// The engine as an outsider sees it, with an auditor that hears every question and every answer.
///
/// The auditor is the streaming one: it keeps its own books from the answers alone and finds an oversell at the answer
/// that completes it. A cart is told to it line by line.
final class AuditedFront: Sendable {
  let engine: InventoryEngine
  private let clock: any EngineClock
  private let sweep = Mutex(PromiseSweep())

  init(_ engine: InventoryEngine, clock: any EngineClock) {
    self.engine = engine
    self.clock = clock
  }

  /// What the auditor has found so far.
  var verdict: Verdict {
    sweep.withLock { Verdict(answers: $0.operations, unitsOversold: $0.unitsOversold, first: $0.first) }
  }

  /// Puts commands as one batch.
  func submit(_ commands: [KeyedCommand]) async -> [Answer] {
    let before = clock.now
    sweep.withLock { sweep in for one in commands { sweep.asked(one.command, of: one.key, at: before) } }
    let answers = await engine.submit(commands)
    let after = clock.now
    sweep.withLock { sweep in
      for (one, answer) in zip(commands, answers) { sweep.answered(one.command, of: one.key, answer, at: after) }
    }
    return answers
  }

  /// Holds carts as one batch.
  func hold(carts: [CartRequest]) async -> [CartAnswer] {
    let before = clock.now
    sweep.withLock { sweep in
      for cart in carts {
        for line in cart.lines { sweep.asked(Self.hold(cart, line.quantity), of: line.key, at: before) }
      }
    }
    let answers = await engine.hold(carts: carts)
    let after = clock.now
    sweep.withLock { sweep in
      for (cart, answer) in zip(carts, answers) {
        for line in cart.lines {
          sweep.answered(Self.hold(cart, line.quantity), of: line.key, Self.answer(answer, to: line), at: after)
        }
      }
    }
    return answers
  }

  /// Confirms carts as one batch.
  func confirm(carts: [(receipt: CartReceipt, claims: [CartClaim])]) async -> [Answer] {
    func confirms(_ cart: (receipt: CartReceipt, claims: [CartClaim])) -> [(StockKey, Int64, Command)] {
      cart.receipt.lines.compactMap { line in
        guard let claim = cart.claims.first(where: { $0.line == line.key }) else { return nil }
        return (line.key, line.units, .confirm(ConfirmRequest(id: cart.receipt.id, claim: claim.claim)))
      }
    }
    let before = clock.now
    sweep.withLock { sweep in
      for cart in carts { for (key, _, command) in confirms(cart) { sweep.asked(command, of: key, at: before) } }
    }
    let answers = await engine.confirm(carts: carts.map { ($0.receipt.id, $0.receipt.first, $0.claims) })
    let after = clock.now
    sweep.withLock { sweep in
      for (cart, answer) in zip(carts, answers) {
        for (key, units, command) in confirms(cart) {
          var told = answer
          if case .accepted(var receipt) = answer {
            receipt.units = units
            told = .accepted(receipt)
          }
          sweep.answered(command, of: key, told, at: after)
        }
      }
    }
    return answers
  }

  private static func hold(_ cart: CartRequest, _ quantity: Quantity) -> Command {
    .hold(HoldRequest(id: cart.id, quantity: quantity, lifetime: cart.lifetime))
  }

  private static func answer(_ answer: CartAnswer, to line: CartItem) -> Answer {
    switch answer {
    case .unknown: return .unknown
    case .refused(let refusal, _): return .refused(refusal)
    case .held(let receipt):
      // A line that the receipt leaves out was granted no unit: half a cart, which its counts then show.
      guard let found = receipt.lines.first(where: { $0.key == line.key }) else {
        return .refused(.unknownCart)
      }
      return .accepted(
        Receipt(
          units: found.units, expiresAt: receipt.expiresAt, availableToSell: found.availableToSell,
          entry: found.entry, isDuplicate: receipt.isDuplicate))
    }
  }
}

/// What an audit came to.
struct Verdict: Sendable {
  var answers: Int
  var unitsOversold: Int64
  var first: Contradiction?

  var json: JSONValue {
    .object(
      [("answersAudited", JSONValue(answers)), ("unitsOversold", .integer(unitsOversold))]
        + (first.map { [("first", .string("\($0)"))] } ?? []))
  }
}

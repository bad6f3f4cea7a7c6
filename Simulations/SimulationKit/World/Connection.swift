import InventoryEngine
import StockLedger

/// A client's way to one life of the engine: puts questions, writes down what is answered, and falls silent when the
/// power goes, because no answer of a dead process reaches anybody.
struct Connection: Sendable {
  let engine: InventoryEngine
  let ledger: StorefrontLedger
  /// The life of the engine that it leads to.
  let life: Int

  var clock: VirtualClock { ledger.clock }
  var isUp: Bool { ledger.life == life }

  /// Puts commands as one batch and writes down every question and answer; nil where the power went meanwhile.
  func submit(_ commands: [KeyedCommand]) async -> [Answer]? {
    guard isUp else { return nil }
    let asked = clock.now
    let tickets = ledger.write { auditor in commands.map { auditor.asked($0.command, of: $0.key, at: asked) } }
    let answers = commands.count == 1 ? [await engine.submit(commands[0])] : await engine.submit(commands)
    guard isUp else { return nil }
    let now = clock.now
    ledger.write { auditor in
      for (ticket, answer) in zip(tickets, answers) { auditor.answered(ticket, answer, at: now) }
    }
    for (command, answer) in zip(commands, answers) { note(command, answer) }
    return answers
  }

  private func note(_ command: KeyedCommand, _ answer: Answer) {
    let asked = "\(Self.name(command.command)) \(Self.subject(command.command))"
    let place = "\(command.key.sku) at \(command.key.location)"
    ledger.executor.note("\(asked), \(place): \(Self.words(answer))")
    switch answer {
    case .accepted(let receipt):
      ledger.count(Self.name(command.command) + (receipt.isDuplicate ? " repeated" : ""))
      if case .hold(let request) = command.command, !receipt.isDuplicate {
        let held = StorefrontLedger.Held(key: command.key, request: request, expiresAt: receipt.expiresAt)
        ledger.keep(held)
      }
    case .refused(let refusal): ledger.count("refused \(refusal.code)")
    case .unknown: ledger.count("unknown")
    }
  }

  func hold(cart request: CartRequest) async -> CartReceipt? {
    guard isUp else { return nil }
    let asked = clock.now
    var merged: [(key: StockKey, quantity: Quantity)] = []
    for line in request.lines {
      if let place = merged.firstIndex(where: { $0.key == line.key }) {
        merged[place].quantity = Quantity(merged[place].quantity.units + line.quantity.units) ?? line.quantity
      } else {
        merged.append((line.key, line.quantity))
      }
    }
    let lines = merged
    let ticket = ledger.write { $0.askedCart(request.id, lines: lines, lifetime: request.lifetime, at: asked) }
    let answer = await engine.hold(carts: [request])[0]
    guard isUp else { return nil }
    let now = clock.now
    let outcome: Auditor.CartOutcome
    switch answer {
    case .held(let receipt):
      outcome = .granted(
        receipt.lines.map { line in
          let told = Receipt(
            units: line.units, expiresAt: receipt.expiresAt, availableToSell: line.availableToSell, entry: line.entry,
            isDuplicate: receipt.isDuplicate)
          return (line.key, told)
        })
      ledger.count(receipt.isDuplicate ? "cart repeated" : "cart held")
    case .refused(let refusal, _):
      outcome = .refused(refusal)
      ledger.count("cart refused \(refusal.code)")
    case .unknown:
      outcome = .unknown
      ledger.count("cart unknown")
    }
    ledger.executor.note("cart \(request.id) \(answer.receipt == nil ? "not held" : "held")")
    ledger.write { $0.answeredCart(ticket, outcome, at: now) }
    return answer.receipt
  }

  func end(
    cart receipt: CartReceipt, _ ending: Ending, claims: [CartClaim]
  ) async {
    guard isUp else { return }
    guard let ticket = ledger.write({ $0.askedCartEnd(receipt.id, ending, claims: claims) }) else { return }
    let answer =
      ending == .confirm
      ? await engine.confirm(carts: [(receipt.id, receipt.first, claims)])[0]
      : await engine.release(carts: [(receipt.id, receipt.first)])[0]
    guard isUp else { return }
    let now = clock.now
    ledger.write { $0.answered(ticket, answer, at: now) }
    ledger.count("cart \(ending) \(answer.receipt == nil ? "refused" : "accepted")")
    ledger.executor.note("cart \(receipt.id) \(ending) \(Self.words(answer))")
  }

  func look(at key: StockKey) async {
    guard isUp else { return }
    let asked = clock.now
    let look = ledger.write { $0.willLook(at: asked) }
    guard let view = await engine.stock(key), isUp else { return }
    let now = clock.now
    ledger.write { $0.looked(look, key, availableToSell: view.availableToSell, entry: view.entry, at: now) }
    ledger.count("look")
  }

  private static func name(_ command: Command) -> String {
    switch command {
    case .hold: "hold"
    case .confirm: "confirm"
    case .release: "release"
    case .extend: "extend"
    case .report: "report"
    default: "other"
    }
  }

  /// Of whom a command is, and how much it asks for.
  private static func subject(_ command: Command) -> String {
    switch command {
    case .hold(let request): "\(request.id) of \(request.quantity.units) for \(request.lifetime) ms"
    case .confirm(let request): "\(request.id) as \(request.claim)"
    case .release(let id, let quantity): "\(id)" + (quantity.map { " of \($0.units)" } ?? "")
    case .extend(let id, let expiresAt): "\(id) to \(expiresAt)"
    case .report(let report): "\(report.delivery) by \(report.source)"
    default: ""
    }
  }

  private static func words(_ answer: Answer) -> String {
    switch answer {
    case .accepted(let receipt):
      "\(receipt.isDuplicate ? "again " : "")\(receipt.units) units, \(receipt.availableToSell) left"
        + (receipt.expiresAt > .distantPast ? ", until \(receipt.expiresAt)" : "") + " (entry \(receipt.entry))"
    case .refused(let refusal): "refused, \(refusal.code)"
    case .unknown: "no answer"
    }
  }
}

import StockLedger

/// How a cart ended, as far as its asker was told.
struct CartEnd: Sendable {
  var ending: Ending
  /// The claim that a confirm turned each line into.
  var claims: [CartClaim]
  /// False where the asker got no answer.
  var isSure: Bool
}

/// A cart as the auditor knows it.
struct AuditedCart: Sendable {
  struct Line: Sendable {
    var key: StockKey
    var quantity: Quantity
  }

  enum Outcome: Sendable { case unanswered, granted, refused, unknown }

  var id: CartID
  var lines: [Line]
  var lifetime: Int64
  var askedTick: UInt64
  var askedAt: Timestamp
  var answeredTick: UInt64 = .max
  var outcome = Outcome.unanswered
  var end: CartEnd?
  var endAskedTick: UInt64 = .max
}

extension AuditedKey {
  /// At rest every cart has ended in every line, so what its asker was told must show in the number.
  mutating func endCarts() {
    // Sums only: the order of visiting changes nothing.
    for (id, end) in cartEnds {
      guard let known = reservations[id], known.isCartLine, known.left > 0 else { continue }
      guard end.isSure else {
        setStanding(of: id, to: .doubtful)
        continue
      }
      let units = self.end(known.left, of: id, confirmed: end.ending == .confirm)
      if end.ending == .confirm, let line = end.claims.first(where: { $0.line == key }) {
        change(line.claim, from: claims[line.claim] ?? AuditedClaim(kind: line.kind)) {
          $0.confirm(id, cumulative: units)
        }
      }
    }
  }
}

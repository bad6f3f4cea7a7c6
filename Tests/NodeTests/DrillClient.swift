import Foundation

/// Holds, confirms and releases; asks again under the same id until it is told for good.
struct DrillClient: Sendable {
  let number: Int
  let ring: NodeRing
  let log: DrillLog
  let skus: [String]

  /// Shops until the end.
  func run(_ chance: SeededChance, until end: ScratchFlag) async {
    var chance = chance
    var held: [(sku: String, reservation: String)] = []
    for step in 0... {
      if end.isRaised { return }
      let name = "\(number)-\(step)"
      if !held.isEmpty && !chance.isOne(in: 3) {
        let (sku, reservation) = held.remove(at: Int.random(in: held.indices, using: &chance))
        // More is given back than bought, so that there is something to hold until the end.
        let isBought = chance.isOne(in: 5)
        _ = await ask(
          "\(isBought ? "confirm" : "release")/\(name)",
          isBought ? .confirm(sku, reservation, as: "order-\(name)") : .release(sku, reservation), until: end)
      } else {
        let sku = skus[Int.random(in: skus.indices, using: &chance)]
        var hold = Ask.hold(sku, "r-\(name)", Int64.random(in: 1...3, using: &chance))
        // Some are about to expire, and do.
        if chance.isOne(in: 8) { hold.lifetime = 700 }
        if await ask("hold/\(name)", hold, until: end)?.isAccepted ?? false { held.append((sku, "r-\(name)")) }
      }
    }
  }

  /// Asks until there is an answer for good, or the end; follows the owner's name.
  func ask(_ name: String, _ ask: Ask, until end: ScratchFlag) async -> NodeAnswer? {
    log.noteAsked(name, ask)
    var place = shard(of: ask.sku) % ring.count + 1
    while !end.isRaised {
      let answer = await ring[place].ask(ask, ref: name, patience: .seconds(1))
      log.note(answer, to: name)
      if let answer, answer.isFinal { return answer }
      place = answer?.ownerNumber ?? place % ring.count + 1
      try? await Task.sleep(for: .milliseconds(answer?.isElsewhere ?? false ? 10 : 50))
    }
    return nil
  }
}

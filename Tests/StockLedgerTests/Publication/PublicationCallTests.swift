@testable import StockLedger
import Testing

@Suite("A publication's calls: repeated, refused, stopped and started again")
struct PublicationCallTests {
  @Test("only the newest target is sent: what changes while a call is out is remembered")
  func coalescing() {
    var shop = ShopWorld.atRest(10)
    shop.held = 1
    shop.send()
    for units in 2...6 {
      shop.held = Int64(units)
      shop.publication.aim(at: shop.ats)
      #expect(shop.next == .rest)
    }
    shop.arrive()
    shop.answer()
    #expect(shop.next == .send(quantity: 4, changeFrom: 9))
    shop.expectRest(at: 4)
    #expect(shop.writes == [9, 4])
  }

  @Test("a word says where it stands, at every step")
  func states() {
    #expect(Publication().state == .toRead)
    var shop = ShopWorld.atRest(10)
    #expect(shop.publication.state == .published)
    shop.held = 3
    shop.publication.aim(at: shop.ats)
    #expect(shop.publication.state == .toWrite)
    shop.send()
    #expect(shop.publication.state == .writing)
    shop.say(.answered(.unknown(retryAt: shop.now)))
    #expect(shop.publication.state == .outcomeUnknown)
    shop.send()
    shop.say(.answered(.rejected(.notStocked)))
    #expect(shop.publication.state == .stopped)
    shop.say(.drop)
    #expect(shop.publication.state == .dropped)
    shop.say(.force)
    #expect(shop.publication.state == .toWrite)
    shop.send()
    shop.arrive()
    shop.answer()
    #expect(shop.publication.state == .published)
  }

  @Test("an unknown outcome is repeated under the same key, and takes effect once", arguments: [true, false])
  func unknown(reached: Bool) {
    var shop = ShopWorld.atRest(10)
    shop.held = 3
    let write = shop.send()
    if reached { shop.arrive() }
    let later = shop.now + 500
    #expect(shop.say(.answered(.unknown(retryAt: later))) == .accept(.unknown(retryAt: later)))
    #expect(shop.next == .wait(until: later))
    // The target goes on meanwhile; the repeat does not.
    shop.held = 5
    shop.pass(500)
    #expect(shop.next == write.map { .repeating($0) })
    #expect(shop.send() == write)
    #expect(shop.next == .rest)
    shop.arrive()
    #expect(shop.answer() == .accepted)
    #expect(shop.writes == [7])
    shop.expectRest(at: 5)
  }

  @Test("a repeat that finds another number is stale like any other")
  func unknownThenStale() {
    var shop = ShopWorld.atRest(10)
    shop.held = 3
    shop.send()
    shop.say(.answered(.unknown(retryAt: shop.now)))
    shop.sells("o1")
    shop.pass(5_000)
    shop.send()
    shop.arrive()
    #expect(shop.answer() == .stale)
    shop.hears("o1")
    shop.expectRest(at: 6)
  }

  @Test("an order between a write's effect and its late answer is not lost")
  func orderAfterAnUnknownEffect() {
    var shop = ShopWorld.atRest(10)
    shop.held = 3
    shop.send()
    shop.arrive()
    shop.say(.answered(.unknown(retryAt: shop.now + 60_000)))
    shop.pass(30_000)
    shop.sells("o1", 2)
    shop.hears("o1")
    shop.pass(30_000)
    shop.write()
    #expect(shop.expected == 5)
    shop.expectRest(at: 5)
    #expect(shop.writes == [7])
  }

  @Test("throttled: nothing was done, so the newest target goes next, under a new key, and not before its time")
  func throttled() {
    var shop = ShopWorld.atRest(10)
    shop.held = 3
    let first = shop.send()
    let later = shop.now + 2_000
    shop.say(.answered(.throttled(retryAt: later)))
    #expect(shop.next == .wait(until: later))
    shop.held = 4
    shop.pass(2_000)
    let second = shop.send()
    #expect(second?.quantity == 6)
    #expect(second?.key != first?.key)
    shop.arrive()
    shop.answer()
    shop.expectRest(at: 6)
  }

  @Test("throttled at its repeat, a write may have taken effect at its first sending: the same key goes on")
  func throttledAtTheRepeat() {
    var shop = ShopWorld.atRest(10)
    shop.held = 3
    let write = shop.send()
    shop.arrive()
    shop.say(.answered(.unknown(retryAt: shop.now)))
    shop.loseAnswer()
    shop.send()
    let later = shop.now + 2_000
    #expect(shop.say(.answered(.throttled(retryAt: later))) == .accept(.unknown(retryAt: later)))
    shop.held = 5
    shop.pass(2_000)
    #expect(shop.next == write.map { .repeating($0) })
    shop.expectRest(at: 5)
    #expect(shop.writes == [7, 5])
  }

  @Test("a call that failed for other rows is sent again under a new key, and counts as no stale write")
  func notTaken() {
    var shop = ShopWorld.atRest(10)
    shop.held = 3
    shop.send()
    shop.say(.answered(.notTaken))
    #expect(shop.publication.staleInARow == 0)
    #expect(shop.next == .send(quantity: 7, changeFrom: 10))
    shop.expectRest(at: 7)
  }

  @Test("a used key is refused: a new write needs a new one")
  func keyReused() {
    var shop = ShopWorld.atRest(10)
    shop.held = 1
    let first = shop.send()
    shop.say(.answered(.notTaken))
    #expect(shop.say(.sending(key: first?.key ?? .none)) == .refuse(.keyReused))
    #expect(shop.say(.sending(key: .none)) == .refuse(.keyReused))
    #expect(shop.say(.sending(key: ShopWorld.id("new"))) != .refuse(.keyReused))
  }

  @Test("stale again and again: reconciliation gets it, and nothing is written blindly")
  func staleInARow() {
    var shop = ShopWorld.atRest(100)
    let before = shop.writes
    shop.held = 1
    var stale: Int64 = 0
    while shop.publication.trouble == nil && stale < 100 {
      shop.publication.aim(at: shop.ats)
      guard case .send = shop.next else {
        let moved = shop.step()
        #expect(moved)
        continue
      }
      shop.send()
      // Somebody buys in front of every write.
      shop.sells("o\(stale)")
      shop.arrive()
      #expect(shop.answer() == .stale)
      shop.hears("o\(stale)")
      stale += 1
    }
    #expect(stale == Limits.staleInARowMax)
    #expect(shop.next == .handOver(.staleInARow))
    #expect(shop.publication.isHot)
    #expect(shop.writes == before)
    // Reconciliation reads it under no trade.
    #expect(shop.say(.reconciled(available: shop.available)) == .accept(.reconciled(available: shop.available)))
    shop.unnamed = [:]
    shop.expectRest(at: 91)
  }

  @Test("a key with other parameters is our bug: a dead letter, until a person retries it")
  func keyMismatch() {
    var shop = ShopWorld.atRest(10)
    shop.held = 2
    shop.send()
    #expect(shop.say(.answered(.keyMismatch)) == .accept(.stopped(.keyMismatch)))
    #expect(shop.next == .deadLetter(.keyMismatch))
    shop.held = 3
    #expect(shop.say(.sending(key: ShopWorld.id("other"))) == .refuse(.notWanted))
    shop.say(.retry)
    #expect(shop.next == .read, "whether it was written is not known")
    shop.expectRest(at: 7)
  }

  @Test("a refused row is a dead letter; dropped, its target is not tried again, and the next one is")
  func rejected() {
    var shop = ShopWorld.atRest(10)
    shop.held = 2
    shop.send()
    shop.say(.answered(.rejected(.notStocked)))
    #expect(shop.next == .deadLetter(.rejected(.notStocked)))
    #expect(shop.publication.trouble?.isDeadLetter == true)
    shop.say(.drop)
    #expect(shop.next == .rest)
    #expect(shop.say(.drop) == .refuse(.notStopped))
    shop.held = 3
    shop.publication.aim(at: shop.ats)
    #expect(shop.next == .send(quantity: 7, changeFrom: 10))
    shop.expectRest(at: 7)
  }

  @Test("a dead letter that is retried reads first, then writes the newest target")
  func retried() {
    var shop = ShopWorld.atRest(10)
    shop.held = 2
    shop.send()
    shop.say(.answered(.rejected(.invalidLocation)))
    shop.held = 6
    #expect(shop.say(.retry) == .accept(.retried))
    #expect(shop.next == .read)
    shop.expectRest(at: 4)
    #expect(shop.say(.retry) == .refuse(.notStopped))
  }

  @Test("suspended, nothing leaves, and what is named is counted; resumed, it goes on")
  func suspended() {
    var shop = ShopWorld.atRest(10)
    shop.say(.suspend)
    shop.held = 2
    shop.publication.aim(at: shop.ats)
    #expect(shop.next == .rest)
    #expect(shop.say(.reading) == .refuse(.notWanted))
    shop.sells("o1")
    shop.hears("o1")
    #expect(shop.expected == 9)
    #expect(shop.say(.suspend) == .ignore)
    shop.say(.resume)
    #expect(shop.next == .send(quantity: 7, changeFrom: 9))
    shop.expectRest(at: 7)
  }

  @Test("suspended with a write of unknown outcome: it is repeated only when calls go on")
  func suspendedWhileUnknown() {
    var shop = ShopWorld.atRest(10)
    shop.held = 2
    shop.send()
    shop.say(.suspend)
    shop.say(.answered(.unknown(retryAt: shop.now)))
    #expect(shop.next == .rest)
    #expect(shop.say(.repeating) == .refuse(.notWanted))
    shop.say(.resume)
    shop.expectRest(at: 8)
  }

  @Test("an operator's forced refresh alone goes without a comparison, once")
  func forced() {
    var shop = ShopWorld.atRest(10)
    shop.edit(by: 7)
    shop.say(.force)
    #expect(shop.next == .send(quantity: 10, changeFrom: nil))
    #expect(shop.write() == .accepted)
    #expect(shop.available == 10)
    shop.held = 1
    shop.publication.aim(at: shop.ats)
    #expect(shop.next == .send(quantity: 9, changeFrom: 10))
    shop.expectRest(at: 9)
  }

  @Test("forced over an order that nobody has named: the name heals the number")
  func forcedOverAnOrder() {
    var shop = ShopWorld.atRest(10)
    shop.sells("o1")
    shop.pass(10_000)
    shop.say(.force)
    shop.write()
    #expect(shop.available == 10)
    shop.pass(10_000)
    shop.hears("o1")
    shop.expectRest(at: 9)
  }

  @Test("a write unknown for longer than keys are kept is reconciliation's")
  func outcomeLost() {
    var shop = ShopWorld.atRest(10)
    shop.held = 2
    shop.send()
    shop.say(.answered(.unknown(retryAt: shop.now)))
    shop.pass(Limits.publicationKeyMax + 1)
    #expect(shop.publication.due(at: shop.now) == .stopped(.outcomeLost))
    shop.say(.restarted)
    #expect(shop.next == .handOver(.outcomeLost))
    #expect(shop.expected == nil)
    shop.say(.reconciled(available: shop.available))
    shop.expectRest(at: 8)
  }

  @Test("a read that fails is tried again, not before its time")
  func readFailed() {
    var shop = ShopWorld(physical: 5, available: 5)
    shop.ask()
    let later = shop.now + 1_000
    #expect(shop.say(.readFailed(retryAt: later)) == .accept(.readFailed(retryAt: later)))
    #expect(shop.next == .wait(until: later))
    shop.expectRest(at: 5)
  }

  @Test("answers that nobody awaits are refused, and change nothing")
  func late() {
    var shop = ShopWorld.atRest(10)
    #expect(shop.say(.answered(.accepted)) == .refuse(.nothingIsOut))
    #expect(shop.say(.read(available: 3)) == .refuse(.nothingIsOut))
    #expect(shop.say(.readFailed(retryAt: shop.now)) == .refuse(.nothingIsOut))
    #expect(shop.say(.repeating) == .refuse(.notWanted))
    #expect(shop.say(.claimed(number: 4, units: 1)) == .refuse(.unknownClaim))
    #expect(shop.say(.settled(number: 4)) == .refuse(.unknownClaim))
    #expect(shop.say(.retry) == .refuse(.notStopped))
    #expect(shop.say(.restarted) == .ignore)
    shop.held = 1
    shop.send()
    #expect(shop.say(.sending(key: ShopWorld.id("x"))) == .refuse(.callIsOut))
    #expect(shop.say(.reading) == .refuse(.callIsOut))
    #expect(shop.say(.reconciled(available: 1)) == .refuse(.callIsOut))
    #expect(shop.say(.read(available: 1)) == .refuse(.nothingIsOut))
  }

  @Test("numbers past every range are refused, and targets are clipped to what a channel takes")
  func ranges() {
    var shop = ShopWorld(physical: 5, available: 5)
    shop.ask()
    #expect(shop.say(.read(available: .min)) == .refuse(.outOfRange))
    #expect(shop.say(.read(available: .max)) == .refuse(.outOfRange))
    #expect(shop.say(.read(available: -Limits.unitsMax)) == .accept(.read(available: -Limits.unitsMax)))
    #expect(shop.say(.hint(available: .max)) == .refuse(.outOfRange))
    shop.publication.aim(at: .max)
    #expect(shop.publication.target == Limits.quantityMax)
    shop.publication.aim(at: .min)
    #expect(shop.publication.target == 0)
    let change = NamedChange(.order, document: ShopWorld.id("o"), units: .one, madeAt: Timestamp(milliseconds: .max))
    #expect(shop.say(.order(change, .nobody)) == .refuse(.outOfRange))
  }

  @Test("a crash at every step of a publication loses nothing and writes nothing twice", arguments: 0..<24)
  func crash(step crashAt: Int) {
    var shop = ShopWorld(physical: 10, available: 12)
    shop.sells("old")
    var steps = 0
    func mayCrash(_ shop: inout ShopWorld) {
      steps += 1
      if steps == crashAt { shop.crash() }
    }
    shop.publication.aim(at: shop.ats)
    for round in 0..<4 {
      if round == 1 { shop.held = 3 }
      if round == 2 {
        shop.pass(5_000)
        shop.sells("unseen", 2)
        shop.physical = 14
        shop.pass(5_000)
      }
      if round == 3 { shop.hears("unseen") }
      for _ in 0..<12 {
        shop.publication.aim(at: shop.ats)
        switch shop.next {
        case .read:
          shop.ask()
          mayCrash(&shop)
          shop.look()
          shop.tell()
          mayCrash(&shop)
        case .send, .repeating:
          shop.send()
          mayCrash(&shop)
          shop.arrive()
          mayCrash(&shop)
          shop.answer()
          mayCrash(&shop)
        case .book, .join:
          mayCrash(&shop)
          shop.book()
          mayCrash(&shop)
        case .wait, .rest, .handOver, .deadLetter: break
        }
      }
    }
    #expect(shop.publication.trouble == nil)
    shop.expectRest(at: 9)
    // 10, then less three held, then four more on hand less the two unseen: each at most once.
    #expect(shop.writes.allSatisfy { [10, 7, 9, 11].contains($0) })
    #expect(Set(shop.writes).count == shop.writes.count)
  }
}

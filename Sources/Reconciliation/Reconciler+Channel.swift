import InventoryEngine
import StockLedger

/// The channel's number of each key against the one that we believe it has.
extension Reconciler {
  /// Keys that are read together at the second look.
  private static let keysPerReadMax = 250

  func look(at channel: Channel) async {
    let place = channel.publisher.place.channel
    await firstLook(at: channel)
    let isComplete = await bringIn(channel)
    if !look.candidates.isEmpty {
      try? await engine.clock.sleep(until: now + settings.secondLookAfter)
      await secondLook(at: channel)
    }
    for candidate in look.candidates { await add(candidate, at: place) }
    await addUnnamed(of: channel, isComplete: isComplete)
    await addStopped(of: channel)
    if look.report.scope == .shop && look.report.failures.isEmpty {
      for key in look.unread {
        look.report.add(
          DriftRow(
            key: key, side: .channel(place), ours: nil, theirs: nil, driftClass: .unmapped,
            cause: "the channel does not know it: its SKU or its location is missing there, or stands there twice"))
      }
    }
  }

  // MARK: Two looks

  private func firstLook(at channel: Channel) async {
    do throws(ChannelFailure) {
      if case .key(let key) = look.report.scope {
        guard case .held(let numbers) = await channel.port.read([key]) else {
          throw ChannelFailure("it does not answer now")
        }
        if let available = numbers.first ?? nil { await compare([ChannelHolding(key: key, available: available)]) }
      } else {
        try await channel.port.readAll { await self.compare($0) }
      }
    } catch { look.report.failures.append("the channel was not read to its end: \(error)") }
  }

  private func compare(_ holdings: [ChannelHolding]) async {
    for holding in holdings where holding.key.shop == shop && look.report.scope.covers(holding.key) {
      guard let publication = await publication(of: holding.key) else { continue }
      look.note((holding.key, holding.available), publication)
    }
  }

  /// Keeps those that still differ, with nothing on its way before and after the reading.
  private func secondLook(at channel: Channel) async {
    var left: [Look.Candidate] = []
    var next = look.candidates[...]
    while !next.isEmpty {
      let some = Array(next.prefix(Self.keysPerReadMax))
      next = next.dropFirst(some.count)
      var before: [Publication?] = []
      for each in some { before.append(await publication(of: each.key)) }
      guard case .held(let numbers) = await channel.port.read(some.map(\.key)), numbers.count == some.count else {
        look.report.failures.append("the channel did not answer the second look at \(some.count) keys")
        continue
      }
      for (place, each) in some.enumerated() {
        guard let available = numbers[place], let earlier = before[place], let later = await publication(of: each.key),
          later.expected == earlier.expected, case .differs = ChannelComparison(available: available, earlier),
          case .differs = ChannelComparison(available: available, later)
        else {
          look.report.inFlight += 1
          continue
        }
        left.append(Look.Candidate(key: each.key, available: available))
      }
    }
    look.candidates = left
  }

  func publication(of key: StockKey) async -> Publication? {
    guard let channel else { return nil }
    return await engine.glance(at: key)?.publication(at: channel.publisher.place.channel)
  }

  // MARK: Rows

  private func add(_ candidate: Look.Candidate, at place: ChannelID) async {
    guard let expected = await publication(of: candidate.key)?.expected else { return }
    look.report.add(
      DriftRow(
        key: candidate.key, side: .channel(place), ours: expected,
        theirs: candidate.available, driftClass: .editedByHand,
        cause: "it changed there, no webhook told of it, and no order explains it",
        mending: .lookAgain(available: candidate.available)))
  }

  /// Orders that webhooks did not tell of.
  ///
  /// - Returns: True where all of them have been seen.
  private func bringIn(_ channel: Channel) async -> Bool {
    guard let orders = channel.orders else { return false }
    let since = ordersSeenUntil.map { $0 - settings.ordersOverlap } ?? now - settings.ordersLookBack
    do throws(ChannelFailure) {
      let brought = try await orders.bringIn(changedSince: since)
      ordersSeenUntil = brought.until
      look.report.ordersSeenUntil = brought.until
      for key in brought.changed where look.report.scope.covers(key) {
        look.report.add(
          DriftRow(
            key: key, side: .channel(channel.publisher.place.channel), component: .open, ours: nil, theirs: nil,
            driftClass: .orderUnseen, cause: "an order there had not been told; it was fetched and applied",
            state: .mended))
      }
      return true
    } catch {
      look.report.failures.append("the channel's orders were not read to their end: \(error)")
      return false
    }
  }

  /// Units that left the channel without a name, where no order of the whole time since has taken them: a person did.
  private func addUnnamed(of channel: Channel, isComplete: Bool) async {
    let place = channel.publisher.place.channel
    var seen: [StockKey: [Int64: Int64]] = [:]
    for (key, claims) in await channel.publisher.unnamedClaims() where look.report.scope.covers(key) {
      let left = await publication(of: key)?.target ?? 0
      for claim in claims where claim.units > 0 && claim.inLedger == claim.units {
        seen[key, default: [:]][claim.number] = claim.units
        let isOld = claim.bookedAt + settings.unnamedAfter <= min(now, ordersSeenUntil ?? .distantPast)
        let wasSeen = unnamedBefore[key]?[claim.number] == claim.units
        let isSure = isComplete && isOld && wasSeen
        look.report.add(
          DriftRow(
            key: key, side: .channel(place), ours: left + claim.units, theirs: left,
            driftClass: isSure ? .editedByHand : .oursIsNewer,
            cause: isSure
              ? "units went missing there at \(claim.bookedAt), and no order until now has taken them"
              : "units went missing there at \(claim.bookedAt); an order may still name them",
            mending: isSure ? .correct(.unnamed(place, number: claim.number, from: claim.units), .editedByHand) : .none)
        )
      }
    }
    unnamedBefore = seen
  }

  private func addStopped(of channel: Channel) async {
    for (key, trouble) in await channel.publisher.stoppedKeys where look.report.scope.covers(key) {
      let publication = await publication(of: key)
      look.report.add(
        DriftRow(
          key: key, side: .channel(channel.publisher.place.channel), ours: publication?.target,
          theirs: publication?.confirmed?.units, driftClass: .unexplained,
          cause: "its publication has stopped: \(trouble)", state: .held))
    }
  }
}

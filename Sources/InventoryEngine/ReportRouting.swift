import StockLedger

/// What has to follow at another key once a report is durable at its own.
struct Follower {
  /// The report's place in its batch.
  let index: Int
  let command: KeyedCommand
}

extension StockRouter {
  /// Gives each report that names a claim the key where the claim is, and says what has to follow when it is durable.
  ///
  /// A report without a location (the item's key) goes where its claim is; an unknown claim takes the location whose
  /// live reservation carries its reference, then the shop's default. An order line goes where its claim is even when
  /// it names another location: routing moves it. Source: docs/domain.md, "Claims: demand counted once".
  func locate(_ commands: inout [KeyedCommand], refused: inout [Int: Refusal]) async -> [Follower] {
    var followers: [Follower] = []
    for index in commands.indices {
      guard case .report(let report) = commands[index].command, let claim = report.claimNamed else { continue }
      let key = commands[index].key
      // Before the item's index is made: what is asked of other nodes must not grow this one.
      if directory.isElsewhere(shard: key.shard) {
        refused[index] = .elsewhere(shard: UInt8(key.shard))
        continue
      }
      let item = directory.itemKeeper(of: key)
      await build(item, of: key)
      let places = await item.places(of: claim)
      switch report.body {
      case .demand(let demand):
        let target: StockKey?
        if places.isEmpty {
          target = await place(ofNew: demand, named: key)
        } else {
          target = places.contains(key) ? key : places[0]
          if places.count > 1, let target {
            let shared = await share(demand, of: report, at: target, among: places)
            commands[index].command = shared.target
            followers += shared.others.map { Follower(index: index, command: $0) }
          }
        }
        guard let target else {
          refused[index] = .locationUnknown
          continue
        }
        commands[index].key = target
      case .stage(let stage):
        if key.isItem {
          guard let target = places.first ?? defaultLocation(of: key) else {
            refused[index] = .locationUnknown
            continue
          }
          commands[index].key = target
        } else if !places.contains(key), let document = stage.document,
          let old = await origin(of: claim, among: places, besides: key, document: document)
        {
          followers += leaving(stage, of: report, from: old).map { Follower(index: index, command: $0) }
        }
      case .move(let move):
        guard !key.isItem else {
          refused[index] = .locationUnknown
          continue
        }
        if move.direction == .arrives,
          let old = await origin(of: claim, among: places, besides: key, document: move.document)
        {
          var leaves = move
          leaves.direction = .leaves
          let follower = KeyedCommand(key: old, command: .report(report.following(with: .move(leaves))))
          followers.append(Follower(index: index, command: follower))
        }
      case .lineState:
        if key.isItem {
          refused[index] = .locationUnknown
          continue
        }
      default: break
      }
      _ = await item.note(claim, at: commands[index].key)
    }
    return followers
  }

  /// Where a line that nobody has named yet goes.
  private func place(ofNew demand: Demand, named key: StockKey) async -> StockKey? {
    guard key.isItem else { return key }
    if !demand.reference.isNone {
      for location in directory.locations(of: key) {
        if await directory.keeper(for: location)?.holds(reference: demand.reference) == true { return location }
      }
    }
    return defaultLocation(of: key)
  }

  private func defaultLocation(of key: StockKey) -> StockKey? {
    guard let location = settings.defaultLocations[key.shop] else { return nil }
    return try? StockKey(shop: key.shop, sku: key.sku, location: location)
  }

  /// The place that units of a claim leave when they come to another: the one that the document is known to have taken
  /// them from, so that a repeat takes nothing more; else where most of them wait, and of equals the first.
  private func origin(
    of claim: ClaimID, among places: [StockKey], besides key: StockKey, document: DocumentID
  ) async -> StockKey? {
    let others = places.filter { $0 != key }.sorted()
    guard others.count > 1 else { return others.first }
    var found: (key: StockKey, open: Int64)?
    for place in others {
      guard let keeper = await directory.keeper(for: place), let turn = await keeper.place(of: claim) else { continue }
      if turn.content?.documents.contains(document) == true { return place }
      let open = turn.content?.open ?? 0
      if open > found?.open ?? -1 { found = (place, open) }
    }
    return found?.key ?? others.first
  }

  /// A line that lives at several locations: each other one is named with the units it has confirmed, and the target
  /// gets what is left of the total.
  private func share(
    _ demand: Demand, of report: Report, at target: StockKey, among places: [StockKey]
  ) async -> (target: Command, others: [KeyedCommand]) {
    var others: [KeyedCommand] = []
    var left = demand.total.units
    for place in places where place != target {
      guard let turn = await directory.keeper(for: place)?.wholeLevel() else { continue }
      let confirmed = turn.content.sources.confirmFinding(reservation: .none, claim: demand.claim).confirmed
      guard let units = Quantity(confirmed) else { continue }
      left -= confirmed
      var part = demand
      part.total = units
      others.append(KeyedCommand(key: place, command: .report(report.following(with: .demand(part)))))
    }
    var rest = demand
    if let units = Quantity(max(1, left)) { rest.total = units }
    var shared = report
    shared.body = .demand(rest)
    return (.report(shared), others)
  }

  /// A warehouse that took a line's units at another location than the one they wait at: they leave the old one.
  private func leaving(_ stage: StageReport, of report: Report, from old: StockKey) -> [KeyedCommand] {
    guard stage.stage == .allocate || stage.stage == .ship,
      case .document(let document, let units) = stage.amount
    else { return [] }
    let leaves = Move(
      claim: stage.claim, document: document, direction: .leaves, units: units, occurredAt: stage.occurredAt)
    return [KeyedCommand(key: old, command: .report(report.following(with: .move(leaves))))]
  }
}

extension StageReport {
  /// Its document; nil where it says units in all.
  fileprivate var document: DocumentID? { if case .document(let document, _) = amount { document } else { nil } }
}

extension Report {
  /// What an item with rules of its own counts of it: the same, and of a line's state the units over all locations.
  var countedByItem: Report {
    guard case .lineState(var state) = body else { return following(with: body) }
    state.units = state.unitsInAll
    state.departures = []
    state.memo = []
    return following(with: .lineState(state))
  }

  /// The claim that it names, if it names one.
  var claimNamed: ClaimID? {
    switch body {
    case .demand(let demand): demand.claim
    case .stage(let stage): stage.claim
    case .move(let move): move.claim
    case .lineState(let state): state.claim
    default: nil
    }
  }

  /// What follows from this report at another key: said by the same source, under a delivery id of its own.
  func following(with body: Body) -> Report {
    var mixed = SipHash128(key0: delivery.high, key1: delivery.low)
    mixed.absorb(UInt8(ascii: "f"))
    let (first, second) = mixed.finish()
    let id = DeliveryID(high: first, low: 0xC1 << 56 | second >> 8)
    return Report(source: source, delivery: id, incarnation: incarnation, body: body)
  }
}

import ChannelIntake
import InventoryEngine
import StockLedger

/// Takes the steps of a trace to the engine: many carts in flight, and yet the trace's order on every SKU.
///
/// Neighbours within the window of time that touch no common key go as one batch: whole carts, then their confirms. A
/// step that touches a key of the batch waits for the next one, so a cart that is refused has given its units back
/// before the trace's next buyer asks for them.
struct Replayer: Sendable {
  let front: AuditedFront
  let clock: SteppedClock
  let place: RetailPlace
  let pace: Pace
  /// How much of the trace's time one batch may span, in milliseconds: entries are at most so much late.
  let window: Int64
  let flag: StopFlag
  let progress: Progress
  private(set) var tally = ReplayTally()
  private var book = RetailBook()
  private var batch = ReplayBatch()

  /// Carts in flight at once: past it the wait for the sync is no longer what limits.
  private static let cartsMax = 256
  private static let rowsMax = 4_096

  init(
    front: AuditedFront, clock: SteppedClock, place: RetailPlace, pace: Pace, window: Int64, flag: StopFlag,
    progress: Progress
  ) {
    self.front = front
    self.clock = clock
    self.place = place
    self.pace = pace
    self.window = window
    self.flag = flag
    self.progress = progress
  }

  /// Replays steps in their order; ends early where the flag is raised.
  mutating func replay(_ steps: [TraceStep]) async throws {
    for step in steps {
      if flag.isRaised { break }
      let at = max(step.at ?? batch.last ?? clock.now, clock.now)
      let keys = try keys(of: step)
      let isFull = batch.orders.count >= Self.cartsMax || batch.commands.count >= Self.rowsMax
      if isFull || batch.isAgainst(step, keys) || batch.first.map({ at > $0 + window }) ?? false {
        try await flush()
      }
      try add(step, keys, at: at)
    }
    try await flush()
  }

  private func keys(of step: TraceStep) throws -> [StockKey] {
    switch step {
    case .order(let order): try order.lines.map { try place.key($0.sku) }
    case .cancel(let cancel): [try place.key(cancel.sku)]
    case .adjustment(let adjustment): [try place.key(adjustment.sku)]
    case .row(let row): [row.key]
    }
  }

  private mutating func add(_ step: TraceStep, _ keys: [StockKey], at: Timestamp) throws {
    batch.note(step, keys, at: at)
    switch step {
    case .order(let order):
      let lines = zip(keys, order.lines).map { CartItem(key: $0, quantity: $1.quantity) }
      let request = CartRequest(
        id: order.cart, lines: lines, channel: place.channel, customer: order.customerID, requestedAt: order.at)
      batch.orders.append((order, request))
    case .cancel(let cancel):
      let resolution = book.resolve(cancel)
      tally.unitsCancelled += resolution.cancelledUnits
      tally.unitsReturned += resolution.returned
      for report in resolution.reports(orders: place.orders, books: place.books) {
        batch.commands.append(KeyedCommand(key: keys[0], command: .report(report)))
      }
    case .adjustment(let adjustment):
      tally.unitsAdjusted += adjustment.delta
      batch.commands.append(KeyedCommand(key: keys[0], command: .report(adjustment.report(source: place.books))))
    case .row(let row): batch.commands.append(row)
    }
  }

  /// Sends what was gathered, and waits until all of it is answered.
  private mutating func flush() async throws {
    let sent = batch
    batch = ReplayBatch()
    guard let last = sent.last else { return }
    await pace.wait(until: last, clock, flag)
    clock.advance(to: last)
    if !sent.commands.isEmpty {
      for (command, answer) in zip(sent.commands, await front.submit(sent.commands)) {
        tally.count(command.command, answer)
      }
    }
    if !sent.orders.isEmpty { await trade(sent.orders) }
    progress.add(sent.count)
    if tally.unknown > 0 {
      throw Complaint(
        "the store failed while the trace was replayed; \(tally.unknown) answers are unknown",
        do: "make room, then replay into an empty directory")
    }
  }

  private mutating func trade(_ orders: [(order: RetailOrder, request: CartRequest)]) async {
    tally.cartsAsked += orders.count
    var confirms: [(receipt: CartReceipt, claims: [CartClaim])] = []
    var held: [RetailOrder] = []
    for ((order, request), answer) in zip(orders, await front.hold(carts: orders.map(\.request))) {
      let units = order.lines.reduce(0) { $0 + $1.quantity.units }
      tally.linesAsked += order.lines.count
      tally.unitsAsked += units
      switch answer {
      case .unknown: tally.unknown += 1
      case .refused(let refusal, let short):
        tally.cartRefusals[refusal.code, default: 0] += 1
        tally.shortLines += short.count
      case .held(let receipt):
        tally.cartsGranted += 1
        tally.linesGranted += order.lines.count
        tally.unitsGranted += units
        held.append(order)
        confirms.append(
          (receipt, zip(request.lines, order.lines).map { CartClaim(line: $0.key, claim: $1.claim) }))
      }
    }
    if confirms.isEmpty { return }
    for (order, answer) in zip(held, await front.confirm(carts: confirms)) {
      switch answer {
      case .accepted:
        book.confirmed(order)
        tally.cartsConfirmed += 1
        tally.unitsConfirmed += order.lines.reduce(0) { $0 + $1.quantity.units }
      case .refused(let refusal): tally.refusals["confirm \(refusal.code)", default: 0] += 1
      case .unknown: tally.unknown += 1
      }
    }
  }
}

/// What goes to the engine together.
struct ReplayBatch: Sendable {
  var orders: [(order: RetailOrder, request: CartRequest)] = []
  var commands: [KeyedCommand] = []
  private(set) var first: Timestamp?
  private(set) var last: Timestamp?
  private(set) var count = 0
  private var ordered: Set<StockKey> = []
  private var reported: Set<StockKey> = []
  private var claimed: Set<StockKey> = []
  private var isConfiguring = false

  /// True where a step must wait until this batch is answered.
  func isAgainst(_ step: TraceStep, _ keys: [StockKey]) -> Bool {
    if isConfiguring || keys.contains(where: { ordered.contains($0) }) { return true }
    switch step {
    case .order: return keys.contains { reported.contains($0) }
    case .row(let row):
      if row.command.isConfiguration { return count > 0 }
      return row.command.namesClaim && claimed.contains(row.key.item)
    case .cancel, .adjustment: return false
    }
  }

  /// Notes what a step touches.
  mutating func note(_ step: TraceStep, _ keys: [StockKey], at: Timestamp) {
    first = first ?? at
    last = max(last ?? at, at)
    count += 1
    switch step {
    case .order: ordered.formUnion(keys)
    case .cancel, .adjustment: reported.formUnion(keys)
    case .row(let row):
      reported.formUnion(keys)
      if row.command.namesClaim { claimed.insert(row.key.item) }
      if row.command.isConfiguration { isConfiguring = true }
    }
  }
}

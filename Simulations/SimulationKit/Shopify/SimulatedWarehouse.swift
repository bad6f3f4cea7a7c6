import InventoryEngine
import Reconciliation
import StockLedger
import Synchronization

/// A warehouse that also works for others: it takes units for orders that nobody else tells of, lets some go, sends
/// some, and forgets to say so.
final class SimulatedWarehouse: Sendable {
  static let source = Storefront.identifier("wms")

  /// What it has taken for an order line.
  struct Line: Sendable {
    let claim: ClaimID
    let key: StockKey
    let units: Int64
    let takenAt: Timestamp
  }

  private struct State {
    /// Taken and not sent yet, in their order.
    var lines: [Line] = []
    var ended: [Line] = []
    var taken = 0
  }

  private let state = Mutex(State())

  /// Lines that its list names.
  var lines: [Line] { state.withLock { $0.lines } }
  /// Lines that it has let go or sent.
  var ended: [Line] { state.withLock { $0.ended } }

  func take(_ units: Int64, of key: StockKey, at now: Timestamp) -> Line {
    state.withLock { state in
      state.taken += 1
      let line = Line(claim: Storefront.identifier("wms-\(state.taken)"), key: key, units: units, takenAt: now)
      state.lines.append(line)
      return line
    }
  }

  /// Ends a line; nil where it has none.
  func end(_ pick: UInt64) -> Line? {
    state.withLock { state in
      if state.lines.isEmpty { return nil }
      let line = state.lines.remove(at: Int(pick % UInt64(state.lines.count)))
      state.ended.append(line)
      return line
    }
  }
}

extension SimulatedWarehouse.Line {
  /// All of its units at a stage.
  func at(_ stage: Stage, _ time: Timestamp) -> KeyedReport {
    let body = Report.Body.stage(
      StageReport(claim: claim, stage: stage, amount: .cumulative(units), occurredAt: time))
    return KeyedReport(key: key, report: Report(source: SimulatedWarehouse.source, saying: body))
  }
}

/// Every line that the warehouse has taken and not sent: the whole of it, as of the time at which it was asked.
struct SimulatedLines: SnapshotSource {
  let warehouse: SimulatedWarehouse
  let clock: VirtualClock
  let channel: SimulatedChannel
  let chance: SharedChance
  var source: SourceID { SimulatedWarehouse.source }

  func readAll(_ deliver: ([KeyedReport]) async -> Void) async throws(ChannelFailure) -> SnapshotExtent {
    let asOf = clock.now
    for line in warehouse.lines {
      try? await clock.sleep(until: clock.now + chance.number(in: 0...200))
      guard channel.isAlive else { throw ChannelFailure("the process is gone") }
      await deliver([line.at(.allocate, line.takenAt)])
    }
    return SnapshotExtent(asOf: asOf, complete: [.allocated])
  }
}

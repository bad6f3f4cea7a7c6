import ChannelIntake
import StockLedger

// Reports that come one by one, or among other commands.
extension Call {
  /// A report, and what the engine said to it.
  typealias HeardReport = (line: Int, asked: AskedCommand, answer: Answer)

  /// Counts what became of reports under the sources that they name, as if each request were a delivery of each.
  ///
  /// What the engine could not take at the moment is no fault of its sender, who is told to come again.
  func note(_ reports: [HeardReport]) {
    var tallies: [String: IntakeTally] = [:]
    for report in reports {
      guard case .ingest(let source) = report.asked.scope else { continue }
      tallies[source, default: IntakeTally()].count(report.asked.keyed, line: report.line, report.answer)
    }
    for (source, tally) in tallies where tally.rowCount > 0 {
      let origin = DeliveryOrigin(shop: caller.shop, source: source)
      sources.count(tally, of: origin)
      sources.delivered(context.requestID, of: origin, at: now)
    }
  }
}

extension IntakeTally {
  fileprivate mutating func count(_ command: KeyedCommand, line: Int, _ answer: Answer) {
    switch answer {
    case .accepted(let receipt): count(command, line: line, receipt)
    case .refused(let refusal) where !refusal.isOfTheMoment: count(command, line: line, refusal)
    case .refused, .unknown: break
    }
  }
}

import Metrics

extension ServiceMeters {
  /// Takes over what became of alerts, for a text that is about to be written.
  func look(at desk: AlertDesk) async {
    let (book, outcomes) = await (desk.book, desk.outcomes)
    for state in [Alert.State.waiting, .delivered, .dead] {
      factory.gauge(.alertsKept, [("state", state.rawValue)]).record(book.count(state))
    }
    for outcome in AlertDesk.Outcome.allCases {
      factory.total(.alertTries, UInt64(outcomes[outcome, default: 0]), [("outcome", outcome.rawValue)])
    }
    factory.total(.alertsDropped, UInt64(book.dropped))
  }
}

import StockLedger

/// What a channel says against what its publication believes.
enum ChannelComparison: Equatable {
  case inStep
  /// Something is out, owed, doubted or waited for: what differs now is on its way.
  case inFlight
  /// The channel holds another number than it should, and nothing that is known explains it.
  case differs(expected: Int64)

  init(available: Int64, _ publication: Publication) {
    guard let expected = publication.expected, publication.isCalm else {
      self = .inFlight
      return
    }
    if available != expected {
      self = .differs(expected: expected)
    } else {
      self = publication.target == expected ? .inStep : .inFlight
    }
  }
}

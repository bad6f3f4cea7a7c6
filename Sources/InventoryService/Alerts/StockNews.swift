import StockLedger

/// What is news of stock, and what was told already: a pure machine.
///
/// It remembers keys that are low or short alone, and so takes every other for one that is not.
struct StockNews: Sendable {
  /// A key at one moment.
  struct Moment: Sendable {
    let key: StockKey
    let availableToSell: Int64
    let shortfall: Int64
    /// Claims that the shortfall leaves uncovered, newest first.
    var uncovered: [ClaimID] = []
  }

  /// What waits to be told.
  struct News: Sendable {
    var low: [Moment] = []
    var short: [Moment] = []
  }

  private struct Mark {
    var isLow = false
    var lowToldAt: Timestamp?
    /// The units that were told as missing; 0 where none are.
    var shortTold: Int64 = 0
  }

  /// Keys that are remembered: some 40 MB. A shop of which more is low has no use for messages about single keys.
  static let marksMax = 250_000

  private let lowAt: Int64?
  private let tellsShortfall: Bool
  private let quietFor: Int64
  private var marks: [StockKey: Mark] = [:]
  private var low: [StockKey: Moment] = [:]
  private var short: [StockKey: Moment] = [:]
  /// True once more is low than is remembered: what falls then is not told.
  private(set) var isFull = false

  /// - Parameters:
  ///   - lowAt: Units at or under which stock is low; nil where nobody wants to hear of it.
  ///   - quietFor: Milliseconds for which a key that was told as low is not told again.
  init(lowAt: Int64?, tellsShortfall: Bool, quietFor: Int64) {
    self.lowAt = lowAt
    self.tellsShortfall = tellsShortfall
    self.quietFor = quietFor
  }

  /// Takes a key as it was found: what is low or short already is no news.
  mutating func remember(_ moment: Moment) {
    guard marks[moment.key] == nil, isLow(moment) || moment.shortfall > 0,
      let place = place(for: moment.key, at: .distantPast)
    else { return }
    var mark = Mark()
    mark.isLow = isLow(moment)
    mark.shortTold = moment.shortfall
    set(mark, at: place, now: .distantPast)
  }

  /// Takes a key of which nobody knows what was told of it: what is low or short is news, perhaps once more.
  mutating func hearAgain(_ moment: Moment, at now: Timestamp) {
    marks[moment.key] = nil
    hear(moment, at: now)
  }

  /// Takes a change.
  mutating func hear(_ moment: Moment, at now: Timestamp) {
    guard marks[moment.key] != nil || isLow(moment) || moment.shortfall > 0,
      let place = place(for: moment.key, at: now)
    else { return }
    var mark = marks[place] ?? Mark()
    let isLow = isLow(moment)
    if isLow && !mark.isLow && mark.lowToldAt.map({ $0 + quietFor <= now }) ?? true {
      low[place] = moment
      mark.lowToldAt = now
    }
    mark.isLow = isLow
    if tellsShortfall && moment.shortfall > mark.shortTold { short[place] = moment }
    // A shortage that shrinks and grows again is known up to what was told of it.
    mark.shortTold = moment.shortfall == 0 ? 0 : max(mark.shortTold, moment.shortfall)
    set(mark, at: place, now: now)
  }

  private func isLow(_ moment: Moment) -> Bool { lowAt.map { moment.availableToSell <= $0 } ?? false }

  private mutating func set(_ mark: Mark, at key: StockKey, now: Timestamp) {
    let isQuiet = mark.lowToldAt.map { $0 + quietFor > now } ?? false
    marks[key] = mark.isLow || mark.shortTold > 0 || isQuiet ? mark : nil
  }

  /// The key, where there is room to remember it: keys that are well again, and quiet no longer, make some.
  private mutating func place(for key: StockKey, at now: Timestamp) -> StockKey? {
    if marks[key] != nil || marks.count < Self.marksMax { return key }
    if isFull { return nil }
    for (key, mark) in marks { set(mark, at: key, now: now) }
    isFull = marks.count >= Self.marksMax
    return isFull ? nil : key
  }

  /// What was not told yet, by key, each as it was last.
  mutating func take() -> News {
    defer { (low, short) = ([:], [:]) }
    return News(
      low: low.sorted { $0.key < $1.key }.map(\.value), short: short.sorted { $0.key < $1.key }.map(\.value))
  }

  /// Takes back what could not be told; what has come since goes before it.
  mutating func giveBack(_ news: News) {
    for moment in news.low where low[moment.key] == nil { low[moment.key] = moment }
    for moment in news.short where short[moment.key] == nil { short[moment.key] = moment }
  }
}

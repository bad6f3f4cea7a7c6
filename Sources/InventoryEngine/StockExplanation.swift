public import StockLedger

/// What made a key's numbers at a moment: the entries that changed them, and what was so before the first of those.
///
/// The sums agree: ``Earlier/numbers``, changed step by step, are the numbers of ``stock``, which are those that
/// a question about the same moment tells.
public struct StockExplanation: Sendable {
  /// One entry that changed a number.
  public struct Step: Sendable {
    /// What happened.
    public let entry: JournalEntry
    /// Where it stands in the journal; nil for what was due by the moment and whose entry came later, or will come.
    public let place: EntryNumber?
    /// The key's numbers before it.
    public let before: StockNumbers
    /// The key's numbers after it.
    public let after: StockNumbers
  }

  /// What was so before the first step.
  public struct Earlier: Sendable {
    /// The key's numbers then; all zero where nothing had happened.
    public let numbers: StockNumbers
    /// The entry of the key's shard after which it was so: asked for this moment, what was before is explained.
    public let through: EntryNumber
    /// How many entries changed a number until then; nil where they were not looked at.
    public let changes: Int?
    /// True where those entries, or some of them, are not kept any more.
    public let isTrimmed: Bool

    /// True where nothing came before the first step.
    public var isNothing: Bool { changes == 0 && !isTrimmed }
  }

  /// The key at the moment.
  public let stock: StockView
  /// The moment, where it is a time.
  public let time: Timestamp?
  /// What the steps start from.
  public let earlier: Earlier
  /// The newest entries that changed a number, oldest first.
  public let steps: [Step]

  /// The same with its newest steps only: the others are summed up.
  public func keeping(last count: Int) -> StockExplanation {
    let dropped = steps.count - count
    guard dropped > 0 else { return self }
    let kept = Array(steps.suffix(count))
    let earlier = Earlier(
      numbers: steps[dropped - 1].after, through: stock.entry(before: kept.first),
      changes: earlier.changes.map { $0 + dropped }, isTrimmed: earlier.isTrimmed)
    return StockExplanation(stock: stock, time: time, earlier: earlier, steps: kept)
  }
}

/// Gathers the newest steps of a replay, and what was so before them.
struct ExplanationTrail {
  private let limit: Int
  private var steps: [StockExplanation.Step] = []
  /// The numbers before the first of ``steps``; nil while they are not known.
  private var start: StockNumbers?
  private var dropped = 0

  /// A trail of the newest steps.
  ///
  /// - Parameters:
  ///   - limit: How many, at least 1.
  ///   - start: The numbers where the replay starts; nil where they are not known there.
  init(last limit: Int, from start: StockNumbers?) {
    self.limit = max(1, limit)
    self.start = start
  }

  /// True where no older step would be told.
  var isFull: Bool { steps.count >= limit }

  mutating func take(_ traced: TracedEntry) {
    if start == nil { start = traced.before ?? traced.after }
    guard let before = traced.before, let after = traced.after else { return }
    take(traced.entry, at: traced.place, before, after)
  }

  mutating func take(
    _ entry: JournalEntry, at place: EntryNumber?, _ before: StockNumbers, _ after: StockNumbers
  ) {
    guard before != after else { return }
    steps.append(StockExplanation.Step(entry: entry, place: place, before: before, after: after))
    // Twice the limit is let come together, so that making room costs each step little.
    if steps.count / 2 >= limit { dropOldest() }
  }

  private mutating func dropOldest() {
    guard steps.count > limit else { return }
    let count = steps.count - limit
    start = steps[count - 1].after
    dropped += count
    steps.removeFirst(count)
  }

  /// What was gathered.
  ///
  /// - Parameters:
  ///   - isWhole: True where the replay began with the key's first entry.
  ///   - isTrimmed: True where entries before the replay's start are not kept any more.
  func explanation(of stock: StockView, at time: Timestamp?, isWhole: Bool, isTrimmed: Bool) -> StockExplanation {
    let earlier = StockExplanation.Earlier(
      numbers: start ?? stock.numbers, through: stock.entry(before: steps.first), changes: isWhole ? dropped : nil,
      isTrimmed: isTrimmed)
    return StockExplanation(stock: stock, time: time, earlier: earlier, steps: steps).keeping(last: limit)
  }
}

extension StockView {
  /// The entry of the key's shard, its own or another key's, that a step came after; the key's last one for a step
  /// without an entry.
  fileprivate func entry(before step: StockExplanation.Step?) -> EntryNumber {
    step?.place.map { EntryNumber(shard: $0.shard, number: $0.number - 1) } ?? entry
  }
}

/// Which of many publications go into the next call: what falls to nothing first, then falls, then rises.
///
/// A subject waits once, however often its number changes, and keeps its place; so memory is that of the subjects that
/// wait. Batches of hot subjects are small and their own, because one stale row fails its whole call. Nobody waits for
/// ever: a tenth of each batch belongs to those of any urgency that wait longest, and calm and hot batches take turns.
public struct PublicationOrder<Subject: Hashable & Comparable & Sendable>: Sendable {
  /// How batches are made.
  public let rules: PublicationOrderRules
  private var waiting: [Subject: Waiting] = [:]
  private var calm = Lane()
  private var hot = Lane()
  /// Batches in a row that the lane whose turn it was not had to let go before.
  private var passedOver: (calm: Int, hot: Int) = (0, 0)

  private struct Waiting {
    var urgency: PublicationUrgency
    var isHot: Bool
    var since: Timestamp
    /// When it may be sent: later than `since` only for a rise.
    var from: Timestamp
  }

  /// The subjects of one kind of batch: a queue per urgency, oldest first. What has left or moved is dead in them.
  private struct Lane {
    var queues: [TimeHeap<Subject>] = PublicationUrgency.allCases.map { _ in TimeHeap() }
    var count = 0
  }

  /// An empty order.
  public init(rules: PublicationOrderRules = PublicationOrderRules()) { self.rules = rules }

  /// Subjects that wait.
  public var count: Int { waiting.count }

  /// Places in all queues, the dead ones included.
  var places: Int { (calm.queues + hot.queues).reduce(0) { $0 + $1.count } }

  /// Lines a subject up, or changes how urgent it is; it keeps the place of its first call.
  public mutating func add(_ subject: Subject, _ urgency: PublicationUrgency, isHot: Bool, at now: Timestamp) {
    let known = waiting[subject]
    if let known, known.urgency == urgency, known.isHot == isHot { return }
    let since = known?.since ?? now
    let from = urgency == .rise ? since + rules.riseDelay : since
    if known != nil { remove(subject) }
    waiting[subject] = Waiting(urgency: urgency, isHot: isHot, since: since, from: from)
    change(isHot: isHot) { lane in
      lane.count += 1
      lane.queues[Int(urgency.rawValue)].push(from, subject)
    }
    rebuildIfMostAreDead(isHot: isHot)
  }

  /// Takes a subject out: its channel has its number, or it is stopped.
  public mutating func remove(_ subject: Subject) {
    guard let known = waiting.removeValue(forKey: subject) else { return }
    change(isHot: known.isHot) { $0.count -= 1 }
  }

  /// The next batch, all calm or all hot, in the order of urgency; empty where nothing may be sent yet. Its subjects no
  /// longer wait: who has more to send is added again.
  public mutating func nextBatch(at now: Timestamp) -> [Subject] {
    let calmHead = head(isHot: false, at: now)
    let hotHead = head(isHot: true, at: now)
    guard let isHot = turn(calm: calmHead, hot: hotHead) else { return [] }
    let max = isHot ? rules.hotBatchMax : rules.batchMax
    // The share of those that wait longest is taken first and put last.
    var patient: [Subject] = []
    while patient.count < max / 10, let next = oldest(isHot: isHot, at: now) { patient.append(take(next)) }
    var batch: [Subject] = []
    while batch.count + patient.count < max, let next = head(isHot: isHot, at: now) { batch.append(take(next)) }
    return batch + patient
  }

  /// When the next batch may be made; nil where nothing waits. In the past where one may be made now.
  public mutating func nextTime() -> Timestamp? {
    var next: Timestamp?
    for isHot in [false, true] {
      for urgency in PublicationUrgency.allCases {
        guard let first = first(urgency, isHot: isHot) else { continue }
        next = next.map { min($0, first.from) } ?? first.from
      }
    }
    return next
  }

  /// Since when the one that has waited longest has waited; nil where nothing waits.
  public mutating func waitingSince() -> Timestamp? {
    var since: Timestamp?
    for isHot in [false, true] {
      for urgency in PublicationUrgency.allCases {
        // A queue is in the order of its delays' ends, which all are as long.
        guard let first = first(urgency, isHot: isHot), let known = waiting[first.subject] else { continue }
        since = since.map { min($0, known.since) } ?? known.since
      }
    }
    return since
  }

  /// The most urgent of those that may be sent; nil where none may.
  public mutating func nextUrgency(at now: Timestamp) -> PublicationUrgency? {
    [head(isHot: false, at: now), head(isHot: true, at: now)].compactMap { $0?.urgency }.min()
  }

  // MARK: Whose turn it is

  private struct Head {
    var subject: Subject
    var urgency: PublicationUrgency
    var from: Timestamp
  }

  /// The lane with the more urgent head, unless the other was passed over too often.
  private mutating func turn(calm calmHead: Head?, hot hotHead: Head?) -> Bool? {
    guard let calmHead else { return hotHead == nil ? nil : true }
    guard let hotHead else { return false }
    var isHot = (hotHead.urgency, hotHead.from) < (calmHead.urgency, calmHead.from)
    if isHot && passedOver.calm >= rules.turnsPassedOverMax { isHot = false }
    if !isHot && passedOver.hot >= rules.turnsPassedOverMax { isHot = true }
    passedOver = isHot ? (passedOver.calm + 1, 0) : (0, passedOver.hot + 1)
    return isHot
  }

  private mutating func head(isHot: Bool, at now: Timestamp) -> Head? {
    for urgency in PublicationUrgency.allCases {
      if let first = first(urgency, isHot: isHot), first.from <= now { return first }
    }
    return nil
  }

  private mutating func oldest(isHot: Bool, at now: Timestamp) -> Head? {
    var oldest: Head?
    for urgency in PublicationUrgency.allCases {
      guard let first = first(urgency, isHot: isHot), first.from <= now else { continue }
      if oldest.map({ first.from < $0.from }) ?? true { oldest = first }
    }
    return oldest
  }

  // MARK: Queues

  private mutating func first(_ urgency: PublicationUrgency, isHot: Bool) -> Head? {
    while let first = (isHot ? hot : calm).queues[Int(urgency.rawValue)].first {
      if let known = waiting[first.subject], known.urgency == urgency, known.isHot == isHot,
        known.from.milliseconds == first.time
      {
        return Head(subject: first.subject, urgency: urgency, from: known.from)
      }
      change(isHot: isHot) { $0.queues[Int(urgency.rawValue)].popFirst() }
    }
    return nil
  }

  private mutating func take(_ head: Head) -> Subject {
    remove(head.subject)
    return head.subject
  }

  private mutating func change(isHot: Bool, _ body: (inout Lane) -> Void) {
    if isHot { body(&hot) } else { body(&calm) }
  }

  /// Dead places are at most as many as the living, and some.
  private mutating func rebuildIfMostAreDead(isHot: Bool) {
    let lane = isHot ? hot : calm
    guard lane.queues.reduce(0, { $0 + $1.count }) > 2 * lane.count + 64 else { return }
    var rebuilt = Lane()
    rebuilt.count = lane.count
    // A heap's ties go by subject, so the dictionary's order does not show.
    for (subject, known) in waiting where known.isHot == isHot {
      rebuilt.queues[Int(known.urgency.rawValue)].push(known.from, subject)
    }
    change(isHot: isHot) { $0 = rebuilt }
  }
}

/// How batches of publications are made.
public struct PublicationOrderRules: Hashable, Sendable {
  /// Rows of one call: 250 is what Shopify takes, and costs what one row costs.
  public var batchMax = 250
  /// Rows of a call of hot subjects: one stale row fails it.
  public var hotBatchMax = 10
  /// Milliseconds that a rise waits, for rises that follow to go along; 0 sends it at once.
  public var riseDelay: Int64 = 0
  /// Batches of the one kind after which the other has its turn.
  public var turnsPassedOverMax = 4

  /// The defaults.
  public init() {}
}

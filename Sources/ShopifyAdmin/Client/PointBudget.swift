import StockLedger

/// What an app may still spend on a shop, by what Shopify itself says of its bucket: a pure machine.
///
/// The bucket's size and rate are never assumed: until the first answer says them, one read is out at a time. Reads
/// leave room for writes and think the worst: points of all calls that are out are spent, and nothing has come back
/// since an answer was sent. A write waits only where there are surely not enough: a sell-out never waits for a read.
struct PointBudget: Hashable, Sendable {
  /// What a call is for.
  enum Purpose: Hashable, Sendable { case write, read }

  /// Room that reads leave, in points: ten writes of ten points each, more than the publisher has out at once.
  static let writeReserve: Int64 = 100
  /// How often it is looked whether the first answer is there, in milliseconds.
  private static let look: Int64 = 20
  /// No bucket is that large: a number beyond it is a mistake that must not overflow here.
  private static let pointsMax = 1_000_000_000_000.0

  /// More than any call costs: sums of it do not overflow.
  private static let costMax: Int64 = 1_000_000_000

  private struct Bucket: Hashable {
    let maximum: Int64
    let available: Int64
    let restoreRate: Int64
    /// Shopify said so between these times: when the call left, and when its answer came.
    let said: ClosedRange<Timestamp>
  }

  private var bucket: Bucket?
  /// Points of calls whose answers are awaited, by their numbers.
  private var out: [Int64: Int64] = [:]
  private var closedUntil = Timestamp.distantPast
  private var lastNumber: Int64 = 0
  /// The newest call whose answer said what is in the bucket.
  private var newestSettled: Int64 = 0

  /// A call that has left; its points are set aside until it is settled.
  struct Ticket: Hashable, Sendable {
    /// Its place in the order of leaving.
    let number: Int64
    let cost: Int64
    let leftAt: Timestamp
  }

  /// Whether a call may leave.
  enum Admission: Hashable, Sendable {
    case leaves(Ticket)
    case waits(until: Timestamp)
  }

  /// Lets a call leave, or says when to ask again.
  mutating func admit(_ cost: Int64, for purpose: Purpose, at now: Timestamp) -> Admission {
    if let time = opening(for: cost, purpose, at: now) { return .waits(until: time) }
    lastNumber += 1
    let ticket = Ticket(number: lastNumber, cost: min(cost, Self.costMax), leftAt: now)
    out[ticket.number] = ticket.cost
    return .leaves(ticket)
  }

  /// When there will be enough for a call, if nobody else calls; nil for now.
  func opening(for cost: Int64, _ purpose: Purpose, at now: Timestamp) -> Timestamp? {
    if now < closedUntil { return closedUntil }
    guard let bucket else { return purpose == .read && !out.isEmpty ? now + Self.look : nil }
    let wanted = min(cost, Self.costMax) + (purpose == .read ? Self.writeReserve : 0)
    // Of a bucket that never holds so much all that it holds must do: Shopify has the last word.
    let missing = (min(wanted, bucket.maximum) + awaited(purpose)) * 1_000 - thousandths(in: bucket, purpose, at: now)
    if missing <= 0 { return nil }
    return now + (missing + bucket.restoreRate - 1) / bucket.restoreRate
  }

  /// Points that are not in what Shopify said of the bucket, or may not be.
  private func awaited(_ purpose: Purpose) -> Int64 {
    out.reduce(0) { $1.key > newestSettled || purpose == .read ? min($0 + $1.value, Self.costMax) : $0 }
  }

  /// What is in the bucket: a millisecond brings so many thousandths as a second brings points.
  private func thousandths(in bucket: Bucket, _ purpose: Purpose, at now: Timestamp) -> Int64 {
    let said = purpose == .read ? bucket.said.upperBound : bucket.said.lowerBound
    let passed = max(0, now.milliseconds - said.milliseconds)
    let (restored, over) = passed.multipliedReportingOverflow(by: bucket.restoreRate)
    let most = bucket.maximum * 1_000
    return over || restored > most ? most : min(most, bucket.available * 1_000 + restored)
  }

  /// Takes a call's answer: its points are set aside no longer, and the bucket is what Shopify says. Nil where nothing
  /// was said.
  ///
  /// Of answers that overtook each other the older one is the older news: it may say less than is believed, not more.
  mutating func settle(_ ticket: Ticket, status: AdminCost.ThrottleStatus?, at now: Timestamp) {
    out[ticket.number] = nil
    guard let status else { return }
    var available = Self.points(status.currentlyAvailable, atLeast: 0)
    if let bucket, ticket.number < newestSettled {
      available = min(available, thousandths(in: bucket, .read, at: now) / 1_000)
    }
    newestSettled = max(newestSettled, ticket.number)
    bucket = Bucket(
      maximum: Self.points(status.maximumAvailable, atLeast: 1), available: available,
      restoreRate: Self.points(status.restoreRate, atLeast: 1), said: min(ticket.leftAt, now)...now)
  }

  /// No call leaves before a time.
  mutating func close(until time: Timestamp) { closedUntil = max(closedUntil, time) }

  private static func points(_ number: Double, atLeast least: Double) -> Int64 {
    number.isNaN ? Int64(least) : Int64(min(max(number, least), pointsMax))
  }
}

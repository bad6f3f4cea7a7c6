import StockLedger

/// How many points an app may spend on a shop: a bucket that fills at a rate.
public struct EmulatedPlan: Hashable, Sendable {
  /// Points that come back each second.
  public let restoreRate: Int64
  /// Points that a full bucket holds. Shopify publishes none for each plan: twenty seconds' worth is what is seen.
  public let bucketSize: Int64

  /// A plan of its own kind; from 1 point to 10^12.
  public init(restoreRate: Int64, bucketSize: Int64) {
    self.restoreRate = min(max(1, restoreRate), 1_000_000_000_000)
    self.bucketSize = min(max(1, bucketSize), 1_000_000_000_000)
  }

  /// The bucket of REST calls: Shopify gives 2, 4, 20 and 40 a second, one for fifty points.
  var ofCalls: EmulatedPlan {
    EmulatedPlan(
      restoreRate: restoreRate / EmulatedShop.pointsOfCall, bucketSize: bucketSize / EmulatedShop.pointsOfCall)
  }

  /// 100 points each second.
  public static let standard = EmulatedPlan(restoreRate: 100, bucketSize: 2_000)
  /// 200 points each second.
  public static let advanced = EmulatedPlan(restoreRate: 200, bucketSize: 4_000)
  /// 1,000 points each second.
  public static let plus = EmulatedPlan(restoreRate: 1_000, bucketSize: 20_000)
  /// 2,000 points each second.
  public static let enterprise = EmulatedPlan(restoreRate: 2_000, bucketSize: 40_000)
}

/// The bucket of one app and shop. It counts thousandths, so that a millisecond brings what it should.
struct PointBucket: Hashable, Sendable {
  let plan: EmulatedPlan
  private var thousandths: Int64
  private var filledAt: Timestamp?

  init(plan: EmulatedPlan) {
    self.plan = plan
    thousandths = plan.bucketSize * 1_000
  }

  /// Whole points that are there.
  var available: Int64 { thousandths / 1_000 }

  /// Lets time pass; time that goes back brings nothing.
  mutating func fill(to now: Timestamp) {
    let passed = max(0, now.milliseconds - (filledAt ?? now).milliseconds)
    // So long a pause fills any bucket: the product below stays far from its end.
    let counted = min(passed, plan.bucketSize * 1_000 / plan.restoreRate + 1)
    thousandths = min(plan.bucketSize * 1_000, thousandths + counted * plan.restoreRate)
    filledAt = max(filledAt ?? now, now)
  }

  /// Takes points where they are there.
  mutating func take(_ points: Int64) -> Bool {
    guard points <= available else { return false }
    thousandths -= points * 1_000
    return true
  }

  /// Gives back what a call turned out not to cost.
  mutating func giveBack(_ points: Int64) {
    thousandths = min(plan.bucketSize * 1_000, thousandths + max(0, points) * 1_000)
  }

  /// `throttleStatus` of an answer.
  var status: JSON {
    [
      "maximumAvailable": .integer(plan.bucketSize), "currentlyAvailable": .integer(available),
      "restoreRate": .integer(plan.restoreRate),
    ]
  }
}

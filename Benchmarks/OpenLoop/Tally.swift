import Histogram
import NIOCore

/// What became of the calls of a run.
struct Tally {
  /// Calls whose connection was closed before their answer.
  var cut = 0
  /// Calls that nobody answered in time.
  var unanswered = 0
  private(set) var refused = 0
  private(set) var withoutRetryAfter = 0
  private(set) var others: [Int: Int] = [:]
  // Microseconds, to a thousandth.
  private var accepted = Histogram<UInt32>(numberOfSignificantValueDigits: .three)
  private var refusals = Histogram<UInt32>(numberOfSignificantValueDigits: .three)

  /// Calls that will not be heard of any more.
  var ended: Int { Int(accepted.totalCount) + refused + others.values.reduce(0, +) + cut }

  mutating func note(status: Int, hasRetryAfter: Bool, after time: TimeAmount) {
    let microseconds = UInt64(max(0, time.nanoseconds / 1_000))
    switch status {
    case 200..<300: accepted.record(microseconds)
    case 429, 503:
      refused += 1
      if !hasRetryAfter { withoutRetryAfter += 1 }
      refusals.record(microseconds)
    default: others[status, default: 0] += 1
    }
  }

  /// One line for people.
  func text(seconds: Int) -> String {
    var parts = [
      "accepted \(Int(accepted.totalCount) / seconds)/s p50 \(ms(accepted, 50)) p99 \(ms(accepted, 99))"
        + " p99.9 \(ms(accepted, 99.9)) ms",
      "refused \(refused / seconds)/s p99 \(ms(refusals, 99)) ms, without Retry-After \(withoutRetryAfter)",
      "cut off \(cut)", "unanswered \(unanswered)",
    ]
    for (status, count) in others.sorted(by: { $0.key < $1.key }) { parts.append("status \(status): \(count)") }
    return parts.joined(separator: " · ")
  }

  private func ms(_ histogram: Histogram<UInt32>, _ percentile: Double) -> String {
    let microseconds = histogram.valueAtPercentile(percentile)
    return "\(microseconds / 1_000).\(microseconds % 1_000 / 100)"
  }
}

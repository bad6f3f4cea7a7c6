import Foundation
import Synchronization

/// How far long work has come: rate, done and left; one line that is rewritten on a terminal, plain lines otherwise.
final class Progress: Sendable {
  private let title: String
  private let total: Int
  private let start = ContinuousClock.now
  private let done = Atomic<Int>(0)
  private let saidAt = Mutex(ContinuousClock.now)
  private let isQuiet: Bool

  /// Progress of so many pieces; 0 = nobody knows how many.
  init(_ title: String, total: Int, isQuiet: Bool) {
    self.title = title
    self.total = total
    self.isQuiet = isQuiet
  }

  /// So many more pieces are done.
  func add(_ count: Int) {
    done.add(count, ordering: .relaxed)
    if isQuiet { return }
    // Ten a second keep a terminal lively; a log wants one line in five seconds.
    let period: Duration = Console.isTerminal ? .milliseconds(100) : .seconds(5)
    let isTime = saidAt.withLock { saidAt in
      guard ContinuousClock.now - saidAt >= period else { return false }
      saidAt = .now
      return true
    }
    if isTime { if Console.isTerminal { Console.rewrite(line) } else { Console.say(line) } }
  }

  /// Ends the rewritten line.
  func end() { Console.closeLine() }

  private var line: String {
    let done = self.done.load(ordering: .relaxed)
    let seconds = (ContinuousClock.now - start).seconds
    let rate = Int(Double(done) / max(seconds, 0.001))
    guard total > 0 else { return "\(title): \(grouped(done)) done, \(grouped(rate)) a second" }
    let left = total - done
    let leftSeconds = rate > 0 ? ", about \(left / rate + 1) s to go" : ""
    return "\(title): \(grouped(done)) done, \(grouped(left)) left, \(grouped(rate)) a second\(leftSeconds)"
  }
}

extension Duration {
  /// Seconds, as a fraction.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
  /// Milliseconds, as a fraction.
  var milliseconds: Double { seconds * 1_000 }
}

/// Digits in groups of three, as `200,000`.
func grouped(_ number: some BinaryInteger) -> String {
  let digits = String(number.magnitude)
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return number < 0 ? "-" + text : text
}

/// A fraction with so many decimals, without the formats of a locale.
func decimal(_ number: Double, places: Int = 1) -> String {
  guard number.isFinite, abs(number) < 1e15 else { return "-" }
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let scaled = Int64((abs(number) * scale).rounded())
  let whole = scaled / Int64(scale)
  let rest = String(scaled % Int64(scale))
  let text =
    places == 0 ? grouped(whole) : "\(grouped(whole)).\(String(repeating: "0", count: places - rest.count))\(rest)"
  return number < 0 && scaled > 0 ? "-" + text : text
}

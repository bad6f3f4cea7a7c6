import ArgumentParser
import Foundation
import StockLedger

/// How fast a trace goes by: at once, or so many times its own speed.
struct Pace: Sendable, ExpressibleByArgument {
  /// Trace seconds per real second; nil = as fast as it goes.
  let factor: Double?

  static let max = Pace(factor: nil)

  private init(factor: Double?) { self.factor = factor }

  init?(argument: String) {
    if argument == "max" {
      self = .max
      return
    }
    guard argument.hasSuffix("×") || argument.hasSuffix("x"), let factor = Double(argument.dropLast()),
      factor > 0, factor <= 1_000_000
    else { return nil }
    self.init(factor: factor)
  }

  /// Waits until a time of the trace has come, and moves the clock there in small steps so that expiries happen on the
  /// way; returns early where the flag is raised.
  func wait(until time: Timestamp, _ clock: SteppedClock, _ flag: StopFlag) async {
    guard let factor else { return }
    while !flag.isRaised {
      let left = Double(time.milliseconds - clock.now.milliseconds) / factor
      if left <= 0 { return }
      let step = min(left, 50)
      do { try await Task.sleep(for: .milliseconds(step)) } catch { return }
      clock.advance(to: min(time, clock.now + Int64((step * factor).rounded(.up))))
    }
  }
}

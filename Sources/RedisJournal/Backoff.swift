/// How long to pause between tries: doubled each time up to a second, with jitter so that nodes do not come in step.
struct Backoff {
  private var next: Int64 = 10

  /// Milliseconds to pause now.
  mutating func pause() -> Int64 {
    defer { next = min(next * 2, 1_000) }
    return Int64.random(in: (next / 2)...next)
  }

  /// True after four tries in a row that did not do.
  var isLong: Bool { next > 100 }

  /// After a success.
  mutating func reset() { next = 10 }
}

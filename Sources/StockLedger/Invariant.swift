/// Stops the process when one of our own rules is broken: a *violation*, never something a source or the world can
/// cause.
///
/// `precondition` loses its message in `-O`; this keeps it, because the message is what a person has at three in the
/// morning. Tried and dropped: throwing a "violation" error, which callers then turned into a retry of a broken state.
///
/// - Parameters:
///   - condition: What must be true.
///   - message: What was found instead, with its numbers; built only when the rule is broken.
@inlinable
public func invariant(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String,
  file: StaticString = #fileID, line: UInt = #line
) {
  if !condition() { violation(message(), file: file, line: line) }
}

/// Stops the process because of a bug of ours, with its message in release builds too.
@usableFromInline
func violation(_ message: String, file: StaticString, line: UInt) -> Never {
  fatalError("violation: \(message)", file: file, line: line)
}

import HTTPTypes
import HummingbirdCore

/// The name of a span to whoever else takes part in its trace: the `traceparent` field (W3C Trace Context, level 1).
public struct TraceParent: Hashable, Sendable {
  /// The trace: 32 hexadecimal digits, not all 0.
  public let trace: String
  /// The span: 16 hexadecimal digits, not all 0.
  public let span: String
  /// True where whoever began the trace wants it kept.
  public let isSampled: Bool

  /// A span's name.
  public init(trace: String, span: String, isSampled: Bool) {
    self.trace = trace
    self.span = span
    self.isSampled = isSampled
  }

  /// Reads a field; nil where it is none: then the trace begins here, as the recommendation wants it.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 4, Self.isNumber(parts[0], of: 2), parts[0] != "ff",
      // Later versions may say more; version 00 may not.
      parts[0] != "00" || parts.count == 4,
      Self.isName(parts[1], of: 32), Self.isName(parts[2], of: 16), Self.isNumber(parts[3], of: 2),
      let flags = UInt8(parts[3], radix: 16)
    else { return nil }
    self.init(trace: parts[1], span: parts[2], isSampled: flags & 1 == 1)
  }

  /// What ``init(_:)`` reads.
  public var text: String { "00-\(trace)-\(span)-\(isSampled ? "01" : "00")" }

  private static func isNumber(_ text: String, of digits: Int) -> Bool {
    text.utf8.count == digits
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private static func isName(_ text: String, of digits: Int) -> Bool {
    isNumber(text, of: digits) && text.utf8.contains { $0 != 0x30 }
  }
}

extension HTTPField.Name {
  // A fixed text of letters, like those of Call.
  static let traceParent = HTTPField.Name("traceparent") ?? .contentType
}

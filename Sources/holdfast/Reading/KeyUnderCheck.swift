import Foundation
import StockLedger

/// Which key's invariants are being checked, so that a broken one can be named after the process was stopped by it.
///
/// A violation ends in a trap; a handler may then only write bytes that lie ready.
enum KeyUnderCheck {
  private static let bytesMax = 512
  nonisolated(unsafe) private static let words = UnsafeMutablePointer<UInt8>.allocate(capacity: bytesMax)
  nonisolated(unsafe) private static var count = 0
  private static let isListening: Bool = {
    for number in [SIGILL, SIGTRAP] {
      signal(number) { _ in
        if KeyUnderCheck.count > 0 { _ = write(2, KeyUnderCheck.words, KeyUnderCheck.count) }
        _exit(Outcome.broken.rawValue)
      }
    }
    return true
  }()

  /// Puts the words about a key ready.
  static func note(_ key: StockKey) {
    guard isListening else { return }
    let text = Array("holdfast: an invariant does not hold for \(key) (shard \(key.shard)); keep a copy\n".utf8)
    count = 0
    for (index, byte) in text.prefix(bytesMax).enumerated() { words[index] = byte }
    count = min(text.count, bytesMax)
  }

  /// Nothing is under check.
  static func clear() { count = 0 }
}

import Foundation
import Synchronization

/// What lets another thread hang up on a connection that blocks.
///
/// It knows the socket only while that is the connection's: a number that was freed may be another file's.
final class RedisLifeline: Sendable {
  private struct State {
    var socket: Int32?
    var isCut = false
  }

  private let state = Mutex(State())

  /// A connection stands on this socket now; after ``cut()`` it is hung up on at once.
  func hold(_ socket: Int32) {
    state.withLock { state in
      state.socket = socket
      if state.isCut { Self.hangUp(socket) }
    }
  }

  /// Frees a connection, and with it its socket's number.
  func letGo(_ socket: Int32, freeing free: () -> Void) {
    state.withLock { state in
      if state.socket == socket { state.socket = nil }
      free()
    }
  }

  /// Hangs up on the connection that stands; nothing where none does.
  func hangUp() {
    state.withLock { if let socket = $0.socket { Self.hangUp(socket) } }
  }

  /// Hangs up on the connection that stands and on every later one.
  func cut() {
    state.withLock { state in
      state.isCut = true
      if let socket = state.socket { Self.hangUp(socket) }
    }
  }

  /// True after ``cut()``.
  var isCut: Bool { state.withLock { $0.isCut } }

  private static func hangUp(_ socket: Int32) { _ = shutdown(socket, Int32(SHUT_RDWR)) }
}

import Foundation
import Synchronization

/// Stands between a test and a Redis and does to their bytes what networks do.
///
/// A thread accepts, and two threads carry each connection's bytes, one each way: neither side's standstill holds up
/// the other's bytes. A cut strikes one connection once; after it the proxy passes everything again.
package final class FaultProxy: Sendable {
  /// What happens to bytes from now on.
  package enum Fault: Hashable, Sendable {
    /// Everything arrives.
    case pass
    /// The next request is cut off after so many of its bytes; 0: Redis sees nothing of it.
    case cutRequest(after: Int)
    /// The next requests arrive and are carried out, their replies are cut off after so many bytes; 0: not a byte.
    case cutReply(after: Int)
    /// Replies come so many milliseconds late.
    case delay(milliseconds: UInt32)
    /// Connections stand, and bytes vanish both ways.
    case blackhole
    /// Nobody listens, and the connections that stand are cut.
    case refuse
  }

  /// Where to connect to.
  package let port: UInt16
  private let lines: ProxyLines

  /// Listens on a free port and passes everything on to `target`.
  package init(to target: UInt16) throws {
    let (listener, port) = try LoopbackSocket.listen(port: 0)
    self.port = port
    lines = ProxyLines(target: target)
    lines.listen(on: listener)
  }

  deinit {
    lines.stopListening()
    lines.cutAll()
  }

  /// How many cuts have struck.
  package var cutCount: Int { lines.cutCount }

  /// Chooses what happens from now on, on connections that stand and on new ones.
  package func set(_ fault: Fault) throws {
    let before = lines.replaceFault(by: fault)
    if fault == .refuse {
      lines.stopListening()
      lines.cutAll()
    } else if before == .refuse {
      lines.listen(on: try LoopbackSocket.listen(port: port).socket)
    }
  }

  /// Cuts the connections that stand.
  package func cutAll() { lines.cutAll() }
}

/// The proxy's threads and what they share. They hold this and not the proxy, so that its end can end them.
private final class ProxyLines: Sendable {
  private let target: UInt16
  private let state = Mutex(State())

  private struct State {
    var fault = FaultProxy.Fault.pass
    var listener: Int32?
    var lines: [ObjectIdentifier: ProxyLine] = [:]
    var cutCount = 0
  }

  init(target: UInt16) { self.target = target }

  var cutCount: Int { state.withLock { $0.cutCount } }

  func replaceFault(by fault: FaultProxy.Fault) -> FaultProxy.Fault {
    state.withLock { state in
      defer { state.fault = fault }
      return state.fault
    }
  }

  func cutAll() {
    for line in state.withLock({ Array($0.lines.values) }) { line.cut() }
  }

  // MARK: Connections

  func listen(on listener: Int32) {
    state.withLock { $0.listener = listener }
    Thread.detachNewThread {
      while let client = LoopbackSocket.accept(on: listener) { self.carry(client) }
      LoopbackSocket.close(listener)
    }
  }

  func stopListening() {
    let listener = state.withLock { state in
      defer { state.listener = nil }
      return state.listener
    }
    // Closed by the thread that accepts: a number freed here could be another socket's there.
    if let listener { LoopbackSocket.hangUp(listener) }
  }

  private func carry(_ client: Int32) {
    guard let server = try? LoopbackSocket.connect(port: target) else { return LoopbackSocket.close(client) }
    let line = ProxyLine(client: client, server: server)
    state.withLock { $0.lines[ObjectIdentifier(line)] = line }
    for carryBytes in [carryRequests, carryReplies] {
      Thread.detachNewThread {
        carryBytes(line)
        line.cut()
        self.state.withLock { _ = $0.lines.removeValue(forKey: ObjectIdentifier(line)) }
      }
    }
  }

  // MARK: Bytes

  private func carryRequests(_ line: ProxyLine) {
    while true {
      let bytes = LoopbackSocket.read(line.client)
      guard !bytes.isEmpty else { return }
      switch strike({ if case .cutRequest = $0 { true } else { false } }) {
      case .cutRequest(let count):
        return pass(bytes, from: line.client, to: line.server, upTo: count)
      case .blackhole: continue
      case .pass, .cutReply, .delay, .refuse: guard LoopbackSocket.write(bytes, to: line.server) else { return }
      }
    }
  }

  private func carryReplies(_ line: ProxyLine) {
    while true {
      let bytes = LoopbackSocket.read(line.server)
      guard !bytes.isEmpty else { return }
      switch strike({ if case .cutReply = $0 { true } else { false } }) {
      case .cutReply(let count):
        pass(bytes, from: line.server, to: line.client, upTo: count)
        // Nothing more for a while: Redis has carried out all that it was sent.
        while LoopbackSocket.isReadable(line.server, within: 100), !LoopbackSocket.read(line.server).isEmpty {}
        return
      case .blackhole: continue
      case .delay(let milliseconds):
        usleep(milliseconds * 1_000)
        guard LoopbackSocket.write(bytes, to: line.client) else { return }
      case .pass, .cutRequest, .refuse: guard LoopbackSocket.write(bytes, to: line.client) else { return }
      }
    }
  }

  /// The fault of now; one that is `mine` is taken: it strikes once.
  private func strike(_ isMine: (FaultProxy.Fault) -> Bool) -> FaultProxy.Fault {
    state.withLock { state in
      let fault = state.fault
      if isMine(fault) {
        state.fault = .pass
        state.cutCount += 1
      }
      return fault
    }
  }

  /// Passes so many bytes on, those that were read first.
  private func pass(_ first: [UInt8], from source: Int32, to sink: Int32, upTo count: Int) {
    var (bytes, left) = (first, count)
    while true {
      LoopbackSocket.write(bytes.prefix(left), to: sink)
      left -= min(left, bytes.count)
      if left == 0 { return }
      bytes = LoopbackSocket.read(source)
      if bytes.isEmpty { return }
    }
  }
}

/// One connection through the proxy: a socket each way, freed when both threads have let go.
private final class ProxyLine: Sendable {
  let client: Int32
  let server: Int32

  init(client: Int32, server: Int32) {
    self.client = client
    self.server = server
  }

  deinit {
    LoopbackSocket.close(client)
    LoopbackSocket.close(server)
  }

  /// Ends both sides; both threads wake.
  func cut() {
    LoopbackSocket.hangUp(client)
    LoopbackSocket.hangUp(server)
  }
}

import Foundation
import RedisRig
import StockLedger
import Synchronization

/// A running `holdfast node`: commands go in by its stdin, answers come by their `ref`. It dies with the test.
final class NodeProcess: Sendable {
  /// Its number, from 1.
  let number: Int
  private let process: ChildProcess
  private let input: Int32
  private let errors: ScratchFile
  private let state = Mutex(State())

  private struct State {
    var waiting: [String: Waiting] = [:]
    var lastRef = 0
    var owned: Set<Int> = []
    var late: [NodeAnswer] = []
    var isOver = false
  }

  private struct Waiting {
    var deadline: ContinuousClock.Instant
    var continuation: CheckedContinuation<NodeAnswer?, Never>
  }

  /// Starts the built program and does not wait for anything.
  ///
  /// - Parameter arguments: After `node`.
  init(_ number: Int, _ arguments: [String], environment: [String: String] = [:]) throws {
    self.number = number
    errors = ScratchFile()
    let (childInput, input) = try ChildProcess.pipe()
    let (output, childOutput) = try ChildProcess.pipe()
    let log = open(errors.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { for descriptor in [childInput, childOutput, log] { close(descriptor) } }
    self.input = input
    let streams = ChildProcess.Streams(input: childInput, output: childOutput, errors: log)
    process = try ChildProcess([try Holdfast.path(), "node"] + arguments, streams, environment: environment)
    Thread.detachNewThread { [weak self] in
      Self.listen(to: output) { self?.hear($0) }
      close(output)
      self?.hearTheEnd()
    }
  }

  deinit {
    process.end(by: SIGKILL)
    close(input)
  }

  // MARK: Talking to it

  /// The shards that it said it owns.
  var owned: Set<Int> { state.withLock { $0.owned } }

  /// Answers that came after who asked had gone.
  var late: [NodeAnswer] { state.withLock { $0.late } }

  /// Asks, and waits for the answer; nil where the process ended first, or there was none for so long.
  ///
  /// - Parameter name: What the answer's ref begins with, up to a `#`.
  func ask(_ ask: Ask, ref name: String = "", patience: Duration = .seconds(20)) async -> NodeAnswer? {
    await withCheckedContinuation { continuation in
      let line: [UInt8]? = state.withLock { state in
        if state.isOver { return nil }
        state.lastRef += 1
        let ref = "\(name)#\(state.lastRef)"
        state.waiting[ref] = Waiting(deadline: .now + patience, continuation: continuation)
        return ask.line(ref: ref)
      }
      if let line { send(line) } else { continuation.resume(returning: nil) }
    }
  }

  /// Sends a line as it is, and waits for the answer with that ref.
  func answer(to line: String, ref: String) async -> NodeAnswer? {
    await withCheckedContinuation { continuation in
      state.withLock {
        $0.waiting[ref] = Waiting(deadline: .now + .seconds(20), continuation: continuation)
      }
      send(Array((line + "\n").utf8))
    }
  }

  private func send(_ line: [UInt8]) {
    // One write: lines are shorter than what a pipe takes whole. Where nobody reads any more, the listener finds out.
    _ = line.withUnsafeBytes { write(input, $0.baseAddress!, $0.count) }
  }

  // MARK: Its life

  /// Freezes it.
  func pause() { process.signal(SIGSTOP) }

  /// Lets it go on.
  func resume() { process.signal(SIGCONT) }

  /// Ends it at once, as a crash would.
  func kill() { process.end(by: SIGKILL) }

  /// Asks it to end in order.
  func terminate() { process.signal(SIGTERM) }

  /// True once it has ended.
  var hasEnded: Bool { process.hasEnded }

  /// How it ended; nil while it runs.
  var ending: ChildProcess.Ending? { process.ending }

  /// How it ended, as soon as it has.
  func end() async throws -> ChildProcess.Ending {
    var found: ChildProcess.Ending?
    try await until("node \(number) ends") {
      found = process.ending
      return found != nil
    }
    return found ?? .exited(-1)
  }

  /// What it complained of on stderr.
  var complaints: [String] { errors.text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("holdfast: ") } }

  // MARK: Listening

  /// Reads lines until the end; an empty list a few times a second, so that who waits too long is found.
  private static func listen(to descriptor: Int32, _ hear: ([Substring]) -> Void) {
    var rest: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      guard LoopbackSocket.isReadable(descriptor, within: 100) else {
        hear([])
        continue
      }
      let count = read(descriptor, &chunk, chunk.count)
      if count <= 0 { return }
      rest += chunk[..<count]
      guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
      hear(String(decoding: rest[..<end], as: UTF8.self).split(separator: "\n"))
      rest.removeSubrange(...end)
    }
  }

  private func hear(_ lines: [Substring]) {
    let answers = lines.compactMap { NodeAnswer(line: $0) }
    var ready: [(CheckedContinuation<NodeAnswer?, Never>, NodeAnswer?)] = []
    state.withLock { state in
      for answer in answers {
        if answer.event == "owns" { state.owned = Set(answer.shards ?? []) }
        if let waiting = state.waiting.removeValue(forKey: answer.ref ?? "") {
          ready.append((waiting.continuation, answer))
        } else if answer.ref != nil {
          state.late.append(answer)
        }
      }
      let now = ContinuousClock.now
      for (ref, waiting) in state.waiting where waiting.deadline <= now {
        state.waiting[ref] = nil
        ready.append((waiting.continuation, nil))
      }
    }
    for (continuation, answer) in ready { continuation.resume(returning: answer) }
  }

  private func hearTheEnd() {
    let waiting = state.withLock { state in
      state.isOver = true
      state.owned = []
      defer { state.waiting = [:] }
      return Array(state.waiting.values)
    }
    for waiting in waiting { waiting.continuation.resume(returning: nil) }
  }
}

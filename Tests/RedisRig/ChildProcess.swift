import Foundation

/// A program that dies with this process, however this one ends.
///
/// Foundation's Process cannot promise that. `setpriv --pdeathsig KILL` can, but the kernel means the *thread* that
/// started the child: so all are started by one thread that lives as long as the process.
package final class ChildProcess: @unchecked Sendable {
  private let pid: pid_t
  // Behind the lock: a deinit may come from another thread, after everything else.
  private let lock = NSLock()
  private var status: Int32?

  /// How a program ended.
  package enum Ending: Hashable, Sendable {
    /// By itself, with this code.
    case exited(Int32)
    /// By this signal.
    case killed(Int32)
  }

  /// Where a program's three streams go. Descriptors stay the caller's: it closes its copies.
  package struct Streams: Sendable {
    /// Stdin; nil: nothing.
    package var input: Int32?
    /// Stdout.
    package var output: Int32
    /// Stderr; nil: where stdout goes.
    package var errors: Int32?

    /// Streams of a program.
    package init(input: Int32? = nil, output: Int32, errors: Int32? = nil) {
      self.input = input
      self.output = output
      self.errors = errors
    }
  }

  /// Starts a program that is found by `PATH`.
  ///
  /// - Parameter environment: Beside what this process has.
  package init(_ arguments: [String], _ streams: Streams, environment: [String: String] = [:]) throws {
    let arguments = ["setpriv", "--pdeathsig", "KILL"] + arguments
    let started = Self.starter.run { Self.spawn(arguments, streams, environment) }
    guard started.code == 0 else { throw LoopbackSocket.Failure(what: "starting \(arguments[3])", code: started.code) }
    pid = started.pid
  }

  /// Starts a program; what it prints goes to a file.
  package convenience init(_ arguments: [String], output: String) throws {
    let file = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw LoopbackSocket.Failure(what: "opening \(output)", code: errno) }
    defer { close(file) }
    try self.init(arguments, Streams(output: file))
  }

  deinit { end(by: SIGKILL) }

  /// Sends a signal.
  package func signal(_ number: Int32) {
    // A number whose process was waited for may be another's by now.
    lock.withLock { if status == nil { kill(pid, number) } }
  }

  /// How it ended; nil while it runs.
  package var ending: Ending? {
    lock.withLock {
      wait(WNOHANG)
      return status.map { $0 & 0x7f == 0 ? .exited($0 >> 8 & 0xff) : .killed($0 & 0x7f) }
    }
  }

  /// True once it has ended.
  package var hasEnded: Bool { ending != nil }

  /// Sends a signal, lets it go on where it is frozen, and waits for its end.
  package func end(by number: Int32) {
    signal(number)
    signal(SIGCONT)
    lock.withLock { wait(0) }
  }

  private func wait(_ options: Int32) {
    while status == nil {
      var found: Int32 = 0
      let ended = waitpid(pid, &found, options)
      if ended == pid { status = found }
      if ended == 0 || (ended < 0 && errno != EINTR) { return }
    }
  }

  /// A pipe whose ends no child inherits, but for what its ``Streams`` name.
  package static func pipe() throws -> (reading: Int32, writing: Int32) {
    // Where children are started: none comes between the two steps.
    try starter.run {
      Result {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw LoopbackSocket.Failure(what: "a pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
      }
    }.get()
  }

  private static func spawn(
    _ arguments: [String], _ streams: Streams, _ environment: [String: String]
  ) -> (pid: pid_t, code: Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input = streams.input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, streams.output, 1)
    posix_spawn_file_actions_adddup2(&actions, streams.errors ?? streams.output, 2)
    // A thread of a pool blocks every signal, and its children would: SIGTERM among them.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let inherited = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    var pid: pid_t = 0
    let code = withWords(arguments) { list in
      withWords(inherited.map { "\($0)=\($1)" }.sorted()) { variables in
        posix_spawnp(&pid, list[0]!, &actions, &attributes, list, variables)
      }
    }
    return (pid, code)
  }

  private static func withWords<Value>(
    _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Value
  ) -> Value {
    let list = words.map { strdup($0) } + [nil]
    defer { for word in list { free(word) } }
    return list.withUnsafeBufferPointer { body($0.baseAddress!) }
  }

  private static let starter = Starter()
}

/// A thread that never ends and runs one piece of work at a time, while the caller waits.
private final class Starter: @unchecked Sendable {
  private let turn = NSLock()
  private let asked = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private var work: (() -> Void)?

  init() {
    Thread.detachNewThread { [self] in
      while true {
        asked.wait()
        work?()
        done.signal()
      }
    }
  }

  func run<Value>(_ body: @escaping () -> Value) -> Value {
    turn.withLock {
      var value: Value?
      work = { value = body() }
      asked.signal()
      done.wait()
      return value!
    }
  }
}

import Foundation

/// A program that dies with this process, however this one ends.
///
/// Foundation's Process cannot promise that. `setpriv --pdeathsig KILL` can, but the kernel means the *thread* that
/// started the child: so all are started by one thread that lives as long as the process.
final class ChildProcess: @unchecked Sendable {
  private let pid: pid_t
  // One test has it; a deinit may come from another thread, after everything else.
  private var isReaped = false

  /// Starts a program that is found by `PATH`; what it prints goes to a file.
  init(_ arguments: [String], output: String) throws {
    let started = Self.starter.run { Self.spawn(["setpriv", "--pdeathsig", "KILL"] + arguments, output: output) }
    guard started.code == 0 else { throw LoopbackSocket.Failure(what: "starting \(arguments[0])", code: started.code) }
    pid = started.pid
  }

  deinit { end(by: SIGKILL) }

  /// Sends a signal.
  func signal(_ number: Int32) {
    if !isReaped { kill(pid, number) }
  }

  /// True once it has ended by itself.
  var hasEnded: Bool {
    if !isReaped { isReaped = waitpid(pid, nil, WNOHANG) == pid }
    return isReaped
  }

  /// Sends a signal, lets it go on where it is frozen, and waits for its end.
  func end(by number: Int32) {
    signal(number)
    signal(SIGCONT)
    while !isReaped { isReaped = waitpid(pid, nil, 0) != -1 || errno != EINTR }
  }

  private static func spawn(_ arguments: [String], output: String) -> (pid: pid_t, code: Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // A thread of a pool blocks every signal, and its children would: SIGTERM among them.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var list = arguments.map { strdup($0) } + [nil]
    defer { for word in list { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, list[0]!, &actions, &attributes, &list, environ)
    return (pid, code)
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

import Dispatch
import Foundation
import Synchronization

/// Raised by the first Ctrl-C or SIGTERM: work looks at it between two steps and then stops in order.
///
/// A flag and not the cancellation of a task: a cancelled engine could not commit what it has taken.
final class StopFlag: Sendable {
  private let signalNumber = Atomic<Int32>(0)

  /// True once somebody asked to stop.
  var isRaised: Bool { signalNumber.load(ordering: .relaxed) != 0 }

  /// Returns when it is raised, or the task is cancelled.
  func wait() async {
    while !isRaised && !Task.isCancelled { try? await Task.sleep(for: .milliseconds(20)) }
  }

  /// How the program ends then.
  var outcome: Outcome? {
    switch signalNumber.load(ordering: .relaxed) {
    case 0: nil
    case SIGTERM: .terminated
    default: .interrupted
    }
  }

  /// Raises it; says false when it was up already.
  func raise(_ number: Int32) -> Bool {
    signalNumber.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged
  }
}

/// Listens for Ctrl-C and SIGTERM: the first raises the flag, the second ends the process at once.
final class StopSignals: Sendable {
  private let sources: Mutex<[any DispatchSourceSignal]>

  init(_ flag: StopFlag, saying words: String) {
    var sources: [any DispatchSourceSignal] = []
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if flag.raise(number) {
          Console.say("\(words) (once more ends at once)")
        } else {
          // Nothing answered can be lost: the journal is synced before each answer.
          _exit(128 + number)
        }
      }
      source.resume()
      sources.append(source)
    }
    self.sources = Mutex(sources)
  }

  /// Stops listening.
  func end() {
    sources.withLock { sources in
      for source in sources { source.cancel() }
      sources = []
    }
  }
}

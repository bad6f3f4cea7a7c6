import Foundation
import Logging
import Synchronization

/// Where words go: data to stdout, everything about it to stderr, and colour only where a person looks.
enum Console {
  /// True where stderr is a terminal: progress then rewrites its line.
  static let isTerminal = isatty(2) == 1 && environment("TERM") != "dumb"
  private static let hasColour = isTerminal && (environment("NO_COLOR") ?? "").isEmpty
  private static let isLineOpen = Atomic<Bool>(false)
  private static let objects = Atomic<Bool>(false)

  /// True where everything on stderr is to be an object a line, for what collects logs.
  static var speaksJSON: Bool {
    get { objects.load(ordering: .relaxed) }
    set { objects.store(newValue, ordering: .relaxed) }
  }

  /// A variable of the environment.
  static func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

  /// Writes data to stdout, whole and at once.
  static func put(_ text: String) { write(text + "\n", to: 1) }

  /// Writes data to stdout without adding a line end.
  static func putRaw(_ text: String) { write(text, to: 1) }

  /// Says something to the person, on stderr.
  static func say(_ words: String) {
    if speaksJSON { return put(words, .info) }
    closeLine()
    write(words + "\n", to: 2)
  }

  /// Says what went wrong and what to do, on stderr.
  static func complain(_ words: String) {
    if speaksJSON { return put(words, .error) }
    closeLine()
    write((hasColour ? "\u{1B}[31mholdfast:\u{1B}[0m " : "holdfast: ") + words + "\n", to: 2)
  }

  private static func put(_ words: String, _ level: Logger.Level) {
    write(LogLine(label: "holdfast", level: level, message: words).json + "\n", to: 2)
  }

  /// Rewrites the line at the bottom of the terminal.
  static func rewrite(_ words: String) {
    isLineOpen.store(true, ordering: .relaxed)
    write("\r\u{1B}[2K" + words, to: 2)
  }

  /// Ends a rewritten line, so that what comes next starts at its beginning.
  static func closeLine() {
    if isLineOpen.exchange(false, ordering: .relaxed) { write("\r\u{1B}[2K", to: 2) }
  }

  /// Writes all bytes, never in between another's; a reader that has gone away (`| head`) ends the process quietly, as
  /// other tools do.
  static func write(_ text: String, to descriptor: Int32) {
    turn.withLock { _ in writeAll(text, to: descriptor) }
  }

  /// A pipe that is nearly full takes a long text in parts.
  private static let turn = Mutex(())

  private static func writeAll(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno != EINTR && errno != EAGAIN {
        if descriptor == 1 { exit(errno == EPIPE ? 0 : Outcome.failed.rawValue) }
        return
      }
    }
  }
}

import Foundation
import StockJournal

/// The right to a data directory: an advisory lock on its file `lock`, which the kernel frees when the process ends.
final class DirectoryLock {
  private let descriptor: Int32

  /// Takes the lock, or says which process has it.
  init(directory: String) throws(StoreFailure) {
    let path = directory + "/lock"
    let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard opened >= 0 else { throw systemFailure("cannot open \(path)") }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      var text = [UInt8](repeating: 0, count: 20)
      let count = read(opened, &text, text.count)
      Foundation.close(opened)
      let owner = String(decoding: text.prefix(max(0, count)), as: UTF8.self).filter(\.isNumber)
      throw .owned("process \(owner.isEmpty ? "unknown" : owner) uses \(directory); stop it first")
    }
    let pid = Array("\(getpid())\n".utf8)
    guard ftruncate(opened, 0) == 0, write(opened, pid, pid.count) == pid.count else {
      let failure = systemFailure("cannot write \(path)")
      Foundation.close(opened)
      throw failure
    }
    descriptor = opened
  }

  deinit { Foundation.close(descriptor) }
}

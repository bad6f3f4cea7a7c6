import Foundation
import StockJournal

// Whole small files, with the syncs that make them durable.

/// The bytes of a file; nil where there is none.
func fileBytes(_ path: String) throws(StoreFailure) -> [UInt8]? {
  guard FileManager.default.fileExists(atPath: path) else { return nil }
  do {
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  } catch {
    throw .other("cannot read \(path): \(error.localizedDescription)")
  }
}

/// Replaces a file as a whole: written beside it, synced, renamed over it, the directory synced.
func replaceFile(_ path: String, with bytes: [UInt8]) throws(StoreFailure) {
  let draft = path + ".new"
  let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw systemFailure("cannot create \(draft)") }
  var written = 0
  while written < bytes.count {
    let step = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, bytes.count - written) }
    if step < 0 && errno == EINTR { continue }
    guard step > 0 else {
      let failure = systemFailure("cannot write \(draft)")
      close(descriptor)
      throw failure
    }
    written += step
  }
  let synced = fsync(descriptor)
  let failure = systemFailure("cannot sync \(draft)")
  close(descriptor)
  guard synced == 0 else { throw .syncFailed(failure.description) }
  guard rename(draft, path) == 0 else { throw systemFailure("cannot rename \(draft)") }
  try syncDirectory(of: path)
}

/// Syncs the directory that a file stands in, so that its name survives a power loss.
func syncDirectory(of path: String) throws(StoreFailure) {
  let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
  let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { throw systemFailure("cannot open \(directory)") }
  let synced = fsync(descriptor)
  let failure = systemFailure("cannot sync \(directory)")
  close(descriptor)
  guard synced == 0 else { throw .syncFailed(failure.description) }
}

/// The failure that `errno` names.
func systemFailure(_ what: String) -> StoreFailure {
  let code = errno
  let text = "\(what): \(String(cString: strerror(code)))"
  return code == ENOSPC || code == EDQUOT ? .full(text) : .other(text)
}

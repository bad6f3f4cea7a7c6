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
///
/// A draft that ``reserveDraft(of:bytes:)`` made is written over, not emptied first: its room is there on a full disk
/// too.
func replaceFile(_ path: String, with bytes: [UInt8]) throws(StoreFailure) {
  let draft = path + ".new"
  let descriptor = open(draft, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
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
  guard ftruncate(descriptor, off_t(bytes.count)) == 0 else {
    let failure = systemFailure("cannot cut \(draft)")
    close(descriptor)
    throw failure
  }
  let synced = fsync(descriptor)
  let failure = systemFailure("cannot sync \(draft)")
  close(descriptor)
  guard synced == 0 else { throw .syncFailed(failure.description) }
  guard rename(draft, path) == 0 else { throw systemFailure("cannot rename \(draft)") }
  try syncDirectory(of: path)
}

/// Keeps room for the next ``replaceFile(_:with:)`` of a file; does nothing where there is none.
func reserveDraft(of path: String, bytes: Int) {
  let descriptor = open(path + ".new", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { return }
  _ = posix_fallocate(descriptor, 0, off_t(bytes))
  close(descriptor)
}

/// Syncs the directory that a file stands in, so that its name survives a power loss.
func syncDirectory(of path: String) throws(StoreFailure) {
  let directory = path.directory
  let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { throw systemFailure("cannot open \(directory)") }
  let synced = fsync(descriptor)
  let failure = systemFailure("cannot sync \(directory)")
  close(descriptor)
  guard synced == 0 else { throw .syncFailed(failure.description) }
}

extension String {
  /// The path of the directory that a file's path names.
  var directory: String { URL(fileURLWithPath: self).deletingLastPathComponent().path }
}

/// The failure that `errno` names.
func systemFailure(_ what: String) -> StoreFailure {
  let code = errno
  let text = "\(what): \(String(cString: strerror(code)))"
  return code == ENOSPC || code == EDQUOT ? .full(text) : .other(text)
}

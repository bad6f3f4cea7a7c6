import Foundation
import InventoryService
import Logging

/// The file of keys: lines are appended, never changed, and only its owner may read it.
struct KeyFile: Sendable {
  let path: String

  /// The keys that are in it.
  ///
  /// - Parameter mayBeMissing: Whether a file that is not there holds no keys, or is a complaint.
  func read(mayBeMissing: Bool = false) throws(Complaint) -> KeyRing {
    try checkMode()
    guard let content = FileManager.default.contents(atPath: path) else {
      if mayBeMissing && !FileManager.default.fileExists(atPath: path) { return KeyRing() }
      throw Complaint("the key file \(path) cannot be read", do: "check --keys; holdfast key create makes one")
    }
    do throws(KeyFileError) { return try KeyRing(Array(content)) } catch {
      throw Complaint("\(path): \(error)", do: "repair the line; keys are only good when all of the file is read")
    }
  }

  /// Who can read the digests can try secrets; who can write the file can make itself a key.
  private func checkMode() throws(Complaint) {
    // Of the file, not of a link to it: secrets that are mounted are links.
    let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let mode = (try? FileManager.default.attributesOfItem(atPath: file))?[.posixPermissions] as? Int ?? 0
    if mode & 0o027 != 0 {
      throw Complaint("everybody on this machine can use the key file \(path)", do: "chmod 600 \(path)")
    }
  }

  /// Appends a line, and returns when it is on the disk: a key that is revoked stays so.
  func append(_ line: [UInt8]) throws(Complaint) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw complaint }
    defer { close(descriptor) }
    // One write, so that the lines of two who append at once do not mix; a line end first where a line was torn.
    let bytes = (endsInLine ? [] : [UInt8(ascii: "\n")]) + line + [UInt8(ascii: "\n")]
    let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
    guard count == bytes.count, fsync(descriptor) == 0 else { throw complaint }
  }

  private var endsInLine: Bool {
    let last = FileManager.default.contents(atPath: path)?.last
    return last == nil || last == UInt8(ascii: "\n")
  }

  private var complaint: Complaint {
    Complaint("\(path) cannot be written: \(String(cString: strerror(errno)))", do: "check --keys and the disk")
  }

  /// Takes over what changes in the file, once a second, until it is cancelled. A file that cannot be read any more
  /// leaves the keys as they were, and is said once.
  func watch(_ keys: LiveKeys, logger: Logger) async {
    await FileWatch(path).run {
      do throws(Complaint) { keys.replace(with: try read()) } catch {
        logger.error("the keys stay as they were: \(error.line)")
      }
    }
  }
}

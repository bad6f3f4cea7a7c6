import Foundation
import StockJournal

/// A preallocated file that is given up when the disk is full, so that releases and expiries can still be written.
struct Ballast {
  /// 4 MiB: some 60,000 entries of 64 bytes, more than a shop ends in the time it takes to make room.
  static let bytes = 4 << 20
  private let path: String
  /// True while there is no file: it was given up, or there is no room for it.
  private(set) var isFree = true

  /// Makes the file where it is missing and there is room for it, as ``makeAgain()`` does.
  init(directory: String) {
    path = directory + "/ballast"
    var file = stat()
    if stat(path, &file) == 0 && file.st_size >= off_t(Self.bytes) { make() } else { makeAgain() }
  }

  /// Gives the room back to the disk.
  mutating func free() {
    unlink(path)
    isFree = true
  }

  /// Makes the file once there is room: only where twice its bytes are free, so that it never takes the room that its
  /// own end left to releases, nor the last room that a start needs.
  mutating func makeAgain() {
    guard isFree else { return }
    var disk = statvfs()
    guard statvfs(path.directory, &disk) == 0 else { return }
    let (room, over) = UInt64(disk.f_bavail).multipliedReportingOverflow(by: UInt64(disk.f_frsize))
    if over || room >= UInt64(2 * Self.bytes) { make() }
  }

  private mutating func make() {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    defer { if descriptor >= 0 { Foundation.close(descriptor) } }
    guard descriptor >= 0, posix_fallocate(descriptor, 0, off_t(Self.bytes)) == 0 else {
      unlink(path)
      return
    }
    isFree = false
  }
}

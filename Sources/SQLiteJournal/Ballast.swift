import Foundation
import StockJournal

/// A preallocated file that is given up when the disk is full, so that releases and expiries can still be written.
struct Ballast {
  /// 4 MiB: some 60,000 entries of 64 bytes, more than a shop ends in the time it takes to make room.
  static let bytes = 4 << 20
  private let path: String
  /// True once the file was given up, or found no room at the start.
  private(set) var isFree = false

  /// Makes the file where it is missing or too small.
  init(directory: String) {
    path = directory + "/ballast"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0, posix_fallocate(descriptor, 0, off_t(Self.bytes)) == 0 else {
      if descriptor >= 0 { Foundation.close(descriptor) }
      unlink(path)
      isFree = true
      return
    }
    Foundation.close(descriptor)
  }

  /// Gives the room back to the disk.
  mutating func free() {
    unlink(path)
    isFree = true
  }
}

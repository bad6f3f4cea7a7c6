import Foundation
import StoreThread
import Synchronization

/// What was asked, a line each, in a file.
final class RecordFile: Sendable {
  private let path: String
  private let file: FileHandle
  /// Writes block: they have a thread of their own, and what asks does not wait for them.
  private let thread = StoreThread(name: "record")
  private let hasFailed = Atomic<Bool>(false)

  /// A new file, in the place of one that is there.
  init(path: String) throws {
    self.path = path
    guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
    else { throw Complaint("\(path) cannot be written", do: "check that its directory exists and has room") }
    self.file = file
  }

  /// ``add(_:)`` for whoever shall not see the rest.
  var adding: @Sendable ([UInt8]) -> Void { { self.add($0) } }

  /// Adds a JSON text as a line. Line ends between its parts become spaces; within its texts it has none.
  func add(_ json: [UInt8]) {
    let ends: Set<UInt8> = [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
    let line = Data(json.map { ends.contains($0) ? UInt8(ascii: " ") : $0 } + [UInt8(ascii: "\n")])
    thread.post { [self] in
      do { try file.write(contentsOf: line) } catch { hasFailed.store(true, ordering: .relaxed) }
    }
  }

  /// Returns when all is written.
  func end() async throws {
    await thread.run { [self] () -> Result<Void, Never> in
      do { try file.close() } catch { hasFailed.store(true, ordering: .relaxed) }
      return .success(())
    }
    thread.end()
    guard !hasFailed.load(ordering: .relaxed) else {
      throw Complaint("\(path) is not whole", do: "make room on its disk and run again")
    }
  }
}

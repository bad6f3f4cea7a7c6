import ChannelIntake
import InventoryEngine
import NIOCore
import Reconciliation
import StockLedger
import _NIOFileSystem

/// A source's list that somebody sent: kept in a file until a look has read it, once.
struct SentList: SnapshotSource {
  let source: SourceID
  private let path: FilePath
  private let format: DeliveryFormat
  private let origin: DeliveryOrigin
  private let complete: Set<Component>

  /// Keeps a body as it comes; nothing of one that does not come whole.
  static func keep(
    _ body: PushedBody, of source: SourceID, in folder: FilePath, _ format: DeliveryFormat, origin: DeliveryOrigin,
    complete: Set<Component>
  ) async throws -> SentList {
    let name = String(UInt64.random(in: 0 ... .max), radix: 16)
    let list = SentList(
      source: source, path: folder.appending(name + SentLists.suffix), format: format, origin: origin,
      complete: complete)
    try await FileSystem.shared.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
      // Made by us alone, and read by nobody else: it says what a business owns.
      try await FileSystem.shared.withFileHandle(
        forWritingAt: list.path, options: .newFile(replaceExisting: false, permissions: .ownerReadWrite)
      ) { file in
        _ = try await body.read(into: Int64(0)) { offset, piece in
          offset += try await file.write(contentsOf: piece.readableBytesView, toAbsoluteOffset: offset)
        }
      }
    } catch {
      await list.forget()
      throw error
    }
    return list
  }

  /// Removes what is kept of it.
  func forget() async { _ = try? await FileSystem.shared.removeItem(at: path) }

  /// Reads it, and removes it.
  func readAll(_ deliver: ([KeyedReport]) async -> Void) async throws(ChannelFailure) -> SnapshotExtent {
    let result: Result<SnapshotExtent, any Error>
    do { result = .success(try await read(deliver)) } catch { result = .failure(error) }
    await forget()
    do { return try result.get() } catch {
      throw ChannelFailure("the list that was sent cannot be read: \(error)")
    }
  }

  private func read(_ deliver: ([KeyedReport]) async -> Void) async throws -> SnapshotExtent {
    let file = try await FileSystem.shared.openFile(forReadingAt: path)
    let result: Result<SnapshotExtent, any Error>
    do { result = .success(try await read(file, deliver)) } catch { result = .failure(error) }
    try await file.close()
    return try result.get()
  }

  private func read(
    _ file: ReadFileHandle, _ deliver: ([KeyedReport]) async -> Void
  ) async throws -> SnapshotExtent {
    var reader = SourceReader(format, origin: origin)
    var reading = ListReading(asOf: origin.asOf, complete: complete)
    for try await chunk in file.readChunks(chunkLength: .kibibytes(256)) {
      await deliver(reading.reports(reader.read(Array(buffer: chunk))))
    }
    await deliver(reading.reports(reader.finish()))
    if reader.isUnreadable { throw PullFailure(reading.extent.firstFault) }
    return reading.extent
  }
}

/// Where lists that were sent wait for their looks.
public struct SentLists: Sendable {
  static let suffix = ".list"
  private let folder: FilePath?

  /// A folder of their own, which is emptied when the service starts; nil for the system's temporary one.
  public init(folder: String? = nil) { self.folder = folder.map { FilePath($0) } }

  /// The folder.
  var place: FilePath {
    get async throws {
      if let folder { return folder }
      return try await FileSystem.shared.temporaryDirectory
    }
  }

  /// Forgets lists of an earlier run: their looks are forgotten too.
  func empty() async throws {
    guard let folder, try await FileSystem.shared.info(forFileAt: folder) != nil else { return }
    let names = try await FileSystem.shared.withDirectoryHandle(atPath: folder) { directory in
      var names: [String] = []
      for try await entry in directory.listContents() where entry.name.string.hasSuffix(Self.suffix) {
        names.append(entry.name.string)
      }
      return names
    }
    for name in names { try await FileSystem.shared.removeItem(at: folder.appending(name)) }
  }
}

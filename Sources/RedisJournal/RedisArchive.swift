import Foundation
import StockJournal
import StockLedger

/// Records that were trimmed from Redis: files in a directory beside the node, one per trim and shard.
///
/// `<shard>-<first number>-<last number>.hfj` holds whole records, one behind the other. A file is written beside its
/// place, synced and renamed before Redis lets the records go, so that a record is always in one of the two.
final class RedisArchive {
  private struct File {
    let name: String
    let first: UInt64
    let last: UInt64
  }

  private let directory: String
  private let kept: Int64
  private var files: [[File]] = Array(repeating: [], count: 256)

  /// Opens a directory, or makes it.
  ///
  /// - Parameter kept: How long files are kept, in milliseconds of the journal's own time.
  init(directory: String, kept: Int64) throws(StoreFailure) {
    self.directory = directory
    self.kept = kept
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      for name in try FileManager.default.contentsOfDirectory(atPath: directory).sorted() { note(name) }
    } catch {
      throw .other("the archive \(directory) cannot be used: \(error.localizedDescription); name another directory")
    }
    for shard in files.indices { files[shard].sort { $0.first < $1.first } }
  }

  private func note(_ name: String) {
    guard name.hasSuffix(".hfj") else { return }
    let parts = name.dropLast(4).split(separator: "-")
    guard parts.count == 3, let shard = Int(parts[0]), (0...255).contains(shard), let first = UInt64(parts[1]),
      let last = UInt64(parts[2]), first >= 1, last >= first
    else { return }
    files[shard].append(File(name: name, first: first, last: last))
  }

  /// The last entry of a shard in the archive; 0 where there is none.
  func last(shard: Int) -> UInt64 { files[shard].last?.last ?? 0 }

  /// Adds records, which must follow what is there.
  func add(_ records: [JournalRecord], shard: Int) throws(StoreFailure) {
    guard let first = records.first, let end = records.last else { return }
    let name = "\(shard)-\(first.firstNumber)-\(end.lastNumber).hfj"
    do {
      let path = directory + "/" + name
      let bytes = Data(records.flatMap(\.bytes))
      guard FileManager.default.createFile(atPath: path + ".new", contents: bytes) else {
        throw CocoaError(.fileWriteUnknown)
      }
      let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path + ".new"))
      try handle.synchronize()
      try handle.close()
      guard rename(path + ".new", path) == 0 else { throw CocoaError(.fileWriteUnknown) }
      let folder = try FileHandle(forReadingFrom: URL(fileURLWithPath: directory))
      // A directory's own sync; some file systems have none, and then the rename is ordered anyway.
      _ = fsync(folder.fileDescriptor)
      try folder.close()
    } catch {
      throw .full("the archive \(directory) takes no records: \(error.localizedDescription)")
    }
    files[shard].append(File(name: name, first: first.firstNumber, last: end.lastNumber))
    forget(shard, before: end.time - kept)
  }

  /// Verified records after a number.
  func records(shard: Int, after number: UInt64, limit: Int) throws(StoreFailure) -> [JournalRecord] {
    var found: [JournalRecord] = []
    var chain: RecordChain?
    for file in files[shard] where file.last > number && found.count < limit {
      // Between two files of ours another node owned the shard, and has what it trimmed.
      if let last = chain?.head.number, file.first != last + 1 {
        throw .historyTrimmed(shard: shard, since: file.first)
      }
      for record in try read(file, shard: shard) {
        do throws(RecordError) {
          if chain == nil {
            let before = ShardHead(
              number: record.firstNumber - 1, hash: record.previous, epoch: record.epoch, time: record.time)
            chain = RecordChain(shard: shard, from: before)
          }
          try chain?.accept(record)
        } catch { throw error.failure(at: "\(directory)/\(file.name), the record that ends at \(record.lastNumber)") }
        if record.lastNumber > number && found.count < limit { found.append(record) }
      }
    }
    if let first = found.first, first.firstNumber > number + 1 {
      throw .historyTrimmed(shard: shard, since: first.firstNumber)
    }
    return found
  }

  private func read(_ file: File, shard: Int) throws(StoreFailure) -> [JournalRecord] {
    guard let bytes = FileManager.default.contents(atPath: directory + "/" + file.name).map({ [UInt8]($0) }) else {
      throw .damaged("\(directory)/\(file.name) cannot be read; restore the archive from a copy")
    }
    var records: [JournalRecord] = []
    var start = 0
    do throws(RecordError) {
      while start < bytes.count {
        let header = try RecordHeader(Array(bytes[start..<min(start + JournalRecord.headerBytes, bytes.count)]))
        let end = start + JournalRecord.headerBytes + header.payloadBytes + 4
        records.append(try JournalRecord(bytes: Array(bytes[start..<min(end, bytes.count)])))
        start = end
      }
    } catch { throw error.failure(at: "\(directory)/\(file.name)") }
    return records
  }

  private func forget(_ shard: Int, before time: Timestamp) {
    while let oldest = files[shard].first, files[shard].count > 1,
      (try? read(oldest, shard: shard))?.last.map({ $0.time < time }) == true
    {
      try? FileManager.default.removeItem(atPath: directory + "/" + oldest.name)
      files[shard].removeFirst()
    }
  }
}

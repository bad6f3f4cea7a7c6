/// Looks at a SQLite write-ahead log before SQLite does: SQLite takes a bad frame for the end of the log and would drop
/// every commit behind it without a word.
///
/// A bad frame is a torn write, and dropped rightly, where it stands in the last transaction; a transaction begins only
/// after the one before was synced, so a bad frame with a later transaction behind it is damage. Format:
/// https://www.sqlite.org/fileformat2.html#walformat
struct WALScan: Equatable {
  /// What the log holds.
  enum Verdict: Equatable {
    /// Every frame is right, or what is not right is the torn end of the last transaction.
    case sound(frames: Int, torn: Bool)
    /// Committed frames would be lost: says where.
    case damaged(String)
  }

  private struct Frame {
    let saltsMatch: Bool
    let isCommit: Bool
  }

  private static let headerBytes = 32
  private static let frameHeaderBytes = 24

  /// Scans the bytes of a `-wal` file; an empty file is sound.
  static func verdict(_ bytes: [UInt8]) -> Verdict {
    guard bytes.count >= headerBytes else { return .sound(frames: 0, torn: !bytes.isEmpty) }
    let magic = word(bytes, 0)
    let pageBytes = Int(word(bytes, 8))
    var sum = Checksum(isBigEndian: magic == 0x377f_0683)
    sum.add(bytes, 0..<24)
    let headerIsRight =
      (magic == 0x377f_0682 || magic == 0x377f_0683) && word(bytes, 4) == 3_007_000
      && pageBytes >= 512 && pageBytes <= 65_536 && pageBytes & (pageBytes - 1) == 0
      && sum.first == word(bytes, 24) && sum.second == word(bytes, 28)
    guard headerIsRight else {
      // SQLite syncs the header before the first frame, so frames behind a bad header were not there by a torn write.
      return bytes.count <= headerBytes || bytes[headerBytes...].allSatisfy { $0 == 0 }
        ? .sound(frames: 0, torn: true) : .damaged("its header is bad")
    }
    let stride = frameHeaderBytes + pageBytes
    let count = (bytes.count - headerBytes) / stride
    for index in 0..<count {
      let at = headerBytes + index * stride
      var next = sum
      next.add(bytes, at..<(at + 8))
      next.add(bytes, (at + frameHeaderBytes)..<(at + stride))
      let frame = frame(bytes, at)
      if frame.saltsMatch && next.first == word(bytes, at + 16) && next.second == word(bytes, at + 20)
        && word(bytes, at) != 0
      {
        sum = next
        continue
      }
      if losesCommit(bytes, from: index, count: count, stride: stride)
        || isOneBitOff(bytes, at: at, stride: stride, before: sum)
      {
        return .damaged("frame \(index + 1) of \(count), at byte \(at), is bad and later commits stand behind it")
      }
      return .sound(frames: index, torn: true)
    }
    return .sound(frames: count, torn: (bytes.count - headerBytes) % stride != 0)
  }

  /// True where a frame of this log stands behind the transaction of the bad frame.
  private static func losesCommit(_ bytes: [UInt8], from bad: Int, count: Int, stride: Int) -> Bool {
    var transactionEnded = false
    for index in bad..<count {
      let frame = frame(bytes, headerBytes + index * stride)
      if transactionEnded && frame.saltsMatch { return true }
      // The bad frame's own salts may be what is bad; its commit mark still ends its transaction.
      if (frame.saltsMatch || index == bad) && frame.isCommit { transactionEnded = true }
    }
    return false
  }

  /// True where one bit of the frame's page number or commit mark, turned back, makes the frame right.
  ///
  /// A torn write loses whole sectors and never does this. It matters for the commit mark: with it gone, a transaction
  /// and the one behind it look like one torn transaction.
  private static func isOneBitOff(_ bytes: [UInt8], at: Int, stride: Int, before: Checksum) -> Bool {
    var header = Array(bytes[at..<(at + 8)])
    for bit in 0..<64 {
      header[bit / 8] ^= 1 << UInt8(bit % 8)
      var sum = before
      sum.add(header, 0..<8)
      sum.add(bytes, (at + frameHeaderBytes)..<(at + stride))
      if sum.first == word(bytes, at + 16) && sum.second == word(bytes, at + 20) { return true }
      header[bit / 8] ^= 1 << UInt8(bit % 8)
    }
    return false
  }

  private static func frame(_ bytes: [UInt8], _ at: Int) -> Frame {
    Frame(
      saltsMatch: word(bytes, at + 8) == word(bytes, 16) && word(bytes, at + 12) == word(bytes, 20),
      isCommit: word(bytes, at + 4) != 0)
  }

  private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
    UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8 | UInt32(bytes[at + 3])
  }

  /// The log's cumulative checksum, over words of the byte order that the magic names.
  private struct Checksum: Equatable {
    let isBigEndian: Bool
    var first: UInt32 = 0
    var second: UInt32 = 0

    init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

    mutating func add(_ bytes: [UInt8], _ range: Range<Int>) {
      var index = range.lowerBound
      while index < range.upperBound {
        let left = WALScan.word(bytes, index)
        let right = WALScan.word(bytes, index + 4)
        first = first &+ (isBigEndian ? left : left.byteSwapped) &+ second
        second = second &+ (isBigEndian ? right : right.byteSwapped) &+ first
        index += 8
      }
    }
  }
}

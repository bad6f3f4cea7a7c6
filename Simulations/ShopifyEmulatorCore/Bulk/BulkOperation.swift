import StockLedger

/// A bulk read.
///
/// Its rows are read as its time passes, some thousand root objects in a second: a result is not a point in time, and
/// what an early row says may be old when the last is read.
struct BulkOperation: Sendable {
  enum Status: String, Hashable, Sendable {
    case running = "RUNNING", completed = "COMPLETED", canceled = "CANCELED"
  }

  let id: Int64
  /// The document that was sent.
  let query: String
  let createdAt: Timestamp
  var status = Status.running
  var completedAt: Timestamp?
  /// The connection at the query's root, as planned.
  let root: PlannedField
  /// The numbers of the root objects, as of the start.
  let roots: [Int64]
  /// How many of them are read.
  var rootCount = 0
  /// Rows that are written.
  var objectCount = 0
  var byteCount = 0
  /// The result so far.
  var chunks: [BulkChunk] = []

  /// The piece in which a byte of the result lies, or the last one; nil where there is none.
  func chunk(at place: Int) -> BulkChunk? {
    var (low, high) = (0, chunks.count)
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle].start <= place { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : chunks[low - 1]
  }
}

/// A piece of a result: whole rows, about 64 KB.
struct BulkChunk: Sendable {
  /// Large enough for few system calls, small enough that a reader's memory stays flat.
  private static let bytesMax = 65_536

  /// The step of the audit at which its rows were read.
  let step: Int
  /// Bytes of the result before it.
  let start: Int
  var bytes: [UInt8] = []
  /// Levels whose number to sell it tells.
  var levels: [LevelKey] = []
  /// Orders that it tells.
  var orders: [Int64] = []

  init(step: Int, start: Int) {
    self.step = step
    self.start = start
  }

  var isFull: Bool { bytes.count >= Self.bytesMax }
}

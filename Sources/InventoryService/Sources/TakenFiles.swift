import ChannelIntake
import StockLedger
import _NIOFileSystem

/// The journal of a drop folder: one line for every file that was taken, with a digest of what was in it.
struct TakenFiles: Sendable {
  /// One file.
  struct Line: Sendable {
    var name: String
    /// What it was called while it was worked on.
    var claim: String
    var size: Int64
    /// SHA-256, hexadecimal.
    var digest: String
    var at: Timestamp
    /// True where every row of it was taken: the same content again has nothing to say.
    var isClean: Bool
  }

  /// Files that are remembered by their content: a file a minute for two months.
  static let remembered = 100_000

  private let file: DurableFile
  private var lines: [String: Line] = [:]
  private var order: [String] = []

  /// The journal at a path. A line that was torn by a crash is passed over: its file is taken again, and changes
  /// nothing.
  init(at path: FilePath) async throws {
    file = DurableFile(path)
    for row in try await file.read().split(separator: UInt8(ascii: "\n")) {
      if let line = try? Line(Array(row)) { remember(line) }
    }
  }

  /// The last file of a content.
  func find(_ digest: String) -> Line? { lines[digest] }

  /// Adds a file; it is on the disk when this returns.
  mutating func append(_ line: Line, _ tally: IntakeTally) async throws {
    try await file.append(line.json(tally))
    remember(line)
  }

  private mutating func remember(_ line: Line) {
    if lines.updateValue(line, forKey: line.digest) == nil { order.append(line.digest) }
    if order.count > Self.remembered { lines[order.removeFirst()] = nil }
  }
}

extension TakenFiles.Line {
  fileprivate init(_ row: [UInt8]) throws(RowError) {
    let fields = DeliveryFields(try JSONScanner.members(of: row, line: 1), line: 1)
    self.init(
      name: try fields.text("file"), claim: try fields.text("claim"),
      size: try fields.integer("bytes", in: 0...Int64.max), digest: try fields.text("sha256"),
      at: try fields.time("at", finer: .down), isClean: try fields.flag("clean"))
  }

  fileprivate func json(_ tally: IntakeTally) -> [UInt8] {
    JSONWriter.object { json in
      json.field("file", name)
      json.field("claim", claim)
      json.field("bytes", size)
      json.field("sha256", digest)
      json.field("at", at.description)
      json.field("clean", isClean)
      tally.write(to: &json)
    }
  }
}

import ChannelIntake
import InventoryEngine
import NIOCore
import StockLedger

/// Takes one delivery of one source: bytes go in, rows come out in batches, and each batch is durable before the next.
///
/// What is not taken now because the engine is busy or its store is away is tried again for a while; then the delivery
/// ends with ``IntakeFailure``. Whatever had been taken stays: sending all of it again changes nothing.
struct SourceIntake: Sendable {
  /// Rows of one batch: one sync costs little beside them, and they are a few megabytes.
  static let batchMax = 5_000
  /// How long a batch may wait for the engine: as long as a restart or a takeover, not as long as an outage.
  static let patience: Duration = .seconds(10)

  let engine: InventoryEngine
  let origin: DeliveryOrigin
  let board: SourceBoard
  private var reader: SourceReader
  private var waiting: [IntakeRow] = []
  /// What became of all rows up to now.
  private(set) var tally: IntakeTally

  init(
    _ format: DeliveryFormat = .jsonLines, origin: DeliveryOrigin, engine: InventoryEngine, board: SourceBoard,
    faultsMax: Int = IntakeTally.faultsInAnswerMax
  ) {
    self.engine = engine
    self.origin = origin
    self.board = board
    reader = SourceReader(format, origin: origin)
    tally = IntakeTally(faultsMax: faultsMax)
  }

  /// True where nothing of it can be read.
  var isUnreadable: Bool { reader.isUnreadable }

  /// Takes the rows that end in these bytes, once there are enough of them.
  mutating func take(_ chunk: ByteBuffer) async throws {
    waiting += reader.read(Array(buffer: chunk))
    if waiting.count >= Self.batchMax { try await flush() }
  }

  /// Takes the rest.
  mutating func finish() async throws {
    waiting += reader.finish()
    try await flush()
  }

  /// Takes rows that were read elsewhere.
  mutating func take(rows: [IntakeRow]) async throws {
    var rest = rows[...]
    while !rest.isEmpty {
      waiting = Array(rest.prefix(Self.batchMax))
      rest = rest.dropFirst(Self.batchMax)
      try await flush()
    }
  }

  private mutating func flush() async throws {
    var batch = IntakeTally(faultsMax: tally.faultsMaxLeft)
    let rows = waiting
    waiting = []
    defer {
      tally.add(batch)
      board.count(batch, of: origin)
    }
    var open: [(line: Int, command: KeyedCommand)] = []
    for row in rows {
      switch row.outcome {
      case .success(let command): open.append((row.line, command))
      case .failure(let error): batch.reject(error)
      }
    }
    let deadline = ContinuousClock.now + Self.patience
    while !open.isEmpty {
      let answers = await engine.submit(open.map(\.command))
      var again: [(line: Int, command: KeyedCommand)] = []
      var failure: IntakeFailure?
      for (row, answer) in zip(open, answers) {
        switch answer {
        case .accepted(let receipt): batch.count(row.command, line: row.line, receipt)
        case .refused(let refusal) where !refusal.isOfTheMoment: batch.count(row.command, line: row.line, refusal)
        case .refused(let refusal):
          again.append(row)
          failure = IntakeFailure(refusal: refusal, key: row.command.key)
        case .unknown:
          again.append(row)
          failure = failure ?? IntakeFailure(refusal: nil, key: row.command.key)
        }
      }
      open = again
      guard let failure else { return }
      if failure.isFinal || ContinuousClock.now > deadline { throw failure }
      try await Task.sleep(for: .milliseconds(max(10, failure.refusal?.retryAfter ?? 100)))
    }
  }
}

extension IntakeTally {
  /// How many faults there is room for yet.
  fileprivate var faultsMaxLeft: Int { max(0, faultsMax - faults.count) }
}

/// Why rows of a delivery are neither taken nor refused yet. All of the delivery can be sent again.
struct IntakeFailure: Error, CustomStringConvertible {
  /// What the engine said; nil where nobody knows whether the row was taken.
  let refusal: Refusal?
  /// The first key of such a row.
  let key: StockKey

  /// True where waiting does not help: the engine stops, or another node has the stock.
  var isFinal: Bool {
    switch refusal {
    case .stopping, .elsewhere: true
    default: false
    }
  }

  var description: String { refusal.map { Problem($0).title } ?? Problem.unknown.title }
}

extension Refusal {
  /// True where the engine may take the same report later: nothing is wrong with it.
  var isOfTheMoment: Bool {
    switch self {
    case .overloaded, .storeUnavailable, .stopping, .elsewhere, .tooManyIds: true
    default: false
    }
  }
}

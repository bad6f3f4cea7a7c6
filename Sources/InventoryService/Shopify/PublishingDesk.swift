import FoundationEssentials
public import InventoryEngine

/// The publishers of a service, by shop, and which of them an operator has paused: that outlives the process.
public actor PublishingDesk {
  /// A line of what is kept.
  private struct Line: Codable {
    let shop: String
    let isPaused: Bool
  }

  private let publishers: [String: ChannelPublisher]
  private let store: any KeptLines
  /// As it is kept.
  private var paused: Set<String>
  /// One change at a time: what is kept and what holds are the same in the end.
  private let turns = KeyedTurns()

  /// A desk; publishers of shops that were paused are paused.
  ///
  /// - Parameter store: Where it is kept which shops are paused.
  /// - Throws: What the store throws, or ``KeptLineError`` for a line that cannot be read.
  public init(_ publishers: [ChannelPublisher], store: any KeptLines) async throws {
    self.publishers = Dictionary(publishers.map { ($0.place.shop, $0) }) { first, _ in first }
    self.store = store
    var paused: Set<String> = []
    for (index, bytes) in try await store.all().enumerated() {
      guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)) else {
        throw KeptLineError(line: index + 1)
      }
      if line.isPaused { paused.insert(line.shop) } else { paused.remove(line.shop) }
    }
    self.paused = paused
    for shop in paused.sorted() { await self.publishers[shop]?.suspend(true) }
  }

  /// The publisher of a shop; nil where its stock is written nowhere.
  func publisher(of shop: String) -> ChannelPublisher? { publishers[shop] }

  /// The publishers, by their shops.
  var all: [ChannelPublisher] { publishers.sorted { $0.key < $1.key }.map(\.value) }

  /// Stops all calls of a shop, or lets them go on; kept before it holds.
  ///
  /// - Throws: What the store throws: then nothing has changed.
  func pause(_ isPaused: Bool, shop: String) async throws {
    try await turns.run("paused") {
      var wanted = paused
      if isPaused { wanted.insert(shop) } else { wanted.remove(shop) }
      if wanted != paused {
        // All of them anew: the file is as long as there are shops, however often one is paused.
        try await store.replace(with: try wanted.sorted().map { try Self.bytes(Line(shop: $0, isPaused: true)) })
        paused = wanted
      }
      await publishers[shop]?.suspend(isPaused)
    }
  }

  private static func bytes(_ line: Line) throws -> [UInt8] { Array(try JSONEncoder().encode(line)) }
}

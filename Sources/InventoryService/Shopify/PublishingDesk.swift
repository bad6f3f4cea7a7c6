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
    try await store.replace(with: try paused.sorted().map { try Self.bytes(Line(shop: $0, isPaused: true)) })
    for shop in paused.sorted() { await self.publishers[shop]?.suspend(true) }
  }

  private static func bytes(_ line: Line) throws -> [UInt8] { Array(try JSONEncoder().encode(line)) }

  /// The publisher of a shop; nil where its stock is written nowhere.
  func publisher(of shop: String) -> ChannelPublisher? { publishers[shop] }

  /// The publishers, by their shops.
  var all: [ChannelPublisher] { publishers.sorted { $0.key < $1.key }.map(\.value) }

  /// Stops all calls of a shop, or lets them go on; kept before it holds.
  ///
  /// - Returns: False where the shop's stock is written nowhere.
  /// - Throws: What the store throws: then nothing has changed.
  func pause(_ isPaused: Bool, shop: String) async throws -> Bool {
    guard let publisher = publishers[shop] else { return false }
    try await store.append([try Self.bytes(Line(shop: shop, isPaused: isPaused))])
    await publisher.suspend(isPaused)
    return true
  }
}

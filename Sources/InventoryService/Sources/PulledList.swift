import ChannelIntake
public import InventoryEngine
public import Reconciliation
public import StockLedger

/// All that a system knows that is asked over HTTP, page by page: what its polls should have told by now.
public struct PulledList: SnapshotSource {
  /// The source.
  public let source: SourceID
  private let origin: DeliveryOrigin
  private let settings: PullSettings
  private let list: PullSettings.List

  /// The list of a source; nil where it has none.
  public init?(_ source: SourceSettings) {
    guard case .pull(var settings) = source.door, let list = settings.list,
      let name = Identifier(source.origin.source)
    else { return nil }
    self.source = name
    self.list = list
    origin = source.origin
    // A list goes on from nowhere: it is the whole, each time.
    settings.address = list.address
    settings.cursor = nil
    self.settings = settings
  }

  /// Reads it page by page; nothing counts of one that ends early.
  public func readAll(
    _ deliver: ([KeyedReport]) async -> Void
  ) async throws(ChannelFailure) -> SnapshotExtent {
    var result = Result<SnapshotExtent, any Error>.failure(PullFailure("\(list.address) was not asked"))
    do {
      try await PullClient.run(settings) { client in
        do { result = .success(try await read(client, deliver)) } catch { result = .failure(error) }
      }
      return try result.get()
    } catch { throw ChannelFailure("\(error)") }
  }

  private func read(
    _ client: PullClient, _ deliver: ([KeyedReport]) async -> Void
  ) async throws -> SnapshotExtent {
    var walk = PullWalk(settings, from: PullMark())
    var reading = ListReading(complete: list.complete)
    var pages = 0
    while let address = walk.next {
      guard case .body(let body, _, let sentAt) = try await client.get(address, known: nil) else {
        throw PullFailure("\(address) answered 304 to a question that named nothing as known")
      }
      pages += 1
      let answer: ForeignAnswer
      let rows: [IntakeRow]
      do throws(RowError) {
        answer = try ForeignAnswer(body)
        if let path = list.asOf {
          if pages == 1 { reading.note(asOf: answer.time(at: path)) }
        } else {
          reading.note(asOf: sentAt)
        }
        let timed = DeliveryOrigin(shop: origin.shop, source: origin.source, asOf: reading.extent.asOf)
        rows = try settings.mapping.rows(of: answer, origin: timed)
      } catch { throw PullFailure("the answer of \(address) cannot be used: \(error)") }
      await deliver(reading.reports(rows, of: "page \(pages), "))
      try walk.take(answer, rows: rows.count, validators: nil)
    }
    return reading.extent
  }
}

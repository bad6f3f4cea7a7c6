public import StockJournal
import StockLedger
import StoreThread

/// What may be sold, for storefronts that read Redis: `ats:<shop>:<sku>:<location>` and a message per change.
///
/// Each key holds the integer as text and is gone after ``lifetime`` unless it is written again: a reader that finds
/// nothing asks the engine. A message with the integer goes to the channel of the same name where the value is another
/// than the one that was there. A colon in a shop, SKU or location is written `%3A`, a percent sign `%25`.
///
/// It never delays the engine: on a thread and connection of its own, and while Redis is away changes are dropped after
/// a third of a second; the engine's next refresh brings them, and then they are announced.
public final class RedisReadModel: AvailabilityFeed {
  /// How long a value lives, in seconds.
  public static let lifetime = 30

  private let thread = StoreThread(name: "holdfast-read-model")
  private let session: Session

  /// A read model beside a journal's Redis; connects with the first changes.
  public init(_ address: RedisAddress) { session = Session(address) }

  deinit {
    session.base.end()
    thread.end()
  }

  /// Writes and announces changes; returns when Redis has them, or when it is clear that it is away.
  public func publish(_ changes: [AvailabilityChange]) async {
    let session = session
    await thread.run { () -> Result<Void, Never> in .success(session.publish(changes)) }
  }

  /// What the thread has to itself.
  private final class Session: @unchecked Sendable {
    let base: RedisSession
    private var writer = RESPWriter()

    init(_ address: RedisAddress) {
      base = RedisSession(address, timeouts: RedisTimeouts(connect: 300, reply: 300))
    }

    func publish(_ changes: [AvailabilityChange]) {
      if changes.isEmpty { return }
      do {
        writer.clear()
        try base.begin(.publish, keys: changes.count, arguments: 1 + changes.count, in: &writer)
        for change in changes { writer.argument(RedisKeys.availability(change.key)) }
        writer.argument(RedisReadModel.lifetime)
        for change in changes { writer.argument(Int(change.availableToSell)) }
        // Whatever Redis has against it, another server or scripts loaded anew may help the next time.
        if try base.run(&writer)[0].error != nil { base.lookElsewhere() }
      } catch {
        // Dropped: the refresh writes it again, and what stands there is gone before it misleads for long.
      }
    }
  }
}

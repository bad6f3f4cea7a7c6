import InventoryEngine
import StockJournal

extension ShardState {
  /// A shard as its entries alone make it, without any snapshot.
  ///
  /// - Parameter number: The last entry that counts.
  /// - Returns: Nil where the oldest entries are gone, or archived on another machine: nobody knows what they made.
  static func fromZero(
    _ shard: Int, through number: UInt64, of journal: any JournalStore
  ) async throws(StoreFailure) -> ShardState? {
    var state = ShardState(shard: shard)
    while state.head.number < number {
      let records: [JournalRecord]
      do throws(StoreFailure) {
        records = try await journal.records(shard: shard, after: state.head.number, limit: 256)
      } catch {
        if case .historyTrimmed = error { return nil }
        throw error
      }
      // A log whose beginning was let go starts with a later entry.
      if let first = records.first, first.firstNumber > state.head.number + 1 { return nil }
      let wanted = records.prefix { $0.lastNumber <= number }
      for record in wanted { try state.replay(record) }
      if wanted.isEmpty { break }
    }
    return state
  }
}

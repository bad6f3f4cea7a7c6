import FoundationEssentials
public import InventoryEngine
import Logging
public import StockLedger

/// What a shop's channel may do besides writing and reading numbers.
public struct ShopifyChannelSettings: Hashable, Sendable {
  /// Stocks an item at a location where it is not stocked and a number of ours is to be shown (`inventoryActivate`).
  public var activatesItems = true
  /// How long nothing leaves after Shopify did not let us in, in milliseconds: a person has to act first.
  public var deniedPause: Int64 = 30_000

  /// What suits most shops.
  public init() {}
}

/// A shop at Shopify as the publisher's channel.
///
/// Every write compares, is sent once under its key, and is answered by what Shopify says of it: nothing is tried again
/// here but what Shopify surely did not do.
public struct ShopifyChannel: ChannelPort {
  /// What our keys are called there.
  public let catalogue: ShopifyCatalogue
  let client: ShopifyClient
  private let settings: ShopifyChannelSettings

  /// The channel of a shop.
  public init(_ catalogue: ShopifyCatalogue, settings: ShopifyChannelSettings = ShopifyChannelSettings()) {
    self.catalogue = catalogue
    client = catalogue.client
    self.settings = settings
  }

  /// How the shop answers: whether a person has to act before anything is published.
  public var standing: ShopifyStanding { client.standing }

  // MARK: Writing

  /// Writes rows, all or none: one call of `inventorySetQuantities`.
  public func write(_ rows: [PublicationOutbox.Row], key: Identifier) async -> PublicationOutbox.WriteAnswer {
    do throws(ShopifyFailure) {
      let places = try await catalogue.places(of: rows.map(\.key))
      let unmapped = Self.unmapped(places)
      guard unmapped.isEmpty else { return .refused(unmapped) }
      return try await write(rows, at: places.compactMap(\.known), key: key)
    } catch {
      return answer(error)
    }
  }

  private static func unmapped(_ places: [ShopifyCatalogue.Place]) -> [Int: PublicationOutbox.RowFault] {
    var faults: [Int: PublicationOutbox.RowFault] = [:]
    for (row, place) in places.enumerated() {
      if case .none(let rejection) = place { faults[row] = .rejected(rejection) }
    }
    return faults
  }

  private func write(
    _ rows: [PublicationOutbox.Row], at places: [ItemPlace], key: Identifier
  ) async throws(ShopifyFailure) -> PublicationOutbox.WriteAnswer {
    let input = SetQuantities(key, zip(places, rows).map { ($0, $1.quantity, $1.changeFrom) })
    let answer: SetQuantitiesAnswer = try await client.call(AdminCall(AdminDocument.setQuantities, input, for: .write))
    guard let payload = answer.inventorySetQuantities else { return .unknown }
    let verdict = SetQuantitiesVerdict.answer(payload.userErrors, rows: rows.count)
    guard case .refused(let faults) = verdict else { return verdict }
    if faults.isEmpty { tell(payload.userErrors) }
    return .refused(await mended(faults, rows, places))
  }

  /// A call that is refused as a whole is our mistake or a new rule of theirs: its rows stop, and somebody must know.
  private func tell(_ errors: [AdminUserError]) {
    let words = errors.prefix(3).map { "\($0.message.prefix(200)) (\($0.code ?? "no code"))" }
    client.logger.error("Shopify refused a write as a whole: \(words.joined(separator: "; "))")
  }

  /// What a failure means for a write. Where the door is shut nothing was done by this sending, and what became of an
  /// earlier one of the same call is as unknown as before: so it is with points, too.
  private func answer(_ failure: ShopifyFailure) -> PublicationOutbox.WriteAnswer {
    switch failure {
    case .throttled(let until): .throttled(until: until)
    case .denied: .throttled(until: client.clock.now + settings.deniedPause)
    case .unanswered: .unknown
    case .refused, .tooCostly: .refused([:])
    }
  }

  // MARK: Mending

  /// Puts right what can be put right without a person. Nothing was written, and what Shopify holds is not what the row
  /// changes from: such a row is stale, is read again and then written anew.
  private func mended(
    _ faults: [Int: PublicationOutbox.RowFault], _ rows: [PublicationOutbox.Row], _ places: [ItemPlace]
  ) async -> [Int: PublicationOutbox.RowFault] {
    var faults = faults
    let notStocked = faults.keys.filter { faults[$0] == .rejected(.notStocked) }.sorted()
    let stocked = await activated(notStocked.map { places[$0] })
    for (row, outcome) in zip(notStocked, stocked) where outcome != .refused { faults[row] = .stale }
    let unknown = faults.keys.filter { faults[$0] == .rejected(.invalidItem) }.sorted()
    if !unknown.isEmpty, let renewed = try? await catalogue.renew(unknown.map { rows[$0].key.sku }) {
      for row in unknown where renewed.contains(ExactText(rows[row].key.sku)) { faults[row] = .stale }
    }
    return faults
  }

  /// Stocks items at locations, where that is allowed, until a call fails: the others are met again.
  private func activated(_ pairs: [ItemPlace]) async -> [Activation.Outcome] {
    guard settings.activatesItems else { return pairs.map { _ in .refused } }
    var outcomes: [Activation.Outcome] = []
    while outcomes.count < pairs.count {
      let some = pairs[outcomes.count...].prefix(Activation.pairsMax)
      let activation = Activation(Array(some), keys: some.map { _ in UUID().uuidString.lowercased() })
      guard let answer: Activation.Answer = try? await client.call(activation.call) else { break }
      outcomes += activation.outcomes(in: answer) { pair, why in
        client.logger.warning(
          "item \(pair.item) could not be stocked at location \(pair.location): \(why.prefix(200))")
      }
    }
    return outcomes + pairs[outcomes.count...].map { _ in .unknown }
  }

  // MARK: Reading

  /// Reads what Shopify would sell of keys: one call, more only where Shopify thinks it too large.
  public func read(_ keys: [StockKey]) async -> ChannelReading {
    do throws(ShopifyFailure) {
      let places = try await catalogue.places(of: keys)
      let known = places.indices.filter { places[$0].known != nil }
      var held: [Int64?] = Array(repeating: nil, count: keys.count)
      let levels = try await levels(places.compactMap(\.known), of: known.map { keys[$0].sku })
      for (place, available) in zip(known, levels) { held[place] = available }
      return .held(held)
    } catch {
      switch error {
      case .throttled(let until): return .throttled(until: until)
      case .denied: return .throttled(until: client.clock.now + settings.deniedPause)
      case .unanswered, .refused, .tooCostly: return .unanswered
      }
    }
  }

  private func levels(_ pairs: [ItemPlace], of skus: [String]) async throws(ShopifyFailure) -> [Int64?] {
    guard !pairs.isEmpty else { return [] }
    let items = try await items(of: pairs)
    let moved = items.indices.filter { Self.isAnother(items[$0], than: skus[$0]) }
    if !moved.isEmpty { _ = try await catalogue.renew(moved.map { skus[$0] }) }
    var held = items.map { $0?.inventoryLevel?.available }
    for place in moved { held[place] = nil }
    // A key that is not stocked there could never be compared, and so never be written.
    let missing = held.indices.filter { held[$0] == nil && items[$0] != nil && !moved.contains($0) }
    for (place, outcome) in zip(missing, await activated(missing.map { pairs[$0] })) {
      if case .stocked(let available) = outcome { held[place] = available }
    }
    return held
  }

  /// True where an item is gone, or has another SKU by now: what we would write there is somebody else's number.
  private static func isAnother(_ item: LevelQuery.Item?, than sku: String) -> Bool {
    guard let item else { return true }
    guard let own = item.sku, !own.isEmpty else { return false }
    return ExactText(own) != ExactText(sku)
  }

  private func items(of pairs: [ItemPlace]) async throws(ShopifyFailure) -> [LevelQuery.Item?] {
    let query = LevelQuery(pairs)
    do throws(ShopifyFailure) {
      return query.items(in: try await client.call(query.call))
    } catch {
      guard case .tooCostly = error, pairs.count > 1 else { throw error }
      let half = pairs.count / 2
      return try await items(of: Array(pairs[..<half])) + items(of: Array(pairs[half...]))
    }
  }
}

extension ShopifyCatalogue.Place {
  /// The item and location; nil where there is nothing that could be written.
  var known: ItemPlace? { if case .known(let place) = self { place } else { nil } }
}

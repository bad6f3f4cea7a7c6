import ArgumentParser
import InventoryEngine
import StockJournal
import StockLedger

/// One key: its numbers, what is held, and what it can no longer cover.
struct Show: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show one key: its components, reservations, and claims that are not covered.",
    discussion:
      """
      The state is that of the key's last entry. No other process may use a directory meanwhile; a Redis may be in use.
      """
  )

  @OptionGroup var named: KeyArguments

  @OptionGroup var place: PlaceOptions

  @Flag(help: "Also show reservations that have ended and are still remembered.")
  var all = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let key = try named.stockKey
    try await perform(json: output.json) { _ in
      let journal = try await place.place().openExisting()
      let state = try await ShardState.read(shard: key.shard, from: journal)
      try await journal.close()
      var found: KeyView?
      var similar: [String] = []
      try state.forEachLevel { other, level, number in
        if other == key {
          found = KeyView(key: key, level: level, entry: EntryNumber(shard: UInt8(key.shard), number: number), all: all)
        } else if other.sku.lowercased() == key.sku.lowercased() {
          similar.append("\(other)")
        }
      }
      guard let found else {
        throw Complaint(
          "\(key) is not in this journal",
          do: similar.isEmpty
            ? "names are compared exactly, also their case; holdfast export lists the keys"
            : "did you mean \(similar.prefix(3).joined(separator: ", "))?")
      }
      Console.put(output.json ? found.json.text : found.text)
      return .done
    }
  }
}

/// What `show` says about a key.
struct KeyView {
  private let key: StockKey
  private let entry: EntryNumber
  private let numbers: StockNumbers
  private let availableToSell: Int64
  private let reservations: [Reservation]
  private let uncovered: [ClaimID]
  private let count: LastCount?
  private let claimCount: Int

  init(key: StockKey, level: StockLevel, entry: EntryNumber, all: Bool) {
    self.key = key
    self.entry = entry
    numbers = level.numbers
    availableToSell = level.availableToSell
    reservations = level.sortedReservations.filter { all || $0.live > 0 }
    uncovered = level.uncoveredClaims
    count = level.sources.lastCount
    claimCount = level.sources.claimCount
  }

  var text: String {
    var table = Columns()
    table.add("\(key)", "entry \(entry)")
    if let count {
      let later = count.laterAdjustments > 0 ? ", \(count.laterAdjustments) adjustments since" : ""
      table.add(
        "on hand", grouped(numbers.onHand),
        "counted \(grouped(count.units)) by \(count.source) as of \(count.asOf)\(later)")
    } else {
      table.add("on hand", grouped(numbers.onHand), "never counted")
    }
    table.add("allocated", grouped(-numbers.allocated))
    table.add("pending", grouped(-numbers.pending))
    table.add("open", grouped(-numbers.open), "\(grouped(claimCount)) claims known")
    table.add("safety buffer", grouped(-numbers.safetyBuffer))
    table.add("reserved", grouped(-numbers.reserved))
    table.add("available to sell", grouped(availableToSell))
    if numbers.shortfall > 0 { table.add("SHORTFALL", grouped(numbers.shortfall)) }
    var text = table.text
    for one in reservations.prefix(50) {
      text += "\nreservation \(one.id): \(one.live) live, \(one.confirmed) confirmed, \(one.released) released, "
      text += "\(one.expired) expired, until \(one.expiresAt)\(one.isCartLine ? ", a cart's line" : "")"
    }
    if reservations.count > 50 { text += "\n\(grouped(reservations.count - 50)) more reservations; --json lists all" }
    for claim in uncovered { text += "\nnot covered: claim \(claim)" }
    return text
  }

  var json: JSONValue {
    var fields = key.jsonFields
    fields += [
      ("entry", JSONValue(entry)), ("onHand", .integer(numbers.onHand)), ("allocated", .integer(numbers.allocated)),
      ("pending", .integer(numbers.pending)), ("open", .integer(numbers.open)),
      ("safetyBuffer", .integer(numbers.safetyBuffer)), ("reserved", .integer(numbers.reserved)),
      ("availableToSell", .integer(availableToSell)), ("shortfall", .integer(numbers.shortfall)),
      ("reservations", .array(reservations.map(Self.json))),
      ("uncoveredClaims", .array(uncovered.map { JSONValue($0) })),
    ]
    return .object(fields)
  }

  private static func json(_ one: Reservation) -> JSONValue {
    var fields: [(String, JSONValue)] = [
      ("reservation", JSONValue(one.id)), ("live", .integer(one.live)), ("confirmed", JSONValue(one.confirmed)),
      ("released", JSONValue(one.released)), ("expired", JSONValue(one.expired)),
      ("expiresAt", JSONValue(one.expiresAt)), ("cartLine", .boolean(one.isCartLine)),
    ]
    if !one.claim.isNone { fields.append(("claim", JSONValue(one.claim))) }
    return .object(fields)
  }
}

import ChannelIntake
import StockLedger

/// A command as it was asked, and what its answer repeats.
struct AskedCommand: Sendable {
  let word: CommandWord
  let keyed: KeyedCommand
  /// What the caller must be allowed.
  let scope: Scope
  /// The reservation as the client wrote it; nil for a count.
  let reservation: String?

  /// The command of a body whose reservation is named elsewhere (in the path, in a header, by us).
  init(_ word: CommandWord, _ fields: DeliveryFields, key: StockKey, reservation: String?) throws(RowError) {
    self.word = word
    self.reservation = reservation
    scope = try word.scope(fields)
    let id = reservation.flatMap { Identifier($0) } ?? .none
    keyed = KeyedCommand(key: key, command: try word.command(fields, id: id))
  }

  // Made once, not for each of ten thousand lines.
  private static let words = CommandWord.allCases.map(\.rawValue)

  /// The fields of a line of every word, in the order of the words.
  private static let names = CommandWord.allCases.map { word in
    let required = ["do", "sku", "location"] + (word == .count ? [] : ["reservation"]) + word.required
    return (word: word, known: required + word.optional, required: required)
  }

  /// The command of a line: `do` says which.
  init(line fields: DeliveryFields, shop: String) throws(RowError) {
    let (word, known, required) = Self.names[try fields.place(of: "do", among: Self.words)]
    try fields.check(known: known, required: required)
    let reservation = word == .count ? nil : try fields.name("reservation")
    if reservation != nil { _ = try fields.identifier("reservation") }
    try self.init(word, fields, key: try fields.key(ofShop: shop), reservation: reservation)
  }

  /// The status of an answer that says yes.
  var status: Int { word == .hold ? 201 : 200 }

  /// What the engine said yes to, or why not as a problem.
  func receipt(of answer: Answer, in call: Call) throws(Problem) -> Receipt {
    switch answer {
    case .accepted(let receipt): return receipt
    case .refused(let refusal): throw call.problem(refusal, of: keyed.key)
    case .unknown: throw .unknown
    }
  }

  /// Writes what the engine said yes to, as members of an object.
  func write(_ receipt: Receipt, to json: inout JSONWriter) {
    if let reservation { json.field("reservation", reservation) }
    json.field("sku", utf8: keyed.key.skuBytes)
    json.field("location", utf8: keyed.key.locationBytes)
    if word != .count { json.field("units", receipt.units) }
    if receipt.expiresAt > .distantPast { json.field("expiresAt", receipt.expiresAt) }
    json.field("availableToSell", receipt.availableToSell)
    json.field("entry", receipt.entry.description)
    json.field("duplicate", receipt.isDuplicate)
    if !receipt.flags.isEmpty {
      json.array("flags") { json in for name in receipt.flags.names { json.element(name) } }
    }
  }
}

extension ReportFlags {
  /// The names of what is odd, in a stable order.
  var names: [String] {
    let all: KeyValuePairs<String, ReportFlags> = [
      "gap": .gap, "lateForCount": .lateForCount, "pastMemory": .pastMemory, "freedAtOnce": .freedAtOnce,
      "clipped": .clipped, "aggregateOnly": .aggregateOnly,
    ]
    return all.filter { contains($0.value) }.map(\.key)
  }
}

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

  private static let words: KeyValuePairs<String, CommandWord> = [
    "hold": .hold, "confirm": .confirm, "release": .release, "extend": .extend, "count": .count,
  ]

  /// The fields of a line of every word: made once, not for each of ten thousand lines.
  private static let names = Dictionary(
    uniqueKeysWithValues: CommandWord.allCases.map { word in
      let required = ["do", "sku", "location"] + (word == .count ? [] : ["reservation"]) + word.required
      return (word, (known: required + word.optional, required: required))
    })

  /// The command of a line: `do` says which.
  init(line fields: DeliveryFields, shop: String) throws(RowError) {
    let word = try fields.word("do", Self.words)
    let names = Self.names[word] ?? ([], [])
    try fields.check(known: names.known, required: names.required)
    let reservation = word == .count ? nil : try fields.name("reservation")
    if reservation != nil { _ = try fields.identifier("reservation") }
    try self.init(word, fields, key: try fields.key(ofShop: shop), reservation: reservation)
  }

  /// What the engine answered, as a status and the members of an object, or as a problem.
  func outcome(_ answer: Answer, in call: Call) -> Result<(status: Int, json: [UInt8]), Problem> {
    switch answer {
    case .accepted(let receipt): .success((word == .hold ? 201 : 200, json(receipt)))
    case .refused(let refusal): .failure(call.problem(refusal, of: keyed.key))
    case .unknown: .failure(.unknown)
    }
  }

  private func json(_ receipt: Receipt) -> [UInt8] {
    JSONWriter.object { json in
      if let reservation { json.field("reservation", reservation) }
      json.field("sku", keyed.key.sku)
      json.field("location", keyed.key.location)
      if word != .count { json.field("units", receipt.units) }
      if receipt.expiresAt > .distantPast { json.field("expiresAt", receipt.expiresAt.description) }
      json.field("availableToSell", receipt.availableToSell)
      json.field("entry", receipt.entry.description)
      json.field("duplicate", receipt.isDuplicate)
      if !receipt.flags.isEmpty {
        json.array("flags") { json in for name in receipt.flags.names { json.element(name) } }
      }
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

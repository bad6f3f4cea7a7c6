import StockLedger

/// The fields of one row of the delivery form, read by name, type and range.
struct DeliveryFields {
  private let members: [JSONMember]
  private let line: Int

  init(_ members: [JSONMember], line: Int) {
    self.members = members
    self.line = line
  }

  /// Refuses what the kind does not know and what it lacks, before any value is read.
  func check(_ kind: DeliveryKind) throws(RowError) {
    let known = kind.fields.known
    for member in members where !known.contains(member.name) {
      throw RowError(
        line: line, column: member.nameColumn, field: member.name, reason: .unknownField(known: known))
    }
    for name in kind.fields.required where !has(name) { throw RowError(line: line, field: name, reason: .missingField) }
  }

  func has(_ name: String) -> Bool { members.contains { $0.name == name } }

  private func member(_ name: String) throws(RowError) -> JSONMember {
    guard let member = members.first(where: { $0.name == name }) else {
      throw RowError(line: line, field: name, reason: .missingField)
    }
    return member
  }

  private func fault(_ member: JSONMember, _ reason: RowError.Reason) -> RowError {
    RowError(line: line, column: member.valueColumn, field: member.name, reason: reason)
  }

  func text(_ name: String) throws(RowError) -> String {
    let member = try member(name)
    guard case .string(let text) = member.value else { throw fault(member, .wrongType(expected: "a string")) }
    return text
  }

  /// One of some words.
  func word<Value>(_ name: String, _ words: KeyValuePairs<String, Value>) throws(RowError) -> Value {
    let text = try text(name)
    guard let found = words.first(where: { $0.key == text }) else {
      throw fault(try member(name), .unknownWord(known: words.map(\.key)))
    }
    return found.value
  }

  /// A name given by a source: a string, or an integer of up to 64 bits without a sign.
  func name(_ name: String) throws(RowError) -> String {
    let member = try member(name)
    switch member.value {
    case .string(let text): return text
    case .number(let digits):
      guard let number = exactInteger(digits) else { throw fault(member, .notExactInteger) }
      guard number >= 0 else { throw fault(member, .outOfRange(low: 0, high: .max)) }
      return String(number)
    default: throw fault(member, .wrongType(expected: "a string or an integer"))
    }
  }

  func identifier(_ name: String) throws(RowError) -> Identifier {
    guard let identifier = Identifier(try self.name(name)) else { throw fault(try member(name), .badIdentifier) }
    return identifier
  }

  /// An identifier that may be left out; then none.
  func identifierOrNone(_ name: String) throws(RowError) -> Identifier {
    has(name) ? try identifier(name) : .none
  }

  func integer(_ name: String, in range: ClosedRange<Int64>) throws(RowError) -> Int64 {
    let member = try member(name)
    guard case .number(let digits) = member.value else {
      throw fault(member, .wrongType(expected: "an integer, not in quotes"))
    }
    guard let number = exactInteger(digits) else { throw fault(member, .notExactInteger) }
    guard range.contains(number) else {
      throw fault(member, .outOfRange(low: range.lowerBound, high: range.upperBound))
    }
    return number
  }

  func quantity(_ name: String) throws(RowError) -> Quantity {
    let units = try integer(name, in: 1...Limits.quantityMax)
    guard let quantity = Quantity(units) else {
      throw fault(try member(name), .outOfRange(low: 1, high: Limits.quantityMax))
    }
    return quantity
  }

  /// A change of units: not 0.
  func delta(_ name: String) throws(RowError) -> Int64 {
    let delta = try integer(name, in: -Limits.quantityMax...Limits.quantityMax)
    if delta == 0 { throw fault(try member(name), .zero) }
    return delta
  }

  func flag(_ name: String) throws(RowError) -> Bool {
    let member = try member(name)
    guard case .boolean(let flag) = member.value else { throw fault(member, .wrongType(expected: "true or false")) }
    return flag
  }

  func time(_ name: String, finer: SubMillisecond) throws(RowError) -> Timestamp {
    try time(of: try member(name), finer: finer)
  }

  private func time(of member: JSONMember, finer: SubMillisecond) throws(RowError) -> Timestamp {
    guard case .string(let text) = member.value else { throw fault(member, .wrongType(expected: "a time in quotes")) }
    do throws(TimeFault) {
      return try Timestamp.parse(text.utf8, finer: finer)
    } catch {
      throw fault(member, error == .form ? .notTime : .timeOutOfRange)
    }
  }

  /// An object of source and time, sorted by source: the order of writing is not content.
  func sourceTimes(_ name: String) throws(RowError) -> [SourceTime] {
    let member = try member(name)
    guard case .object(let inner) = member.value else {
      throw fault(member, .wrongType(expected: "an object of source and time"))
    }
    var times: [SourceTime] = []
    for source in inner {
      guard let id = Identifier(source.name) else {
        throw RowError(line: line, column: source.nameColumn, field: name, reason: .badIdentifier)
      }
      times.append(SourceTime(source: id, time: try time(of: source, finer: .down)))
    }
    return times.sorted { $0.source < $1.source }
  }

  /// The row's stock key.
  func key() throws(RowError) -> StockKey {
    let shop = try text("shop")
    let sku = try text("sku")
    let location = try name("location")
    if location.isEmpty { throw fault(try member("location"), .badKey(.empty)) }
    do throws(StockKeyError) {
      return try StockKey(shop: shop, sku: sku, location: location)
    } catch {
      throw fault(try member(error.part.rawValue), .badKey(error.problem))
    }
  }
}

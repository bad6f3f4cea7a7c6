package import StockLedger

/// The fields of one JSON object, read by name, type and range: a row of the delivery form, or a request's body.
package struct DeliveryFields {
  private let members: [JSONMember]
  private let line: Int

  /// The fields of an object; `line` is named in errors.
  package init(_ members: [JSONMember], line: Int) {
    self.members = members
    self.line = line
  }

  /// Refuses what the kind does not know and what it lacks, before any value is read.
  func check(_ kind: DeliveryKind) throws(RowError) {
    try check(known: kind.fields.known, required: kind.fields.required)
  }

  /// Refuses fields that are not known, and the lack of those that are required.
  package func check(known: [String], required: [String]) throws(RowError) {
    for member in members where !known.contains(member.name) {
      throw RowError(
        line: line, column: member.nameColumn, field: member.name, reason: .unknownField(known: known))
    }
    for name in required where !has(name) { throw RowError(line: line, field: name, reason: .missingField) }
  }

  /// True where the field is there.
  package func has(_ name: String) -> Bool { members.contains { $0.name == name } }

  private func member(_ name: String) throws(RowError) -> JSONMember {
    guard let member = members.first(where: { $0.name == name }) else {
      throw RowError(line: line, field: name, reason: .missingField)
    }
    return member
  }

  private func fault(_ member: JSONMember, _ reason: RowError.Reason) -> RowError {
    RowError(line: line, column: member.valueColumn, field: member.name, reason: reason)
  }

  /// A string.
  package func text(_ name: String) throws(RowError) -> String {
    let member = try member(name)
    guard case .string(let text) = member.value else { throw fault(member, .wrongType(expected: "a string")) }
    return text
  }

  /// One of some words.
  package func word<Value>(_ name: String, _ words: KeyValuePairs<String, Value>) throws(RowError) -> Value {
    words[try place(of: name, among: words.map(\.key))].value
  }

  /// The place of a field's word in a list of words.
  package func place(of name: String, among words: [String]) throws(RowError) -> Int {
    let text = try text(name)
    guard let place = words.firstIndex(of: text) else {
      throw fault(try member(name), .unknownWord(known: words))
    }
    return place
  }

  /// A name given by a source: a string, or an integer of up to 64 bits without a sign.
  package func name(_ name: String) throws(RowError) -> String {
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

  /// An identifier of 1 to 128 bytes.
  package func identifier(_ name: String) throws(RowError) -> Identifier {
    guard let identifier = Identifier(try self.name(name)) else { throw fault(try member(name), .badIdentifier) }
    return identifier
  }

  /// An identifier that may be left out; then none.
  package func identifierOrNone(_ name: String) throws(RowError) -> Identifier {
    has(name) ? try identifier(name) : .none
  }

  /// An exact integer within a range.
  package func integer(_ name: String, in range: ClosedRange<Int64>) throws(RowError) -> Int64 {
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

  /// Units, 1 to 10^9.
  package func quantity(_ name: String) throws(RowError) -> Quantity {
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

  /// True or false.
  package func flag(_ name: String) throws(RowError) -> Bool {
    let member = try member(name)
    guard case .boolean(let flag) = member.value else { throw fault(member, .wrongType(expected: "true or false")) }
    return flag
  }

  /// A time of ISO 8601.
  package func time(_ name: String, finer: SubMillisecond) throws(RowError) -> Timestamp {
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
  package func sourceTimes(_ name: String) throws(RowError) -> [SourceTime] {
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

  /// The fields of an object within the row; nil where it is left out.
  package func object(
    _ name: String, required: [String] = [], optional: [String] = []
  ) throws(RowError) -> DeliveryFields? {
    guard has(name) else { return nil }
    let member = try member(name)
    guard case .object(let inner) = member.value else { throw fault(member, .wrongType(expected: "an object")) }
    let fields = DeliveryFields(inner, line: line)
    try fields.check(known: required + optional, required: required)
    return fields
  }

  /// The objects of a list within the row, read one by one and sorted: the order of writing is not content.
  ///
  /// Nil where the list is left out. Two elements neither of which comes before the other are the same thing twice.
  func list<Element>(
    _ name: String, required: [String], optional: [String] = [], by comesBefore: (Element, Element) -> Bool,
    read: (DeliveryFields) throws(RowError) -> Element
  ) throws(RowError) -> [Element]? {
    guard has(name) else { return nil }
    var elements: [Element] = []
    for fields in try objects(name, required: required, optional: optional) { elements.append(try read(fields)) }
    elements.sort(by: comesBefore)
    for (left, right) in zip(elements, elements.dropFirst()) where !comesBefore(left, right) {
      throw fault(try member(name), .duplicateElement)
    }
    return elements
  }

  /// The objects of a list, in their order.
  package func objects(
    _ name: String, required: [String], optional: [String] = []
  ) throws(RowError) -> [DeliveryFields] {
    let member = try member(name)
    guard case .list(let elements) = member.value else {
      throw fault(member, .wrongType(expected: "a list of objects"))
    }
    var all: [DeliveryFields] = []
    for object in elements.compactMap(\.members) {
      let fields = DeliveryFields(object, line: line)
      try fields.check(known: required + optional, required: required)
      all.append(fields)
    }
    return all
  }

  /// Integers of a list, in their order.
  package func integers(_ name: String) throws(RowError) -> [Int64] {
    let member = try member(name)
    guard case .list(let elements) = member.value else {
      throw fault(member, .wrongType(expected: "a list of integers"))
    }
    var all: [Int64] = []
    for element in elements {
      guard case .number(let digits) = element, let number = exactInteger(digits) else {
        throw fault(member, .wrongType(expected: "a list of integers"))
      }
      all.append(number)
    }
    return all
  }

  /// The key of a shop's stock, from the fields `sku` and `location`; the item's where the location is left out.
  package func key(ofShop shop: String) throws(RowError) -> StockKey {
    let sku = try text("sku")
    let location = has("location") ? try name("location") : ""
    if sku.isEmpty { throw fault(try member("sku"), .badKey(.empty)) }
    if location.isEmpty && has("location") { throw fault(try member("location"), .badKey(.empty)) }
    do throws(StockKeyError) {
      return try StockKey(shop: shop, sku: sku, location: location)
    } catch {
      throw fault(try member(error.part == .location ? "location" : "sku"), .badKey(error.problem))
    }
  }

  /// The row's stock key; the item's or the shop's where its kind lets parts be left out.
  func key() throws(RowError) -> StockKey {
    let shop = try text("shop")
    let sku = has("sku") ? try text("sku") : ""
    let location = has("location") ? try name("location") : ""
    // Empty is what the key of an item or a shop has: never said, only left out.
    for (field, part) in [("sku", sku), ("location", location)] where part.isEmpty && has(field) {
      throw fault(try member(field), .badKey(.empty))
    }
    if sku.isEmpty && !location.isEmpty { throw RowError(line: line, field: "sku", reason: .missingField) }
    do throws(StockKeyError) {
      return try StockKey(shop: shop, sku: sku, location: location)
    } catch {
      throw fault(try member(error.part.rawValue), .badKey(error.problem))
    }
  }
}

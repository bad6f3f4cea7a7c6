import ShopifyEmulatorCore

/// Why something cannot be done by hand.
struct ControlFault: Error {
  var status = 400
  let message: String

  init(_ message: String, status: Int = 400) {
    self.message = message
    self.status = status
  }

  /// The shop's own no.
  init(_ refusal: ShopRefusal) { self.init(refusal.message, status: 422) }
}

/// The fields of a JSON object, each looked at by its type; one that is not known is refused, since it was misspelt.
struct ControlFields {
  private let object: JSON
  /// What stands before a field's name when it is told of, as `orders[3].`
  private let place: String

  init(_ object: JSON, known: [String], place: String = "") throws(ControlFault) {
    self.object = object
    self.place = place
    guard case .object(let members) = object else {
      throw ControlFault("\(place.isEmpty ? "the body" : String(place.dropLast())) must be a JSON object")
    }
    if let stranger = members.first(where: { !known.contains($0.name) }) {
      throw ControlFault("\(place)\(stranger.name) is none of \(known.joined(separator: ", "))")
    }
  }

  /// A field that is there and not null.
  subscript(name: String) -> JSON? { object[name].flatMap { $0.isNull ? nil : $0 } }

  func has(_ name: String) -> Bool { self[name] != nil }

  func text(_ name: String) throws(ControlFault) -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.text else { throw wrong(name, "a text") }
    return text
  }

  func flag(_ name: String, else standard: Bool) throws(ControlFault) -> Bool {
    guard let value = self[name] else { return standard }
    guard let flag = value.bool else { throw wrong(name, "true or false") }
    return flag
  }

  func list(_ name: String) throws(ControlFault) -> [JSON]? {
    guard let value = self[name] else { return nil }
    guard case .list(let values) = value else { throw wrong(name, "a list") }
    return values
  }

  /// A field of which the shop itself says which numbers it takes.
  func neededInteger(_ name: String) throws(ControlFault) -> Int64 {
    guard let number = self[name]?.integer else { throw wrong(name, "a whole number") }
    return number
  }

  func neededText(_ name: String) throws(ControlFault) -> String {
    guard let text = try text(name) else { throw wrong(name, "a text") }
    return text
  }

  /// One of the words of a type.
  func word<Word: RawRepresentable<String>>(
    _ name: String, of words: [Word], else standard: Word
  ) throws(ControlFault) -> Word {
    guard let value = self[name] else { return standard }
    guard let word = words.first(where: { $0.rawValue == value.text }) else {
      throw wrong(name, "one of \(words.map(\.rawValue).joined(separator: ", "))")
    }
    return word
  }

  private func wrong(_ name: String, _ expected: String) -> ControlFault {
    ControlFault("\(place)\(name) must be \(expected)")
  }
}

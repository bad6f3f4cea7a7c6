public import StockLedger

/// Whose deliveries are read: the shop and the source of every row that comes in through one door.
///
/// What a row leaves out is filled in; a row that names another shop or source is refused, because the door was opened
/// to this one only. A row without a delivery's name is named after what it says, so that the same row again, in
/// whatever file or request, changes nothing.
public struct DeliveryOrigin: Hashable, Sendable {
  /// The shop, as written.
  public let shop: String
  /// The source, as written.
  public let source: String
  /// The time of a whole list, for rows that name none; nil where each has to.
  public let asOf: Timestamp?

  /// Whose deliveries are read.
  public init(shop: String, source: String, asOf: Timestamp? = nil) {
    self.shop = shop
    self.source = source
    self.asOf = asOf
  }

  /// The kinds of rows that a source may send: what it reports, never what a buyer's channel or configuration says.
  static let kinds = DeliveryKind.allCases.filter(\.isReport)

  /// The row as if it had named its shop, source and delivery itself.
  func complete(_ members: [JSONMember], line: Int) throws(RowError) -> [JSONMember] {
    var members = members
    for (field, own) in [("shop", shop), ("source", source)] {
      let fields = DeliveryFields(members, line: line)
      if !fields.has(field) {
        members.append(JSONMember(name: field, value: .string(own)))
      } else if !(try fields.name(field)).utf8.elementsEqual(own.utf8) {
        throw RowError(line: line, field: field, reason: .foreign(own: own))
      }
    }
    let fields = DeliveryFields(members, line: line)
    let kind = try fields.text("kind")
    guard Self.kinds.contains(where: { $0.rawValue == kind }) else {
      throw RowError(line: line, field: "kind", reason: .unknownWord(known: Self.kinds.map(\.rawValue)))
    }
    if let asOf, let field = Self.timeLeftOut(of: fields, kind: kind) {
      members.append(JSONMember(name: field, value: .string(asOf.description)))
    }
    if !fields.has("delivery") {
      members.append(JSONMember(name: "delivery", value: .string(try Self.name(of: members, kind: kind, line: line))))
    }
    return members
  }

  /// The time that a row of a list leaves to the list: of what says how much there is. What happened once, with a
  /// document, happened at a time of its own.
  private static func timeLeftOut(of fields: DeliveryFields, kind: String) -> String? {
    let field: String
    switch DeliveryKind(rawValue: kind) {
    case .count, .aggregate: field = "asOf"
    case .demand: field = "occurredAt"
    case .stage where !fields.has("document"): field = "occurredAt"
    default: return nil
    }
    return fields.has(field) ? nil : field
  }

  /// A count is named by its time, as a row of the stock count file is: another number for the same time is then
  /// refused as a reused id instead of silently winning. Whatever else is named by a digest of all that it says.
  private static func name(of members: [JSONMember], kind: String, line: Int) throws(RowError) -> String {
    let fields = DeliveryFields(members, line: line)
    if kind == DeliveryKind.count.rawValue, !fields.has("number"), fields.has("asOf") {
      return "c@\(try fields.time("asOf", finer: .down).milliseconds)"
    }
    var digest = SipHash128(key0: 0x686f_6c64_6661_7374, key1: 0x6465_6c69_7665_7279)
    absorb(members, into: &digest)
    let (high, low) = digest.finish()
    return "r@" + String(high, radix: 16) + "-" + String(low, radix: 16)
  }

  /// The order of writing is not content.
  private static func absorb(_ members: [JSONMember], into digest: inout SipHash128) {
    for member in members.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      digest.absorb(text: member.name)
      switch member.value {
      case .string(let text): digest.absorb(text: "s" + text)
      case .number(let digits): digest.absorb(text: "n" + String(decoding: digits, as: UTF8.self))
      case .boolean(let flag): digest.absorb(text: flag ? "true" : "false")
      case .object(let inner): absorb(inner, into: &digest)
      // No report has any of these: the row is refused for it.
      case .null, .list: digest.absorb(text: "")
      }
    }
  }
}

extension SipHash128 {
  /// A text and its end, which no text holds.
  fileprivate mutating func absorb(text: String) {
    update((Array(text.utf8) + [0xFF]).span)
  }
}

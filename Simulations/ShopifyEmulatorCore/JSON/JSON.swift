/// A JSON value, its object's members in the order in which they were written.
///
/// Whole numbers are 64-bit integers: ids of Shopify pass 2^53, and a `Double` would change them.
public indirect enum JSON: Hashable, Sendable {
  /// One name and its value.
  public struct Member: Hashable, Sendable {
    /// The name, as written.
    public let name: String
    /// What it stands for.
    public var value: JSON

    /// A member of an object.
    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// `null`. No `nil` literal makes one: of `JSON?` that would be the other thing.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number of 64 bits.
  case integer(Int64)
  /// Every other number.
  case number(Double)
  /// Text.
  case string(String)
  /// Values in order.
  case list([JSON])
  /// Members in order. Of a name written twice the last counts, as with the real one.
  case object([Member])

  /// The value of a member; nil where this is no object or has no such member.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  /// A value of a list; nil where this is no list or it is shorter.
  public subscript(index: Int) -> JSON? {
    guard case .list(let values) = self, values.indices.contains(index) else { return nil }
    return values[index]
  }

  /// The text, where this is text.
  public var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The whole number, where this is one.
  public var integer: Int64? {
    guard case .integer(let number) = self else { return nil }
    return number
  }

  /// The truth value, where this is one.
  public var bool: Bool? {
    guard case .bool(let bool) = self else { return nil }
    return bool
  }

  /// The values of a list; empty where this is no list.
  public var values: [JSON] {
    guard case .list(let values) = self else { return [] }
    return values
  }

  /// The members of an object; empty where this is no object.
  public var members: [Member] {
    guard case .object(let members) = self else { return [] }
    return members
  }

  /// True for `null` alone.
  public var isNull: Bool { self == .null }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Text.
  public init(stringLiteral text: String) { self = .string(text) }
  /// A whole number.
  public init(integerLiteral number: Int64) { self = .integer(number) }
  /// A truth value.
  public init(booleanLiteral bool: Bool) { self = .bool(bool) }
  /// Values in order.
  public init(arrayLiteral values: JSON...) { self = .list(values) }
  /// Members in order.
  public init(dictionaryLiteral members: (String, JSON)...) {
    self = .object(members.map { Member($0.0, $0.1) })
  }

  /// Text, or `null` where there is none.
  public init(_ text: String?) { self = text.map { .string($0) } ?? .null }
}

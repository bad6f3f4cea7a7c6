import Logging

/// Takes secrets out of what is logged: the last net, under code that does not log any.
enum Redaction {
  /// Names whose values nobody needs to read.
  private static let secretNames = ["authorization", "password", "secret", "token", "cookie", "hmac"]

  private static var rules: [(clue: String, pattern: Regex<(Substring, Substring)>)] {
    [
      // An access key's token: its id may be known.
      ("hf_", /(hf_[0-9a-f]{1,16}_)[0-9a-zA-Z]+/),
      ("earer ", /([Bb]earer )[^\s",]+/),
      // A password in an address.
      ("://", /(:\/\/[^\/@\s:]*:)[^\/@\s]+(?=@)/),
    ]
  }

  /// A text without secrets.
  static func text(_ text: String) -> String {
    var text = text
    for rule in rules where text.contains(rule.clue) { text = text.replacing(rule.pattern) { $0.output.1 + "…" } }
    return text
  }

  /// True for a name whose value nobody needs to read.
  static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return secretNames.contains { name.contains($0) }
  }

  /// A value of metadata without secrets.
  static func value(_ value: Logger.Metadata.Value, of name: String) -> Logger.Metadata.Value {
    if isSecret(name) { return .string("…") }
    switch value {
    case .string(let text): return .string(Self.text(text))
    case .stringConvertible(let number) where number is any BinaryInteger || number is Double: return value
    case .stringConvertible(let value): return .string(text(value.description))
    case .array(let values): return .array(values.map { Self.value($0, of: name) })
    case .dictionary(let fields):
      return .dictionary(Dictionary(uniqueKeysWithValues: fields.map { ($0.key, Self.value($0.value, of: $0.key)) }))
    }
  }
}

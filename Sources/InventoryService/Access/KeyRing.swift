import ChannelIntake
public import StockLedger
import Synchronization

/// The keys of a key file: JSON lines, one for every key that was made, one for every key that was revoked or
/// was given a secret to sign with.
///
/// Lines are only ever appended, so that two who write at once lose nothing, and who revoked what stays to be read.
public struct KeyRing: Hashable, Sendable {
  /// The keys in the order in which they were made, the revoked and expired ones too.
  public private(set) var keys: [AccessKey] = []
  private var places: [String: Int] = [:]

  /// No keys.
  public init() {}

  /// The keys of a file.
  ///
  /// - Throws: ``KeyFileError`` with the first line that is none. A key file is never read in part: a line that cannot
  ///   be read might be the one that revokes.
  public init(_ content: [UInt8]) throws(KeyFileError) {
    let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      do throws(RowError) { try read(Array(line), line: index + 1) } catch {
        throw KeyFileError(line: index + 1, what: error.field.map { "\($0): " } ?? "" + error.reason.description)
      }
    }
  }

  private mutating func read(_ row: [UInt8], line: Int) throws(RowError) {
    let fields = DeliveryFields(try JSONScanner.members(of: row, line: line), line: line)
    if fields.has("revoke") {
      try fields.check(known: ["revoke", "at"], required: ["at"])
      guard let place = places[try fields.text("revoke")] else {
        throw RowError(line: line, field: "revoke", reason: .unknownWord(known: []))
      }
      let time = try fields.time("at", finer: .down)
      keys[place].revokedAt = min(keys[place].revokedAt ?? time, time)
      return
    }
    if fields.has("sign") {
      try fields.check(known: ["sign", "secret", "at"], required: ["secret", "at"])
      guard let place = places[try fields.text("sign")] else {
        throw RowError(line: line, field: "sign", reason: .unknownWord(known: []))
      }
      keys[place].signingSecret = try fields.text("secret")
      return
    }
    let key = try AccessKey(fields, line: line)
    guard places.updateValue(keys.count, forKey: key.id) == nil else {
      throw RowError(line: line, field: "key", reason: .duplicateElement)
    }
    keys.append(key)
  }

  /// The key of a token; nil where no good one is meant, whatever the reason.
  func key(bearing token: some StringProtocol, at now: Timestamp) -> AccessKey? {
    let parts = token.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "hf" else { return nil }
    // A key that nobody has costs the same work as a wrong secret.
    let key = places[String(parts[1])].map { keys[$0] } ?? Self.nobody
    guard key.matches(parts[2]), key.isGood(at: now) else { return nil }
    return key
  }

  /// Whether a good key of this id has a secret to sign with.
  func maySign(_ id: String, at now: Timestamp) -> Bool {
    places[id].map { keys[$0].isGood(at: now) && keys[$0].signingSecret != nil } == true
  }

  /// The key of an id that signed a body; nil where it did not.
  func key(_ id: String, signing body: [UInt8], _ signature: RequestSignature, at now: Timestamp) -> AccessKey? {
    guard maySign(id, at: now), let key = places[id].map({ keys[$0] }), let secret = key.signingSecret,
      signature.isGood(for: body, secret: secret, at: now)
    else { return nil }
    return key
  }

  private static let nobody = AccessKey(
    id: "", digest: Array(repeating: 0, count: 32), shop: "", scopes: [], expiresAt: .distantPast)
}

/// Why a key file cannot be used.
public struct KeyFileError: Error, CustomStringConvertible {
  /// The line, from 1.
  public let line: Int
  /// What is wrong with it.
  public let what: String

  /// For people.
  public var description: String { "line \(line) of the key file: \(what)" }
}

extension AccessKey {
  fileprivate init(_ fields: DeliveryFields, line: Int) throws(RowError) {
    try fields.check(
      known: ["key", "sha256", "shop", "scopes", "expiresAt", "rate", "burst", "holdsMax", "unitsMax"],
      required: ["key", "sha256", "shop", "scopes"])
    let digest = try fields.text("sha256").utf8.pairs
    guard digest.count == 32 else { throw RowError(line: line, field: "sha256", reason: .badIdentifier) }
    var scopes: [Scope] = []
    for word in try fields.text("scopes").split(separator: " ") {
      guard let scope = Scope(word) else {
        throw RowError(line: line, field: "scopes", reason: .unknownWord(known: Scope.words))
      }
      scopes.append(scope)
    }
    self.init(
      id: try fields.text("key"), digest: digest, shop: try fields.text("shop"), scopes: scopes,
      expiresAt: fields.has("expiresAt") ? try fields.time("expiresAt", finer: .down) : nil,
      limits: try KeyLimits(fields))
  }

  /// The line that the key file keeps of it.
  public var line: [UInt8] {
    JSONWriter.object { json in
      json.field("key", id)
      json.field("sha256", digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
      json.field("shop", shop)
      json.field("scopes", scopes.map(\.description).joined(separator: " "))
      if let expiresAt { json.field("expiresAt", expiresAt.description) }
      for (name, bound) in limits.named { if let bound { json.field(name, bound) } }
    }
  }

  /// The line that revokes a key, from a time on.
  public static func revocation(of id: String, at time: Timestamp) -> [UInt8] {
    JSONWriter.object { json in
      json.field("revoke", id)
      json.field("at", time.description)
    }
  }
}

extension Sequence<UInt8> {
  /// The bytes of pairs of hexadecimal digits; none where anything else is there.
  var pairs: [UInt8] {
    let digits = map { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count.isMultiple(of: 2), digits.allSatisfy({ $0 != nil }) else { return [] }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)) }
  }
}

extension KeyLimits {
  fileprivate init(_ fields: DeliveryFields) throws(RowError) {
    func bound(_ name: String, _ range: ClosedRange<Int64>) throws(RowError) -> Int64? {
      fields.has(name) ? try fields.integer(name, in: range) : nil
    }
    self.init(
      rate: try bound("rate", Self.rates), burst: try bound("burst", Self.rates),
      holdsMax: try bound("holdsMax", Self.holds), unitsMax: try bound("unitsMax", Self.units))
  }

  /// The limits by the names that the key file has for them.
  public var named: KeyValuePairs<String, Int64?> {
    ["rate": rate, "burst": burst, "holdsMax": holdsMax, "unitsMax": unitsMax]
  }
}

import HTTPTypes
import HummingbirdCore
import StockLedger

extension Call {
  /// An answer under a name that stands for its content: not sent again to who has it.
  ///
  /// The name is weak: how old the store's word is does not change it, and goes in a field of its own.
  func tagged(_ name: String, age: Int64 = 0, _ json: @autoclosure () -> [UInt8]) -> Reply {
    let tag = "\"\(name)\""
    var fields: HTTPFields = [.eTag: "W/" + tag, .cacheControl: "no-cache"]
    if age > 0 { fields[.age] = String((age + 999) / 1_000) }
    let known = (request.headers[.ifNoneMatch] ?? "").split(separator: ",").map { name in
      let name = name.trimmingSpaces
      return name.hasPrefix("W/") ? name.dropFirst(2) : name
    }
    if known.contains(where: { $0 == tag || $0 == "*" }) { return Reply(.notModified, fields) }
    return Reply(.ok, fields, json: json())
  }

  /// An answer named by a digest of itself, where no entry stands for it.
  func tagged(_ json: [UInt8]) -> Reply {
    var digest = SipHash128(key0: 0, key1: 0)
    digest.update(json.span)
    let word = digest.finish()
    return tagged(String(word.first, radix: 36) + String(word.second, radix: 36), json)
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    var text = drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}

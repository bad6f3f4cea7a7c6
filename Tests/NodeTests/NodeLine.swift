import Foundation
import StockLedger

/// A command of the node's door, without its `ref`.
struct Ask: Encodable, Sendable {
  var `do`: String
  var sku: String
  var shop = "shop"
  var location = "main"
  var ref: String?
  var reservation: String?
  var units: Int64?
  var lifetime: Int64?
  var claim: String?
  var delivery: String?
  var asOf: Int64?

  static func count(_ sku: String, _ units: Int64) -> Ask {
    let now = Int64(Date().timeIntervalSince1970 * 1_000)
    return Ask(do: "count", sku: sku, units: units, delivery: "count-\(now)", asOf: now - 1_000)
  }

  static func hold(_ sku: String, _ reservation: String, _ units: Int64 = 1) -> Ask {
    Ask(do: "hold", sku: sku, reservation: reservation, units: units)
  }

  static func confirm(_ sku: String, _ reservation: String, as claim: String) -> Ask {
    Ask(do: "confirm", sku: sku, reservation: reservation, claim: claim)
  }

  static func release(_ sku: String, _ reservation: String) -> Ask {
    Ask(do: "release", sku: sku, reservation: reservation)
  }

  static func stock(_ sku: String) -> Ask { Ask(do: "stock", sku: sku) }

  /// The line that a node reads.
  func line(ref: String) -> [UInt8] {
    var asked = self
    asked.ref = ref
    let encoded = try? JSONEncoder().encode(asked)
    return Array((encoded ?? Data()) + Data("\n".utf8))
  }
}

/// What a node says: an answer, or an event.
struct NodeAnswer: Decodable, Sendable, Equatable {
  var ref: String?
  var answer: String?
  var event: String?
  var shards: [Int]?
  var reason: String?
  var retryAfter: Int64?
  var owner: String?
  var entry: String?
  var units: Int64?
  var availableToSell: Int64?
  var reserved: Int64?
  var duplicate: Bool?
  var age: Int64?

  private enum CodingKeys: CodingKey {
    case ref, answer, event, shards, reason, retryAfter, owner, entry, units, availableToSell, reserved, duplicate, age
  }

  /// Reads a line; nil for one that is no object.
  init?(line: some StringProtocol) {
    guard let read = try? JSONDecoder().decode(NodeAnswer.self, from: Data(line.utf8)) else { return nil }
    self = read
  }

  /// A ref is text, or a number that stands for its digits here.
  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    if let number = try? fields.decode(Int64.self, forKey: .ref) {
      ref = "\(number)"
    } else {
      ref = try fields.decodeIfPresent(String.self, forKey: .ref)
    }
    answer = try fields.decodeIfPresent(String.self, forKey: .answer)
    event = try fields.decodeIfPresent(String.self, forKey: .event)
    shards = try fields.decodeIfPresent([Int].self, forKey: .shards)
    reason = try fields.decodeIfPresent(String.self, forKey: .reason)
    retryAfter = try fields.decodeIfPresent(Int64.self, forKey: .retryAfter)
    owner = try fields.decodeIfPresent(String.self, forKey: .owner)
    entry = try fields.decodeIfPresent(String.self, forKey: .entry)
    units = try fields.decodeIfPresent(Int64.self, forKey: .units)
    availableToSell = try fields.decodeIfPresent(Int64.self, forKey: .availableToSell)
    reserved = try fields.decodeIfPresent(Int64.self, forKey: .reserved)
    duplicate = try fields.decodeIfPresent(Bool.self, forKey: .duplicate)
    age = try fields.decodeIfPresent(Int64.self, forKey: .age)
  }

  /// The name under which it was asked.
  var askedAs: String { ref.map { String($0.prefix { $0 != "#" }) } ?? "" }
  var isAccepted: Bool { answer == "accepted" }
  var isElsewhere: Bool { reason == "elsewhere" }
  /// The node that an answer names as the owner; nil where it names none.
  var ownerNumber: Int? { owner.flatMap { Int($0.dropFirst("node ".count)) } }
}

/// The shard of a SKU of these tests' one shop and location.
func shard(of sku: String) -> Int { StockKey(path: Array("shop\0\(sku)\0main".utf8))?.shard ?? -1 }

/// The first SKUs of a series that are at home at a node.
func skus(_ count: Int, homeOf node: Int, of nodes: Int, series: String = "sku") -> [String] {
  Array((0...).lazy.map { "\(series)-\($0)" }.filter { shard(of: $0) % nodes == node - 1 }.prefix(count))
}

/// Waits until something is so; asks often, and fails after a minute.
func until(_ what: String, _ isSo: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(60)
  while ContinuousClock.now < deadline {
    if try await isSo() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  throw NeverHappened(what: what)
}

/// Something that a test waited for in vain.
struct NeverHappened: Error, CustomStringConvertible {
  var what: String
  var description: String { "not within a minute: \(what)" }
}

import Foundation
import StockLedger

/// One line of a node's stdin: what is asked, and the `ref` under which the answer comes.
struct LineRequest: Sendable {
  /// What can be asked.
  enum Ask: Sendable {
    case command(KeyedCommand)
    case stock(StockKey)
  }

  let ref: JSONValue
  let ask: Ask

  /// A line that cannot be asked: the answer says why.
  struct Malformed: Error {
    let ref: JSONValue
    let words: String

    var json: JSONValue {
      .object([("ref", ref), ("answer", .string("malformed")), ("reason", .string(words))])
    }
  }

  private struct Form: Decodable {
    var `do`: String
    var ref: Ref?
    var shop: String?
    var sku: String?
    var location: String?
    var reservation: String?
    var units: Int64?
    var lifetime: Int64?
    var claim: String?
    var delivery: String?
    var source: String?
    var asOf: Int64?
  }

  /// A ref as it was written: text or a whole number.
  private enum Ref: Decodable {
    case text(String)
    case number(Int64)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int64.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    var json: JSONValue {
      switch self {
      case .text(let text): .string(text)
      case .number(let number): .integer(number)
      }
    }
  }

  /// What is still read of a line that is no form.
  private struct OnlyRef: Decodable {
    var ref: Ref?
  }

  /// Reads a line.
  static func read(_ line: ArraySlice<UInt8>) -> Result<LineRequest, Malformed> {
    let form: Form
    do { form = try JSONDecoder().decode(Form.self, from: Data(line)) } catch {
      let ref = (try? JSONDecoder().decode(OnlyRef.self, from: Data(line)))?.ref?.json ?? .null
      return .failure(Malformed(ref: ref, words: "not an object with do, shop, sku and location as text"))
    }
    let ref = form.ref?.json ?? .null
    do { return .success(LineRequest(ref: ref, ask: try ask(form))) } catch {
      return .failure(Malformed(ref: ref, words: "\(error)"))
    }
  }

  private static func ask(_ form: Form) throws -> Ask {
    guard let shop = form.shop, let sku = form.sku, let location = form.location else {
      throw Missing(words: "shop, sku and location are needed")
    }
    let key = try StockKey(shop: shop, sku: sku, location: location)
    switch form.do {
    case "stock": return .stock(key)
    case "hold":
      let request = HoldRequest(
        id: try identifier(form.reservation, "reservation"), quantity: try quantity(form.units ?? 1),
        lifetime: form.lifetime ?? Limits.holdLifetimeDefault)
      return .command(KeyedCommand(key: key, command: .hold(request)))
    case "confirm":
      let request = ConfirmRequest(
        id: try identifier(form.reservation, "reservation"), claim: try identifier(form.claim, "claim"))
      return .command(KeyedCommand(key: key, command: .confirm(request)))
    case "release":
      let units = try form.units.map { try quantity($0) }
      return .command(
        KeyedCommand(key: key, command: .release(try identifier(form.reservation, "reservation"), units)))
    case "count":
      guard let units = form.units, let asOf = form.asOf else { throw Missing(words: "units and asOf are missing") }
      let report = Report(
        source: try identifier(form.source ?? "erp", "source"), delivery: try identifier(form.delivery, "delivery"),
        body: .count(Count(units: units, asOf: Timestamp(milliseconds: asOf))))
      return .command(KeyedCommand(key: key, command: .report(report)))
    default: throw Missing(words: "do is hold, confirm, release, count or stock")
    }
  }

  private static func identifier(_ text: String?, _ field: String) throws -> Identifier {
    guard let text else { throw Missing(words: "\(field) is missing") }
    guard let identifier = Identifier(text) else { throw Missing(words: "\(field) is 1 to 128 bytes") }
    return identifier
  }

  private static func quantity(_ units: Int64) throws -> Quantity {
    guard let quantity = Quantity(units) else { throw Missing(words: "units is 1 to \(Limits.quantityMax)") }
    return quantity
  }

  private struct Missing: Error, CustomStringConvertible {
    var words: String
    var description: String { words }
  }
}

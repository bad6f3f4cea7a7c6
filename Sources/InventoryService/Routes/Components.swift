import HTTPTypes
import InventoryEngine
import StockLedger

/// What a key's numbers are made of, component by component and source by source.
extension Route {
  static let components = [Route(.get, "/v1/stock/{sku}/{location}/components", .bearer(.read), account)]

  private static func account(_ call: Call) async throws -> Reply {
    let key = try await call.knownKey()
    guard let account = await call.engine.account(key) else { throw call.absence(of: key) }
    guard account.entry.number > 0 else { throw Problem.unknownKey }
    return call.tagged("\(account.entry)", age: account.age, JSONWriter.object { account.write(to: &$0) })
  }
}

extension StockAccount {
  fileprivate func write(to json: inout JSONWriter) {
    json.field("sku", key.sku)
    json.field("location", key.location)
    json.field("availableToSell", numbers.availableToSell)
    json.field("components") { json in
      for component in components {
        json.field("\(component.component)") { json in
          component.write(owner: owners.owner(of: component.component), to: &json)
        }
      }
    }
    json.field("safetyBuffer", numbers.safetyBuffer)
    json.field("reserved", numbers.reserved)
    json.array("sources") { json in for source in deliveries { json.object { source.write(to: &$0) } } }
    json.array("unnamedClaims") { json in for claim in unnamedClaims { json.element(claim.description) } }
    json.field("entry", entry.description)
    json.field("ageMs", age)
  }
}

extension ComponentAccount {
  fileprivate func write(owner: SourceID, to json: inout JSONWriter) {
    json.field("units", units)
    json.fieldUnlessNone("owner", owner)
    if let count {
      json.field("count") { json in
        json.field("units", count.units)
        json.field("asOf", count.asOf)
        json.field("source", count.source)
        json.field("laterAdjustments", Int64(count.laterAdjustments))
      }
    }
    if let sum { json.field("sum") { sum.write(to: &$0) } }
    if component != .onHand {
      json.array("fallen") { json in for item in fallen { json.object { item.write(to: &$0) } } }
      json.field("claims", Int64(claims.count))
      json.field("claimUnits", claims.units)
    }
    if component == .allocated { json.field("shippedUnits", shippedUnits) }
    json.array("marks") { json in for mark in marks { json.object { mark.write(to: &$0) } } }
  }
}

extension ReportedSum {
  fileprivate func write(to json: inout JSONWriter) {
    json.field("units", units)
    json.field("asOf", asOf)
    json.field("source", source)
    if let since { json.field("since", since) }
    if let out { json.field("out", out) } else { json.field("aggregateOnly", true) }
  }
}

extension FallenUnits {
  fileprivate func write(to json: inout JSONWriter) {
    json.field("units", units)
    json.field("asOf", asOf)
    json.field("source", source)
    json.field("fellAt", fellAt)
  }
}

extension SourceMark {
  fileprivate func write(to json: inout JSONWriter) {
    json.field("source", source)
    if let last {
      json.field("asOf", last.asOf)
      json.field("incarnation", last.incarnation)
      if let number = last.number { json.field("number", number) }
    }
    if let largestNumber { json.field("largestNumber", largestNumber) }
  }
}

extension SourceDeliveries {
  fileprivate func write(to json: inout JSONWriter) {
    json.field("source", source)
    json.field("lastDelivery", last)
    json.field("lastAt", lastAt)
    json.field("deliveries", Int64(count))
    json.field("flagged") { json in
      var counts: [String: Int64] = [:]
      for flags in flagged { for name in flags.names { counts[name, default: 0] += 1 } }
      for (name, count) in counts.sorted(by: { $0.key < $1.key }) { json.field(name, count) }
    }
  }
}

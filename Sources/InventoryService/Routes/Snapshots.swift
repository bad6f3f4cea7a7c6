import ChannelIntake
import HTTPTypes
import Reconciliation
import StockLedger

/// Complete lists of sources that people send, to be held against what the engine has.
extension Route {
  static let snapshots = [
    Route(
      .post, "/v1/snapshots/{source}", .bearer(.admin),
      query: ["asOf", "complete", "location", "dryRun", "refresh", "apply", "allowShrink"], isLong: true, send)
  ]

  private static func send(_ call: Call) async throws -> Reply {
    let source = try call.identifier("source")
    let reconciler = try call.reconciler()
    var order = try call.listOrder()
    let complete = try call.query.text("complete").map { names throws(Problem) in
      guard let complete = Component.named(names) else {
        throw Problem.malformedQuery("complete", "some of allocated, pending and open, as allocated,open, is expected")
      }
      return complete
    }
    let asOf = try call.query.time("asOf")
    if order.refresh != nil && asOf == nil {
      throw Problem.malformedQuery("asOf", "a refresh needs it: what is newer than the list stays as it is")
    }
    let format = try call.deliveryFormat()
    // Before much is sent, and again when it is there.
    guard await reconciler.hasRoom else { throw Problem.tooManyLooks }
    let origin = DeliveryOrigin(shop: call.caller.shop, source: try call.part("source"), asOf: asOf)
    guard let folder = try await call.reconciling?.lists.place else { throw Problem.notReconciled }
    let list = try await call.longBody { body in
      try await SentList.keep(body, of: source, in: folder, format, origin: origin, complete: complete ?? [])
    }
    order.list = list
    guard let id = await reconciler.ask(order) else {
      await list.forget()
      throw Problem.tooManyLooks
    }
    return waiting(id)
  }
}

extension Call {
  /// What a query asks to make of a list.
  fileprivate func listOrder() throws(Problem) -> LookOrder {
    let scope = query.text("location").map { ReconciliationScope.location($0) } ?? .shop
    var order = LookOrder(scope, isDryRun: try query.flag("dryRun") ?? false)
    let (apply, shrink) = (try query.flag("apply"), try query.flag("allowShrink"))
    if try query.flag("refresh") ?? false {
      order.refresh = RefreshTerms(allowsShrink: shrink ?? false, isApplied: apply ?? false)
    } else if let name = apply != nil ? "apply" : shrink != nil ? "allowShrink" : nil {
      throw Problem.malformedQuery(name, "it goes with refresh=true")
    }
    return order
  }
}

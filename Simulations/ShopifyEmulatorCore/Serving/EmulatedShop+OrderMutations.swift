import StockLedger

/// The mutations of orders and webhooks.
extension EmulatedShop {
  // MARK: Orders

  mutating func createOrder(_ field: PlannedField, at now: Timestamp) -> Record {
    let input = field["order"] ?? .null
    let behaviour = InventoryBehaviour(rawValue: field["options"]?["inventoryBehaviour"]?.text ?? "") ?? .bypass
    do throws(ShopRefusal) {
      let id = try placeOrder(try draft(from: input), behaviour, at: now)
      return Record(field.type.name, ("order", .thing(.order(id))), ("userErrors", Self.none))
    } catch {
      return Record(
        field.type.name, ("order", .null), ("userErrors", Self.errors([error], of: field.type.name)))
    }
  }

  private func draft(from input: JSON) throws(ShopRefusal) -> OrderDraft {
    var lines: [OrderDraft.Line] = []
    for (index, row) in (input["lineItems"] ?? .null).values.enumerated() {
      var line = OrderDraft.Line(variantID: nil, quantity: row["quantity"]?.integer ?? 0)
      if let id = row["variantId"], !id.isNull {
        // An id that cannot be read names no variant.
        line.variantID = GlobalID.number(of: "ProductVariant", in: id) ?? 0
      }
      line.title = row["title"]?.text
      line.sku = row["sku"]?.text
      if let amount = row["priceSet"]?["shopMoney"]?["amount"]?.text {
        guard let price = Self.hundredths(amount) else {
          throw ShopRefusal(
            "Price is invalid", code: "INVALID", field: ["order", "lineItems", "\(index)", "priceSet"])
        }
        line.price = price
      }
      line.properties = Self.attributes(row["properties"], key: "name")
      lines.append(line)
    }
    var draft = OrderDraft(lines)
    draft.attributes = Self.attributes(input["customAttributes"], key: "key")
    draft.email = input["email"]?.text
    draft.note = input["note"]?.text
    draft.sourceName = input["sourceName"]?.text ?? "api"
    draft.sourceIdentifier = input["sourceIdentifier"]?.text
    draft.tags = (input["tags"] ?? .null).values.compactMap(\.text)
    draft.isTest = input["test"]?.bool ?? false
    draft.isPaid = input["financialStatus"]?.text ?? "PAID" == "PAID"
    return draft
  }

  private static func attributes(_ list: JSON?, key: String) -> [OrderAttribute] {
    (list ?? .null).values.map { OrderAttribute($0[key]?.text ?? "", $0["value"]?.text ?? "") }
  }

  /// Hundredths from a decimal text with at most two places; nil where it is none, or above 10^12.
  static func hundredths(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let first = parts.first, !first.isEmpty, first.utf8.count <= 12,
      parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
    else { return nil }
    let places = parts.count == 2 ? parts[1] : ""
    guard places.utf8.count <= 2 else { return nil }
    return Int64(first + (places + "00").prefix(2))
  }

  mutating func cancelOrder(_ field: PlannedField, at now: Timestamp) -> Record {
    let id = GlobalID.number(of: "Order", in: field["orderId"]) ?? 0
    do throws(ShopRefusal) {
      try cancel(
        id, restock: field.bool("restock"), reason: field.text("reason") ?? "OTHER",
        note: field.text("staffNote"), at: now)
      let job = Record("Job", ("id", .text("gid://shopify/Job/\(chance.uuid())")), ("done", .bool(true)))
      return Record(
        field.type.name, ("job", .record(job)), ("orderCancelUserErrors", Self.none), ("userErrors", Self.none))
    } catch {
      return Record(
        field.type.name, ("job", .null),
        ("orderCancelUserErrors", Self.errors([error], as: "OrderCancelUserError")),
        ("userErrors", Self.errors([error], as: "UserError")))
    }
  }

  mutating func createRefund(_ field: PlannedField, at now: Timestamp) -> Record {
    let input = field["input"] ?? .null
    let id = GlobalID.number(of: "Order", in: input["orderId"]) ?? 0
    let units = (input["refundLineItems"] ?? .null).values.map { row in
      RefundedUnits(
        line: GlobalID.number(of: "LineItem", in: row["lineItemId"]) ?? 0, quantity: row["quantity"]?.integer ?? 0,
        restock: RestockType(rawValue: row["restockType"]?.text ?? "") ?? .noRestock,
        location: GlobalID.number(of: "Location", in: row["locationId"]))
    }
    do throws(ShopRefusal) {
      try refund(id, units, note: input["note"]?.text, at: now)
      let place = (orders[id]?.refunds.count ?? 1) - 1
      return Record(
        field.type.name, ("order", .thing(.order(id))), ("refund", .thing(.refund(order: id, place))),
        ("userErrors", Self.none))
    } catch {
      return payload(of: field, refused: error)
    }
  }

  // MARK: Fulfillment

  mutating func createFulfillment(_ field: PlannedField, at now: Timestamp) -> Record {
    let input = field["fulfillment"] ?? .null
    let groups = (input["lineItemsByFulfillmentOrder"] ?? .null).values
    do throws(ShopRefusal) {
      // A fulfillment has one location; the real API takes several fulfillment orders of it, this one takes one.
      guard groups.count == 1, let group = groups.first else {
        throw ShopRefusal(
          "This emulator makes a fulfillment from one fulfillment order.",
          field: ["fulfillment", "lineItemsByFulfillmentOrder"])
      }
      let id = GlobalID.number(of: "FulfillmentOrder", in: group["fulfillmentOrderId"]) ?? 0
      let made = try fulfil(
        id, Self.units(in: group["fulfillmentOrderLineItems"]),
        trackingNumber: input["trackingInfo"]?["number"]?.text, at: now)
      return Record(field.type.name, ("fulfillment", .thing(.fulfillment(made))), ("userErrors", Self.none))
    } catch {
      return Record(
        field.type.name, ("fulfillment", .null), ("userErrors", Self.errors([error], of: field.type.name)))
    }
  }

  mutating func cancelFulfillment(_ field: PlannedField, at now: Timestamp) -> Record {
    let id = GlobalID.number(of: "Fulfillment", in: field["id"]) ?? 0
    do throws(ShopRefusal) {
      try cancelFulfilment(id, at: now)
      return Record(field.type.name, ("fulfillment", .thing(.fulfillment(id))), ("userErrors", Self.none))
    } catch {
      return Record(
        field.type.name, ("fulfillment", .null), ("userErrors", Self.errors([error], of: field.type.name)))
    }
  }

  /// Lines and quantities; nil where none are named, which means all.
  private static func units(in list: JSON?) -> [Units]? {
    guard let rows = list?.values, !rows.isEmpty else { return nil }
    return rows.map {
      Units(
        line: GlobalID.number(of: "FulfillmentOrderLineItem", in: $0["id"]) ?? 0,
        quantity: $0["quantity"]?.integer ?? 0)
    }
  }

  mutating func moveFulfillmentOrder(_ field: PlannedField, at now: Timestamp) -> Record {
    let id = GlobalID.number(of: "FulfillmentOrder", in: field["id"]) ?? 0
    let location = GlobalID.number(of: "Location", in: field["newLocationId"]) ?? 0
    do throws(ShopRefusal) {
      let result = try move(id, Self.units(in: field["fulfillmentOrderLineItems"]), to: location, at: now)
      return Record(
        field.type.name, ("movedFulfillmentOrder", .thing(.fulfillmentOrder(result.moved))),
        ("originalFulfillmentOrder", .thing(.fulfillmentOrder(result.original))),
        ("remainingFulfillmentOrder", .maybe(result.remaining.map { .fulfillmentOrder($0) })),
        ("userErrors", Self.none))
    } catch {
      return Record(
        field.type.name, ("movedFulfillmentOrder", .null), ("originalFulfillmentOrder", .null),
        ("remainingFulfillmentOrder", .null), ("userErrors", Self.errors([error], of: field.type.name)))
    }
  }

  // MARK: Webhooks

  mutating func createSubscription(_ field: PlannedField, at now: Timestamp) -> Record {
    let input = field["webhookSubscription"] ?? .null
    do throws(ShopRefusal) {
      guard let topic = WebhookTopic(schemaName: field.text("topic") ?? "") else {
        throw ShopRefusal("This emulator sends no webhooks of this topic.", field: ["topic"])
      }
      guard input["format"]?.text != "XML" else {
        throw ShopRefusal("This emulator sends JSON only.", field: ["webhookSubscription", "format"])
      }
      let id = try subscribe(
        to: topic, uri: input["uri"]?.text ?? "", name: input["name"]?.text,
        includeFields: (input["includeFields"] ?? .null).values.compactMap(\.text), at: now)
      return Record(
        field.type.name, ("webhookSubscription", .thing(.subscription(id))), ("userErrors", Self.none))
    } catch {
      return Record(
        field.type.name, ("webhookSubscription", .null),
        ("userErrors", Self.errors([error], of: field.type.name)))
    }
  }

  mutating func deleteSubscription(_ field: PlannedField) -> Record {
    let id = GlobalID.number(of: "WebhookSubscription", in: field["id"]) ?? 0
    guard unsubscribe(id) else {
      let refusal = ShopRefusal("Webhook subscription does not exist", field: ["id"])
      return Record(
        field.type.name, ("deletedWebhookSubscriptionId", .null),
        ("userErrors", Self.errors([refusal], of: field.type.name)))
    }
    return Record(
      field.type.name, ("deletedWebhookSubscriptionId", .id("WebhookSubscription", id)), ("userErrors", Self.none))
  }
}

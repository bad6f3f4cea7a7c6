import StockLedger

extension EmulatedShop {
  /// Rows of one call: the API takes no longer list.
  static let rowsMax = 250

  static func tooMany(_ count: Int) -> GraphQLProblem {
    GraphQLProblem(
      "The input array size of \(count) is greater than the maximum allowed of \(rowsMax).",
      code: "MAX_INPUT_SIZE_EXCEEDED")
  }

  /// What a mutation answers: its payload, or a problem of the whole request. `busyUntil` is when its answer arrives.
  mutating func mutate(_ field: PlannedField, busyUntil: Timestamp, at now: Timestamp) -> Resolved {
    switch field.name {
    case "inventorySetQuantities", "inventoryAdjustQuantities", "inventoryActivate", "refundCreate":
      return once(field, busyUntil: busyUntil, at: now)
    case "orderCreate": return .record(createOrder(field, at: now))
    case "orderCancel": return .record(cancelOrder(field, at: now))
    case "fulfillmentCreate": return .record(createFulfillment(field, at: now))
    case "fulfillmentCancel": return .record(cancelFulfillment(field, at: now))
    case "fulfillmentOrderMove": return .record(moveFulfillmentOrder(field, at: now))
    case "webhookSubscriptionCreate": return .record(createSubscription(field, at: now))
    case "webhookSubscriptionDelete": return .record(deleteSubscription(field))
    case "bulkOperationRunQuery": return .record(runBulk(field, at: now))
    case "bulkOperationCancel": return .record(cancelBulk(field, at: now))
    default: return Self.unserved(field)
    }
  }

  // MARK: Once per key

  /// Runs a mutation for which version 2026-04 wants `@idempotent`, once for each key.
  private mutating func once(_ field: PlannedField, busyUntil: Timestamp, at now: Timestamp) -> Resolved {
    guard let key = field.idempotencyKey, !key.isEmpty else {
      return .problem(
        GraphQLProblem(
          "The @idempotent directive is required for this mutation but was not provided.", code: "BAD_REQUEST"))
    }
    guard key.utf8.count <= 255 else {
      return .problem(GraphQLProblem("The idempotency key is longer than 255 characters.", code: "BAD_REQUEST"))
    }
    if let problem = Self.rowProblem(in: field) { return .problem(problem) }
    let print = Fingerprint(of: field)
    switch idempotency.meet(key, print, at: now) {
    case .new: break
    case .replay(let payload): return .thing(payload)
    case .mismatch:
      return .record(
        payload(
          of: field,
          refused: ShopRefusal(
            "The same idempotency key cannot be used with different operation parameters.",
            code: "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")))
    case .concurrent:
      return .record(
        payload(
          of: field,
          refused: ShopRefusal(
            "This request is currently in progress, please try again.", code: "IDEMPOTENCY_CONCURRENT_REQUEST")))
    }
    let made = Thing.record(runOnce(field, at: now))
    idempotency.remember(key, print, made, busyUntil: busyUntil, at: now)
    return .thing(made)
  }

  private mutating func runOnce(_ field: PlannedField, at now: Timestamp) -> Record {
    switch field.name {
    case "inventorySetQuantities": setQuantities(field, at: now)
    case "inventoryAdjustQuantities": adjustQuantities(field, at: now)
    case "inventoryActivate": activate(field, at: now)
    default: createRefund(field, at: now)
    }
  }

  /// A list that is too long, or rows without the member that may be null and may not be left out.
  private static func rowProblem(in field: PlannedField) -> GraphQLProblem? {
    let isSet = field.name == "inventorySetQuantities"
    guard isSet || field.name == "inventoryAdjustQuantities" else { return nil }
    let name = isSet ? "quantities" : "changes"
    let rows = field["input"]?[name]?.values ?? []
    guard rows.count <= rowsMax else { return tooMany(rows.count) }
    guard rows.contains(where: { $0["changeFromQuantity"] == nil }) else { return nil }
    return GraphQLProblem(
      "\(isSet ? "InventoryQuantityInput" : "InventoryChangeInput") must include the following argument:"
        + " changeFromQuantity.", code: "INVALID_FIELD_ARGUMENTS")
  }

  // MARK: Payloads

  /// The payload of a refused mutation: null and the error.
  func payload(of field: PlannedField, refused refusal: ShopRefusal) -> Record {
    let type = field.type.name
    let errors = Self.errors([refusal], of: type)
    return switch field.name {
    case "inventorySetQuantities", "inventoryAdjustQuantities":
      Record(type, ("inventoryAdjustmentGroup", .null), ("userErrors", errors))
    case "inventoryActivate": Record(type, ("inventoryLevel", .null), ("userErrors", errors))
    default: Record(type, ("order", .null), ("refund", .null), ("userErrors", errors))
    }
  }

  /// User errors in the type that a payload has for them.
  static func errors(_ refusals: [ShopRefusal], of payload: String) -> Resolved {
    let type = GraphQLSchema.admin[payload]?.fields["userErrors"]?.type.name ?? "UserError"
    return errors(refusals, as: type)
  }

  static func errors(_ refusals: [ShopRefusal], as type: String) -> Resolved {
    .records(
      refusals.map { refusal in
        Record(
          type, ("message", .text(refusal.message)), ("code", .text(refusal.code)),
          ("field", .value(refusal.field.map { .list($0.map { .string($0) }) } ?? .null)))
      })
  }

  static let none: Resolved = .list([])
}

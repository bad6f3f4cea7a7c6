import ShopifyEmulatorCore
import StockLedger
import Testing

/// The mutation by which stock is written: compare, set, once for each key.
@Suite("Setting quantities")
struct SetQuantitiesTests {
  private var script = ShopScript()

  @Test mutating func aWriteThatKnewTheNumber() {
    let mug = script.add("MUG", leeds: 10)
    let payload = script.set([script.row(mug, 7, from: 10)])
    #expect(
      payload == [
        "inventoryAdjustmentGroup": [
          "reason": "correction", "referenceDocumentUri": "gid://holdfast/Publication/7",
          "changes": [
            ["name": "available", "delta": -3, "quantityAfterChange": 7],
            ["name": "on_hand", "delta": -3, "quantityAfterChange": 7],
          ],
        ], "userErrors": [],
      ])
    #expect(script.stock(mug) == [7, 0, 7])
  }

  @Test mutating func nothingToChangeIsNoGroup() {
    let mug = script.add("MUG", leeds: 10)
    #expect(
      script.set([script.row(mug, 10, from: 10)]) == ["inventoryAdjustmentGroup": .null, "userErrors": []])
  }

  @Test mutating func oneStaleRowFailsTheCall() {
    let mug = script.add("MUG", leeds: 10)
    let cup = script.add("CUP", leeds: 5)
    let payload = script.set([script.row(mug, 7, from: 10), script.row(cup, 1, from: 4)])
    #expect(ShopScript.codes(payload) == ["CHANGE_FROM_QUANTITY_STALE"])
    #expect(payload["userErrors"]?[0]?["field"] == ["input", "quantities", "1", "changeFromQuantity"])
    #expect(script.stock(mug) == [10, 0, 10])
  }

  @Test mutating func nullOptsOutAndAbsenceIsAnError() {
    let mug = script.add("MUG", leeds: 10)
    #expect(ShopScript.codes(script.set([script.row(mug, 3, from: .null)])) == [])
    #expect(script.stock(mug) == [3, 0, 3])
    let row = JSON.object(script.row(mug, 4, from: 3).members.filter { $0.name != "changeFromQuantity" })
    let answer = script.set([row])
    #expect(ShopScript.errors(answer) == ["INVALID_FIELD_ARGUMENTS"])
    #expect(
      answer["errors"]?[0]?["message"]?.text
        == "InventoryQuantityInput must include the following argument: changeFromQuantity.")
    #expect(script.stock(mug) == [3, 0, 3])
  }

  @Test mutating func onHandIsSetBesideWhatIsCommitted() throws {
    let mug = script.add("MUG", leeds: 10)
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 4), at: script.now)
    let stale = script.setInput(script.input([script.row(mug, 9, from: 6)], name: "on_hand"))
    #expect(ShopScript.codes(stale) == ["CHANGE_FROM_QUANTITY_STALE"])
    let payload = script.setInput(script.input([script.row(mug, 9, from: 10)], name: "on_hand"))
    #expect(ShopScript.codes(payload) == [])
    #expect(script.stock(mug) == [5, 4, 9])
  }

  @Test mutating func everyUserError() {
    let mug = script.add("MUG", leeds: 10)
    let kit = script.add("KIT", leeds: 10, isBundle: true)
    let codes = { (payload: JSON) in ShopScript.codes(payload) }
    #expect(codes(script.set([script.row(mug, -1, from: 10)])) == ["INVALID_QUANTITY_NEGATIVE"])
    #expect(codes(script.set([script.row(mug, 1_000_000_001, from: 10)])) == ["INVALID_QUANTITY_TOO_HIGH"])
    #expect(codes(script.set([script.row(1, 5, from: 10)])) == ["INVALID_INVENTORY_ITEM"])
    #expect(codes(script.set([script.row(mug, 5, from: 10, at: 77)])) == ["INVALID_LOCATION"])
    #expect(codes(script.set([script.row(mug, 5, from: 10, at: script.york)])) == ["ITEM_NOT_STOCKED_AT_LOCATION"])
    #expect(codes(script.set([script.row(kit, 5, from: 10)])) == ["NON_MUTABLE_INVENTORY_ITEM"])
    #expect(
      codes(script.set([script.row(mug, 5, from: 10), script.row(mug, 5, from: 10)]))
        == ["NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"])
    let rows = [script.row(mug, 5, from: 10)]
    #expect(codes(script.setInput(script.input(rows, reason: "whim"))) == ["INVALID_REASON"])
    #expect(codes(script.setInput(script.input(rows, name: "damaged"))) == ["INVALID_NAME"])
    var input = script.input(rows).members.filter { $0.name != "referenceDocumentUri" }
    #expect(codes(script.setInput(.object(input))) == [], "the document may be left out")
    for document in ["nonsense", "gid://holdfast/Publication", "http:", ""] {
      input = script.input([script.row(mug, 6, from: 5)]).members.filter { $0.name != "referenceDocumentUri" }
      input.append(JSON.Member("referenceDocumentUri", .string(document)))
      #expect(codes(script.setInput(.object(input))) == ["INVALID_REFERENCE_DOCUMENT"], "\(document)")
    }
    #expect(script.stock(mug) == [5, 0, 5])
  }

  @Test mutating func moreThan250RowsAreRefused() {
    let mug = script.add("MUG", leeds: 10)
    let answer = script.set(Array(repeating: script.row(mug, 5, from: 10), count: 251))
    #expect(ShopScript.errors(answer) == ["MAX_INPUT_SIZE_EXCEEDED"])
    #expect(answer["errors"]?[0]?["path"] == ["inventorySetQuantities"])
  }

  // MARK: Once for each key

  @Test mutating func theDirectiveIsRequired() {
    let mug = script.add("MUG", leeds: 10)
    let answer = script.ask(
      """
      mutation($input: InventorySetQuantitiesInput!) {
        inventorySetQuantities(input: $input) { userErrors { message } }
      }
      """, ["input": script.input([script.row(mug, 5, from: 10)])])
    #expect(ShopScript.errors(answer) == ["BAD_REQUEST"])
    #expect(answer["data"] == ["inventorySetQuantities": .null])
    #expect(script.stock(mug) == [10, 0, 10])
  }

  @Test mutating func theSameKeyGetsTheSameAnswer() throws {
    let mug = script.add("MUG", leeds: 10)
    let rows = [script.row(mug, 7, from: 10)]
    let first = script.set(rows, key: "once")
    try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 7), at: script.now)
    #expect(script.set(rows, key: "once") == first)
    #expect(script.stock(mug) == [0, 7, 7], "nothing happened a second time")
    #expect(
      ShopScript.codes(script.set([script.row(mug, 8, from: 10)], key: "once"))
        == ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"])
    let stale = [script.row(mug, 3, from: 10)]
    #expect(ShopScript.codes(script.set(stale, key: "stale")) == ["CHANGE_FROM_QUANTITY_STALE"])
    #expect(
      ShopScript.codes(script.set([script.row(mug, 3, from: 0)], key: "stale"))
        == ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"], "after a stale row the key is spent")
    script.wait(86_400_000)
    #expect(ShopScript.codes(script.set(rows, key: "once")) == ["CHANGE_FROM_QUANTITY_STALE"], "the window is over")
  }

  @Test mutating func theSameKeyWhileTheFirstIsUnderWay() {
    script = ShopScript {
      $0.faults.slowPerMille = 1_000
      $0.faults.slow = 5_000...5_000
    }
    let mug = script.add("MUG", leeds: 10)
    let rows = [script.row(mug, 7, from: 10)]
    #expect(ShopScript.codes(script.set(rows, key: "once")) == [])
    script.wait(4_999)
    #expect(ShopScript.codes(script.set(rows, key: "once")) == ["IDEMPOTENCY_CONCURRENT_REQUEST"])
    script.wait(1)
    #expect(ShopScript.codes(script.set(rows, key: "once")) == [])
  }

  // MARK: Its neighbours

  @Test mutating func anAdjustmentAddsAndMayGoBelowNothing() {
    let mug = script.add("MUG", leeds: 10)
    let adjust = { (delta: Int64, from: JSON, script: inout ShopScript) in
      script.ask(
        """
        mutation($input: InventoryAdjustQuantitiesInput!, $key: String!) {
          inventoryAdjustQuantities(input: $input) @idempotent(key: $key) { userErrors { code } }
        }
        """,
        [
          "key": .string("\(delta)"),
          "input": [
            "name": "available", "reason": "shrinkage",
            "changes": [
              [
                "delta": .integer(delta), "changeFromQuantity": from,
                "inventoryItemId": ShopScript.id("InventoryItem", script.item(mug)),
                "locationId": ShopScript.id("Location", script.leeds),
              ]
            ],
          ],
        ])["data"]?["inventoryAdjustQuantities"] ?? .null
    }
    #expect(ShopScript.codes(adjust(-12, 10, &script)) == [])
    #expect(script.stock(mug) == [-2, 0, -2])
    #expect(ShopScript.codes(adjust(1, 10, &script)) == ["CHANGE_FROM_QUANTITY_STALE"])
    #expect(ShopScript.codes(adjust(-999_999_999, .null, &script)) == ["INVALID_QUANTITY_TOO_LOW"])
    #expect(ShopScript.codes(adjust(1_000_000_003, .null, &script)) == ["INVALID_QUANTITY_TOO_HIGH"])
  }

  @Test mutating func anItemIsStockedAtALocation() {
    let mug = script.add("MUG", leeds: 10)
    let query = """
      mutation($item: ID!, $place: ID!, $units: Int) {
        inventoryActivate(inventoryItemId: $item, locationId: $place, available: $units) @idempotent(key: "a") {
          inventoryLevel { quantities(names: ["available"]) { quantity } } userErrors { message field }
        }
      }
      """
    let variables: JSON = [
      "item": ShopScript.id("InventoryItem", script.item(mug)), "place": ShopScript.id("Location", script.york),
      "units": 4,
    ]
    let payload = script.ask(query, variables)["data"]?["inventoryActivate"]
    #expect(payload?["inventoryLevel"]?["quantities"] == [["quantity": 4]])
    #expect(script.stock(mug, at: script.york) == [4, 0, 4])
    let again = script.ask(query.replacing("a\")", with: "b\")"), variables)["data"]?["inventoryActivate"]
    #expect(again?["userErrors"]?[0]?["field"] == ["available"])
  }
}

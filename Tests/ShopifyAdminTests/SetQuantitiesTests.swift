import ShopifyEmulatorCore
import StockLedger
import Testing

@testable import ShopifyAdmin

/// The set mutation as bytes, and its user errors as what becomes of rows.
@Suite("Set quantities")
struct SetQuantitiesTests {
  @Test func everyRowSaysWhatItChangesFrom() throws {
    let key = try #require(Identifier("0189c1a2-0000-7000-8000-00000000002a"))
    let set = SetQuantities(
      key, [(ItemPlace(item: 1, location: 7), 5, 3), (ItemPlace(item: 820_982_911_946_154_508, location: 7), 0, nil)])
    let body = try AdminCall(ShopifyAdmin.AdminDocument.setQuantities, set, for: .write).body
    let variables = try #require(JSON(bytes: body)?["variables"])
    #expect(
      variables == [
        "input": [
          "name": "available",
          "quantities": [
            [
              "changeFromQuantity": 3, "inventoryItemId": "gid://shopify/InventoryItem/1",
              "locationId": "gid://shopify/Location/7", "quantity": 5,
            ],
            [
              "changeFromQuantity": .null, "inventoryItemId": "gid://shopify/InventoryItem/820982911946154508",
              "locationId": "gid://shopify/Location/7", "quantity": 0,
            ],
          ],
          "reason": "correction",
          "referenceDocumentUri": "gid://holdfast/Publication/0189c1a2-0000-7000-8000-00000000002a",
        ],
        "key": "0189c1a2-0000-7000-8000-00000000002a",
      ])
    #expect(try AdminCall(ShopifyAdmin.AdminDocument.setQuantities, set, for: .write).body == body, "a repeat is one")
  }

  @Test func everyKeyIsAText() {
    let keys = [Identifier(high: 0, low: 0), Identifier(high: 1, low: 0), Identifier(high: .max, low: 0xC1 << 56)]
    #expect(
      keys.map { SetQuantities($0, []).key } == [
        "00000000-0000-0000-0000-000000000000", "00000000-0000-0001-0000-000000000000",
        "ffffffff-ffff-ffff-c100-000000000000",
      ])
  }

  private func answer(_ errors: [AdminUserError]) -> PublicationOutbox.WriteAnswer {
    SetQuantitiesVerdict.answer(errors, rows: 3)
  }

  private func error(_ code: String, _ row: Int?, _ more: String = "quantity") -> AdminUserError {
    AdminUserError(code: code, field: row.map { ["input", "quantities", "\($0)", more] })
  }

  @Test(arguments: [
    ("INVALID_INVENTORY_ITEM", PublicationEntry.Rejection.invalidItem), ("INVALID_LOCATION", .invalidLocation),
    ("ITEM_NOT_STOCKED_AT_LOCATION", .notStocked), ("NON_MUTABLE_INVENTORY_ITEM", .immutableItem),
    ("INVALID_QUANTITY_NEGATIVE", .quantityTooLow), ("INVALID_QUANTITY_TOO_LOW", .quantityTooLow),
    ("INVALID_QUANTITY_TOO_HIGH", .quantityTooHigh), ("NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR", .duplicateRow),
    ("A_CODE_OF_NEXT_YEAR", .other),
  ])
  func aCodeIsARejection(_ code: String, _ rejection: PublicationEntry.Rejection) {
    #expect(answer([error(code, 1)]) == .refused([1: .rejected(rejection)]))
  }

  @Test func staleRowsAreRead() {
    #expect(
      answer([error("CHANGE_FROM_QUANTITY_STALE", 0), error("CHANGE_FROM_QUANTITY_STALE", 2)])
        == .refused([0: .stale, 2: .stale]))
    #expect(
      answer([error("CHANGE_FROM_QUANTITY_STALE", nil)]) == .refused([0: .stale, 1: .stale, 2: .stale]),
      "a stale row without a name may be any")
    #expect(
      answer([error("CHANGE_FROM_QUANTITY_STALE", 1), error("INVALID_LOCATION", 1)])
        == .refused([1: .rejected(.invalidLocation)]), "a person is needed whatever else is wrong")
  }

  @Test func theCallItself() {
    #expect(answer([]) == .accepted)
    #expect(answer([error("IDEMPOTENCY_CONCURRENT_REQUEST", nil)]) == .unknown)
    #expect(answer([error("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", nil)]) == .keyMismatch)
    #expect(answer([AdminUserError(code: "INVALID_REASON", field: ["input", "reason"])]) == .refused([:]))
    #expect(answer([AdminUserError(code: nil, field: nil)]) == .refused([:]))
    #expect(answer([error("INVALID_LOCATION", 3)]) == .refused([:]), "there is no fourth row")
  }
}

import ShopifyEmulatorCore
import StockLedger
import Testing

/// What the real API refuses is refused, in its words; what it takes is taken.
@Suite("GraphQL documents")
struct GraphQLTests {
  private var script = ShopScript { $0.plan = EmulatedPlan(restoreRate: 1_000, bucketSize: 1_000_000) }

  private func problem(_ query: String, _ variables: JSON = .null) -> JSON {
    var script = script
    return script.ask(query, variables)["errors"]?[0] ?? .null
  }

  @Test(arguments: [
    ("{ shop { name nope } }", "undefinedField", "Field 'nope' doesn't exist on type 'Shop'"),
    (
      "{ shop { shopOwnerName } }", "undefinedField",
      "Field 'shopOwnerName' is of the real type 'Shop' and isn't served by this emulator"
    ),
    ("{ inventoryItem { id } }", "missingRequiredArguments", "Field 'inventoryItem' is missing required arguments: id"),
    ("{ shop(x: 1) { id } }", "argumentNotAccepted", "Field 'shop' doesn't accept argument 'x'"),
    (
      "{ shop }", "selectionMismatch",
      "Field must have selections (field 'shop' returns Shop but has no selections. Did you mean 'shop { ... }'?)"
    ),
    (
      "{ shop { id { x } } }", "selectionMismatch",
      "Selections can't be made on scalars (field 'id' returns ID but has selections)"
    ),
    (
      "{ productVariants(first: \"a\") { nodes { id } } }", "argumentLiteralsIncompatible",
      "Argument 'first' on Field 'productVariants' has an invalid value (\"a\"). Expected type 'Int'."
    ),
    (
      "query Q { inventoryItem(id: $id) { id } }", "variableNotDefined", "Variable $id is used by Q but not declared"
    ),
    (
      "query Q($id: ID) { shop { id } }", "variableNotUsed", "Variable $id is declared by Q but not used"
    ),
    (
      "query Q($id: String!) { inventoryItem(id: $id) { id } }", "variableMismatch",
      "Type mismatch on variable $id and argument id (String! / ID!)"
    ),
    (
      "query Q($id: ID) { inventoryItem(id: $id) { id } }", "variableMismatch",
      "Type mismatch on variable $id and argument id (ID / ID!)"
    ),
    ("query Q($x: Nope) { shop { id } }", "variableRequiresValidType", "Nope isn't a defined input type (on $x)"),
    ("{ shop { ...F } }", "useAndDefineFragment", "Fragment F was used, but not defined"),
    (
      "{ shop { id } } fragment F on Shop { id }", "useAndDefineFragment", "Fragment F was defined, but not used"
    ),
    (
      "{ shop { ...F } } fragment F on Shop { id ...F }", "infiniteLoop", "Fragment F contains an infinite loop"
    ),
    (
      "{ shop { ...F } } fragment F on Order { id }", "cannotSpreadFragment",
      "Fragment F on Order can't be spread inside Shop"
    ),
    (
      "{ shop { ... on Nope { id } } }", "undefinedType", "No such type Nope, so it can't be a fragment condition"
    ),
    ("{ shop { id @nope } }", "undefinedDirective", "Directive @nope is not defined"),
    (
      "{ shop { a: id a: name } }", "fieldConflict", "Field 'a' has a field conflict: id or name?"
    ),
    ("subscription { shop { id } }", "missingSubscription", "Schema is not configured for subscriptions"),
    (
      "{ shop { id } } query B { shop { id } }", "uniquelyNamedOperations",
      "Operation name is required when multiple operations are present"
    ),
  ])
  func refuses(_ query: String, code: String, message: String) {
    let problem = problem(query)
    #expect(problem["message"]?.text == message)
    #expect(problem["extensions"]?["code"]?.text == code)
  }

  @Test(arguments: [
    ("", "Required parameter missing or invalid: query"), ("{", "Expected a name, actual: end of file at [1, 2]"),
    ("{ shop { } }", "Expected a name, actual: \"}\" at [1, 10]"),
    ("{ shop(id: \"x) { id } }", "Unterminated string at [1, 12]"),
    ("nonsense", "Expected one of query, mutation, subscription, fragment, {, actual: \"nonsense\" at [1, 1]"),
    ("{ a(b: 01) }", "Number \"01\" is not well formed at [1, 8]"), ("{ a ? }", "Unexpected character \"?\" at [1, 5]"),
  ])
  func saysWhereAWordIsWrong(_ query: String, message: String) {
    #expect(problem(query)["message"]?.text == message)
  }

  @Test func aProblemHasItsPlaceAndItsPath() {
    let problem = problem("query Stock {\n  shop {\n    nope\n  }\n}")
    #expect(problem["locations"] == [["line": 3, "column": 5]])
    #expect(problem["path"] == ["query Stock", "shop", "nope"])
    #expect(problem["extensions"]?["typeName"]?.text == "Shop")
  }

  @Test func aWrongVariableSaysWhatAndWhere() {
    let input: JSON = ["name": "available", "reason": "correction", "quantities": [["quantity": "3"]]]
    let problem = problem(ShopScript.set, ["input": input, "key": "k"])
    #expect(problem["extensions"]?["code"]?.text == "INVALID_VARIABLE")
    #expect(
      problem["message"]?.text
        == "Variable $input of type InventorySetQuantitiesInput! was provided invalid value for"
        + " quantities.0.inventoryItemId (Expected value to not be null)")
    #expect(problem["extensions"]?["problems"]?[0]?["path"] == ["quantities", 0, "inventoryItemId"])
    let unknown: JSON = ["name": "available", "reason": "correction", "quantities": [], "ignoreCompareQuantity": true]
    #expect(
      self.problem(ShopScript.set, ["input": unknown, "key": "k"])["message"]?.text?
        .contains("ignoreCompareQuantity (Field is not defined on InventorySetQuantitiesInput)") == true)
    #expect(self.problem(ShopScript.set, ["key": "k"])["extensions"]?["code"]?.text == "INVALID_VARIABLE")
  }

  @Test func fragmentsAliasesAndDirectivesAreAnswered() {
    var script = script
    _ = script.add("MUG", leeds: 3)
    let answer = script.ask(
      """
      query($with: Boolean = false, $id: ID!) {
        shop { ...Names domain: myshopifyDomain @skip(if: true) }
        node(id: $id) { __typename id ... on Location { name isActive @include(if: $with) } ... on Order { name } }
        again: shop { name ... { currencyCode } }
      }
      fragment Names on Shop { name ... on Node { __typename } }
      """, ["id": ShopScript.id("Location", script.leeds)])
    #expect(
      answer["data"] == [
        "shop": ["name": "Holdfast Test", "__typename": "Shop"],
        "node": [
          "__typename": "Location", "id": ShopScript.id("Location", script.leeds), "name": "Leeds",
        ],
        "again": ["name": "Holdfast Test", "currencyCode": "USD"],
      ])
  }

  @Test func aBlockStringLosesItsIndentation() {
    var script = script
    let answer = script.ask(
      #"""
      mutation {
        bulkOperationRunQuery(query: """
          {
            locations { nodes { id } }
          }
        """) { bulkOperation { query } userErrors { message } }
      }
      """#)
    let query = answer["data"]?["bulkOperationRunQuery"]?["bulkOperation"]?["query"]?.text
    #expect(query == "{\n  locations { nodes { id } }\n}")
  }

  @Test func operationsAreChosenByName() {
    var script = script
    let two = "query A { shop { name } } query B { shop { id } }"
    #expect(script.request(two, operation: "A").json["data"]?["shop"]?["name"]?.text == "Holdfast Test")
    #expect(script.request(two).json["errors"]?[0]?["message"]?.text == "An operation name is required")
    #expect(script.request(two, operation: "C").json["errors"]?[0]?["message"]?.text == "No operation named \"C\"")
  }

  @Test func sizeAndDepthAreBounded() {
    #expect(problem(String(repeating: " ", count: 100_001))["message"]?.text?.contains("too large") == true)
    let deep = String(repeating: "{ a ", count: 60)
    #expect(problem(deep)["message"]?.text?.contains("depth") == true)
    let many = (0...100).map { "fragment F\($0) on Shop { id }" }.joined(separator: " ")
    #expect(problem("{ shop { id } } " + many)["message"]?.text?.contains("100 fragments") == true)
    // Each fragment spreads the next twice under new names: 2^17 fields from two kilobytes.
    let doubling = (0..<16).map { place in
      "fragment F\(place) on Order { refunds { a: order { ...F\(place + 1) } b: order { ...F\(place + 1) } } }"
    }
    let bomb =
      "{ node(id: \"gid://shopify/Order/1\") { ...F0 } } \(doubling.joined(separator: " "))"
      + " fragment F16 on Order { id }"
    #expect(problem(bomb)["message"]?.text?.contains("fragments spread out") == true)
  }

  @Test func aDocumentIsCheckedWithoutAShop() {
    #expect(AdminDocument.problems(in: ShopScript.set).isEmpty)
    #expect(AdminDocument.problems(in: "{ shop { nope } }").map(\.code) == ["undefinedField"])
    #expect(AdminDocument.problems(in: "{ shop").map(\.message) == ["Expected a name, actual: end of file at [1, 7]"])
    let page = "query($size: Int!) { productVariants(first: $size) { nodes { id } } }"
    #expect(AdminDocument.cost(of: page, variables: ["size": 100]) == 102)
    #expect(AdminDocument.cost(of: page) == nil)
  }
}

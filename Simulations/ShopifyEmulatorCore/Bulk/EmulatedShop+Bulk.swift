public import StockLedger

extension EmulatedShop {
  /// Connections of one bulk query, and how deep they may lie in one another: the real API's limits.
  private static let connectionsMax = 5
  private static let connectionDepthMax = 2

  // MARK: Mutations

  mutating func runBulk(_ field: PlannedField, at now: Timestamp) -> Record {
    do throws(ShopRefusal) {
      let operation = try startBulk(field.text("query") ?? "", at: now)
      return Record(field.type.name, ("bulkOperation", .thing(.bulk(operation))), ("userErrors", Self.none))
    } catch {
      return Record(
        field.type.name, ("bulkOperation", .null), ("userErrors", Self.errors([error], of: field.type.name)))
    }
  }

  private mutating func startBulk(_ query: String, at now: Timestamp) throws(ShopRefusal) -> Int64 {
    let running = bulkOperations.values.filter { $0.status == .running }.count
    guard running < settings.bulk.runningMax else {
      throw ShopRefusal(
        "At most \(settings.bulk.runningMax) bulk query operations run at once for this app and shop.",
        code: "LIMIT_REACHED")
    }
    let root = try bulkRoot(of: query)
    switch found(by: root) {
    case .failure(let problem): throw ShopRefusal(problem.message, code: "INVALID", field: ["query"])
    case .success(let found):
      let id = newID()
      bulkOperations[id] = BulkOperation(id: id, query: query, createdAt: now, root: root, roots: found.ids)
      bulkIDs.append(id)
      return id
    }
  }

  /// The one connection at the root of a bulk query.
  private func bulkRoot(of query: String) throws(ShopRefusal) -> PlannedField {
    let refuse = { (message: String) in ShopRefusal(message, code: "INVALID", field: ["query"]) }
    switch Planner.plan(query, schema: .admin) {
    case .failure(let refusal):
      throw refuse("Invalid bulk query: \(refusal.problems.first?.message ?? "")")
    case .success(let call):
      let served = ["productVariants", "products", "inventoryItems", "locations", "orders"]
      guard call.kind == .query, call.fields.count == 1, let root = call.fields.first, served.contains(root.name)
      else { throw refuse("Bulk queries must have one connection at their root: \(served.joined(separator: ", "))") }
      guard Self.connections(in: root) <= Self.connectionsMax else {
        throw refuse("Bulk queries cannot contain more than \(Self.connectionsMax) connections.")
      }
      guard Self.depth(of: root) <= Self.connectionDepthMax + 1 else {
        throw refuse("Bulk queries cannot contain connections with a nesting depth greater than 2.")
      }
      return root
    }
  }

  private static func isConnection(_ field: PlannedField) -> Bool { field.type.name.hasSuffix("Connection") }

  private static func connections(in field: PlannedField) -> Int {
    (isConnection(field) ? 1 : 0) + field.children.values.joined().reduce(0) { $0 + connections(in: $1) }
  }

  private static func depth(of field: PlannedField) -> Int {
    (isConnection(field) ? 1 : 0) + (field.children.values.joined().map(depth).max() ?? 0)
  }

  mutating func cancelBulk(_ field: PlannedField, at now: Timestamp) -> Record {
    let id = GlobalID.number(of: "BulkOperation", in: field["id"]) ?? 0
    guard bulkOperations[id]?.status == .running else {
      let refusal = ShopRefusal("A bulk operation cannot be canceled when it is not running", field: ["id"])
      return Record(
        field.type.name, ("bulkOperation", .maybe(bulkOperations[id].map { _ in .bulk(id) })),
        ("userErrors", Self.errors([refusal], of: field.type.name)))
    }
    finishBulk(id, .canceled, at: now)
    return Record(field.type.name, ("bulkOperation", .thing(.bulk(id))), ("userErrors", Self.none))
  }

  // MARK: Reading

  /// True while a bulk read goes on: it ends by itself where ``advanceBulk(to:)`` is called now and then.
  public var isBulkReading: Bool { bulkIDs.contains { bulkOperations[$0]?.status == .running } }

  /// Reads what the time up to now allows. Calls do it by themselves; a shell does it too while nobody calls.
  public mutating func advanceBulk(to now: Timestamp) {
    for id in bulkIDs where bulkOperations[id]?.status == .running {
      guard let begun = bulkOperations[id]?.createdAt, let count = bulkOperations[id]?.roots.count else { continue }
      let passed = max(0, now.milliseconds - begun.milliseconds)
      let (wanted, over) = passed.multipliedReportingOverflow(by: max(1, settings.bulk.rootsPerSecond))
      let target = over ? count : Int(min(wanted / 1_000, Int64(count)))
      readBulk(id, to: target)
      if target == count && passed > 0 { finishBulk(id, .completed, at: now) }
    }
  }

  private mutating func readBulk(_ id: Int64, to target: Int) {
    guard var operation = bulkOperations[id], operation.rootCount < target else { return }
    // Taken out while it grows: a second holder would mean a copy of all its pieces.
    bulkOperations[id] = nil
    for root in operation.roots[operation.rootCount..<target] {
      guard let thing = Self.rootThing(of: operation.root.name, root) else { continue }
      if operation.chunks.last.map({ $0.isFull || $0.step != audit.step }) ?? true {
        operation.chunks.append(BulkChunk(step: audit.step, start: operation.byteCount))
      }
      let place = operation.chunks.count - 1
      let before = operation.chunks[place].bytes.count
      operation.objectCount += writeRows(of: thing, operation.root, parent: nil, into: &operation.chunks[place])
      operation.byteCount += operation.chunks[place].bytes.count - before
    }
    operation.rootCount = target
    bulkOperations[id] = operation
  }

  private static func rootThing(of connection: String, _ id: Int64) -> Thing? {
    switch connection {
    case "productVariants": .variant(id)
    case "products": .product(id)
    case "inventoryItems": .item(id)
    case "locations": .location(id)
    case "orders": .order(id)
    default: nil
    }
  }

  /// Writes a thing of a connection as a row, and under it the rows of its own connections; answers how many.
  private func writeRows(
    of thing: Thing, _ connection: PlannedField, parent: JSON?, into chunk: inout BulkChunk
  ) -> Int {
    guard let node = connection.child("nodes") ?? connection.child("edges")?.child("node") else { return 0 }
    var run = Answering()
    run.nested = []
    guard let row = answer(node.children[thing.typeName] ?? [], of: thing, &run) else { return 0 }
    (parent.map { .object(row.members + [JSON.Member("__parentId", $0)]) } ?? row).write(into: &chunk.bytes)
    chunk.bytes.append(UInt8(ascii: "\n"))
    chunk.levels += run.levels
    chunk.orders += run.orders
    var count = 1
    for (field, holder) in run.nested ?? [] {
      guard case .page(let page) = resolve(field.whole, of: holder, &run) else { continue }
      for child in page.things {
        count += writeRows(of: child, field, parent: row["id"] ?? .null, into: &chunk)
      }
    }
    return count
  }

  private mutating func finishBulk(_ id: Int64, _ status: BulkOperation.Status, at now: Timestamp) {
    bulkOperations[id]?.status = status
    bulkOperations[id]?.completedAt = now
    emit(.bulkOperationsFinish, .bulk(id), at: now)
  }

  // MARK: The result

  /// A piece of a finished result, JSON lines whole, counted from 0; nil after the last or where there is no result.
  ///
  /// Who takes it is told of what it says: the audit counts it as read.
  public mutating func bulkChunk(of id: Int64, _ index: Int) -> [UInt8]? {
    guard let operation = bulkOperations[id], operation.status != .running, operation.chunks.indices.contains(index)
    else { return nil }
    let chunk = operation.chunks[index]
    tell(of: chunk)
    return chunk.bytes
  }

  /// Bytes of a finished result; nil where there is none, or none any more.
  public func bulkByteCount(of id: Int64) -> Int? {
    guard let operation = bulkOperations[id], operation.status != .running,
      operation.byteCount == 0 || !operation.chunks.isEmpty
    else { return nil }
    return operation.byteCount
  }

  /// Bytes of a finished result from a place on: up to the end of a piece, or to `end` where that comes first. Empty
  /// where there are none.
  ///
  /// Who fetches in ranges has read a piece when its last byte was taken.
  public mutating func bulkBytes(of id: Int64, from place: Int, to end: Int) -> ArraySlice<UInt8> {
    guard bulkByteCount(of: id) != nil, place >= 0, place < end,
      let chunk = bulkOperations[id]?.chunk(at: place)
    else { return [] }
    let last = min(chunk.bytes.count, end - chunk.start)
    guard place - chunk.start < last else { return [] }
    if last == chunk.bytes.count { tell(of: chunk) }
    return chunk.bytes[(place - chunk.start)..<last]
  }

  /// Draws whether the download of a result breaks off before its next piece: as often as a call is cut after its
  /// effect.
  public mutating func cutsDownload() -> Bool { chance.chance(perMille: settings.faults.cutAfterPerMille) }

  private mutating func tell(of chunk: BulkChunk) {
    for key in chunk.levels { audit.told(level: key, upTo: chunk.step) }
    for order in chunk.orders { audit.told(order: order, upTo: chunk.step) }
  }

  /// Forgets a result once it was fetched, and the memory that it holds.
  public mutating func dropBulkResult(of id: Int64) { bulkOperations[id]?.chunks = [] }
}

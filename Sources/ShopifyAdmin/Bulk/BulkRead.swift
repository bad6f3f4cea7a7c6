import ChannelIntake
import InventoryEngine
import StockLedger

/// A bulk read: Shopify runs a query over everything at its own pace, and offers the result as lines of JSON.
struct BulkRead {
  let client: ShopifyClient
  let settings: BulkReadSettings

  /// A result that is ready; its address is nil where it is empty.
  struct Result: Hashable, Sendable {
    let url: String?
    let objectCount: Int
  }

  /// Runs a query to its end, and tells each object of its result: nested ones have lines of their own and name their
  /// parent, in no order that could be relied on.
  ///
  /// - Returns: How it was fetched.
  @discardableResult
  func run(
    _ query: String, _ tell: ([JSONMember], Int) async throws(ChannelFailure) -> Void
  ) async throws(ChannelFailure) -> BulkDownload? {
    let result = try await finished(try await begun(query))
    guard let url = result.url else { return nil }
    var download = try BulkDownload(url, client: client, settings: settings)
    try await download.run { (bytes, range, line) throws(ChannelFailure) in
      try await tell(try Self.members(bytes, range, line), line)
    }
    guard download.count == result.objectCount else {
      throw ChannelFailure(
        "the bulk result has \(download.count) lines, and Shopify counted \(result.objectCount): run it again")
    }
    return download
  }

  private static func members(
    _ bytes: [UInt8], _ range: Range<Int>, _ line: Int
  ) throws(ChannelFailure) -> [JSONMember] {
    do throws(RowError) { return try JSONScanner.members(of: bytes, in: range, line: line) } catch {
      throw ChannelFailure("line \(line) of the bulk result cannot be read: \(error)")
    }
  }

  // MARK: Running

  private struct Begun: Decodable, Sendable {
    struct Operation: Decodable, Sendable { let id: String }
    struct Payload: Decodable, Sendable {
      let bulkOperation: Operation?
      let userErrors: [AdminUserError]
    }
    let bulkOperationRunQuery: Payload?
  }

  private func begun(_ query: String) async throws(ChannelFailure) -> String {
    let answer: Begun
    do throws(ShopifyFailure) {
      answer = try await client.patientCall(AdminCall(AdminDocument.runBulk, ["query": query]))
    } catch { throw ChannelFailure("the bulk read did not begin: \(error)") }
    if let error = answer.bulkOperationRunQuery?.userErrors.first {
      let isBusy = ["OPERATION_IN_PROGRESS", "LIMIT_REACHED"].contains(error.code)
      throw ChannelFailure(
        "the bulk read did not begin: \(error.message.prefix(300))" + (isBusy ? ": try again when they are over" : ""))
    }
    guard let id = answer.bulkOperationRunQuery?.bulkOperation?.id else {
      throw ChannelFailure("the bulk read did not begin, and Shopify does not say why")
    }
    return id
  }

  private struct Progress: Decodable, Sendable {
    struct Operation: Decodable, Sendable {
      let status: String
      let errorCode: String?
      let objectCount: String
      let url: String?
    }
    let bulkOperation: Operation?
  }

  private func finished(_ id: String) async throws(ChannelFailure) -> Result {
    let deadline = client.clock.now + settings.patience
    var wait = settings.pollFirst
    while client.clock.now < deadline {
      do { try await client.clock.sleep(until: client.clock.now + wait) } catch {
        throw ChannelFailure("the bulk read was cancelled")
      }
      if let result = try await result(of: id) { return result }
      wait = min(wait * 2, settings.pollMax)
    }
    throw ChannelFailure(
      "the bulk read \(id) is not over after \(settings.patience / 60_000) minutes: look at it later")
  }

  /// The result of an operation; nil while it goes on.
  private func result(of id: String) async throws(ChannelFailure) -> Result? {
    let answer: Progress
    do throws(ShopifyFailure) {
      answer = try await client.patientCall(AdminCall(AdminDocument.bulk, ["id": id], cost: 1))
    } catch { throw ChannelFailure("the bulk read \(id) cannot be followed: \(error)") }
    guard let operation = answer.bulkOperation else {
      throw ChannelFailure("Shopify knows no bulk read \(id) any more: run it again")
    }
    switch operation.status {
    case "CREATED", "RUNNING": return nil
    case "COMPLETED": return Result(url: operation.url, objectCount: Int(operation.objectCount) ?? 0)
    default:
      // What there is of it is a part, and a part that is taken for the whole says that the rest is gone.
      let code = operation.errorCode.map { ", \($0)" } ?? ""
      throw ChannelFailure("the bulk read \(id) ended without its result (\(operation.status)\(code)): run it again")
    }
  }
}

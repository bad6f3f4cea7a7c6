import ChannelIntake
import HTTPTypes
import Hummingbird
import InventoryEngine
import Logging
import Reconciliation
import StockLedger

/// Drift: looks that are asked for, their reports, and a person's word on what is held.
extension Route {
  private static let looks = "/v1/reconciliations"

  static let reconciliations = [
    Route(.get, looks, .bearer(.read), query: ["limit"], isLong: true, list),
    Route(.post, looks, .bearer(.admin), ask),
    Route(.get, looks + "/{report}", .bearer(.read), query: ["format"], isLong: true, show),
    Route(.post, looks + "/{report}/approve", .bearer(.admin), isLong: true) { try await decide($0, .approve) },
    Route(.post, looks + "/{report}/reject", .bearer(.admin), isLong: true) { try await decide($0, .reject) },
    Route(.post, looks + "/{report}/undo", .bearer(.admin), isLong: true, undo),
  ]

  // MARK: Reports

  private static func list(_ call: Call) async throws -> Reply {
    let reports = try await call.asking { try await $0.latest(try call.query.rows()) }
    return Reply(
      json: JSONWriter.object { json in
        json.array("reports") { json in
          for report in reports { json.object { DriftTotals(of: report).write(to: &$0, isDryRun: report.isDryRun) } }
        }
      })
  }

  private static func show(_ call: Call) async throws -> Reply {
    let id = try call.identifier("report")
    if await (try call.reconciler()).isWaiting(id) { return waiting(id) }
    let report = try await call.asking { try await $0.report(id) }
    switch call.query.text("format") ?? "json" {
    case "json": return Reply(json: DriftReportJSON.object(report))
    case "csv": return Reply(json: DriftReportCSV.file(report), type: "text/csv; charset=utf-8")
    case "html":
      let history = try await call.asking { try await $0.latest(100) }
      let page = try DriftReportHTML.page(report, history: history.map { DriftTotals(of: $0) })
      return Reply(json: Array(page.utf8), type: "text/html; charset=utf-8")
    default: throw Problem.malformedQuery("format", "json, csv or html")
    }
  }

  static func waiting(_ id: Identifier) -> Reply {
    Reply(.accepted, [.location: "\(looks)/\(id)"], json: JSONWriter.object { $0.field("report", id) })
  }

  // MARK: Orders

  private static func ask(_ call: Call) async throws -> Reply {
    let reconciler = try call.reconciler()
    let fields = try await call.fields(
      required: [], optional: ["sku", "location", "dryRun", "source", "refresh", "apply", "allowShrink"])
    var scope = ReconciliationScope.shop
    if fields.has("sku") {
      scope = .key(try await call.known(try fields.key(ofShop: call.caller.shop)))
    } else if fields.has("location") {
      scope = .location(try fields.text("location"))
    }
    var order = LookOrder(scope, isDryRun: try fields.flagOrFalse("dryRun"), refresh: try fields.refresh())
    if fields.has("source") {
      order.list = await reconciler.list(of: try fields.identifier("source"))
      if order.list == nil { throw Problem.noList }
    }
    guard let id = await reconciler.ask(order) else { throw Problem.tooManyLooks }
    return waiting(id)
  }

  private enum Word {
    case approve
    case reject
  }

  private static func decide(_ call: Call, _ word: Word) async throws -> Reply {
    let id = try call.identifier("report")
    let fields = try await call.fields(required: [], optional: ["rows"])
    let rows = fields.has("rows") ? Set(try fields.integers("rows").map(Int.init)) : nil
    let report = try await call.asking { reconciler in
      switch word {
      case .approve: try await reconciler.approve(id, rows: rows)
      case .reject: try await reconciler.reject(id, rows: rows)
      }
    }
    return Reply(json: DriftReportJSON.object(report))
  }

  private static func undo(_ call: Call) async throws -> Reply {
    let id = try call.identifier("report")
    _ = try await call.fields(required: [])
    return Reply(json: DriftReportJSON.object(try await call.asking { try await $0.undo(id) }))
  }
}

extension DeliveryFields {
  fileprivate func flagOrFalse(_ name: String) throws(RowError) -> Bool { has(name) ? try flag(name) : false }

  /// How the scope is to be rebuilt from a source's list; nil where it is to be compared.
  fileprivate func refresh() throws(RowError) -> RefreshTerms? {
    let isRefresh = try flagOrFalse("refresh")
    if isRefresh && !has("source") { throw RowError(line: 1, field: "source", reason: .missingField) }
    if !isRefresh && (has("apply") || has("allowShrink")) {
      throw RowError(line: 1, field: "refresh", reason: .missingField)
    }
    guard isRefresh else { return nil }
    return RefreshTerms(allowsShrink: try flagOrFalse("allowShrink"), isApplied: try flagOrFalse("apply"))
  }
}

extension Call {
  /// Who looks for drift in the caller's shop.
  func reconciler() throws(Problem) -> Reconciler {
    guard let reconciler = reconciling?.reconciler(of: caller.shop) else { throw Problem.notReconciled }
    return reconciler
  }

  /// Asks the reconciler, and tells what it cannot do as a problem.
  fileprivate func asking<Value>(_ body: (Reconciler) async throws -> Value) async throws -> Value {
    let reconciler = try reconciler()
    do { return try await body(reconciler) } catch let failure as ReconciliationFailure {
      switch failure {
      case .unknownReport: throw Problem.unknownReport
      case .isLooking: throw Problem.tooManyLooks
      case .isDryRun: throw Problem.dryRunReport
      case .store:
        context.logger.error("reports cannot be kept or read", metadata: ["failure": "\(failure)"])
        throw Problem(.storeUnavailable(retryAfter: 1_000))
      }
    }
  }
}

extension DriftTotals {
  fileprivate func write(to json: inout JSONWriter, isDryRun: Bool) {
    json.field("report", report)
    json.field("startedAt", startedAt)
    json.field("dryRun", isDryRun)
    json.field("compared", Int64(compared))
    json.field("drifted", Int64(drifted))
    json.field("mended", Int64(mended))
    json.field("open", Int64(open))
  }
}

extension Problem {
  static let notReconciled = Problem(
    .notFound, "notReconciled", "Nobody looks for drift in the shop",
    detail: "its reports have no place: start the service with --data, or with --shopify-kept")
  fileprivate static let unknownReport = Problem(
    .notFound, "unknownReport", "There is no report of that name", detail: "GET /v1/reconciliations lists those kept")
  fileprivate static let dryRunReport = Problem(
    .conflict, "dryRunReport", "The report is of a dry run, and nothing of it waits",
    detail: "ask for a look without dryRun: what it holds can be approved or rejected")
  fileprivate static let noList = Problem(
    .notFound, "noList", "The source has no list that can be asked for",
    detail: "set its snapshot.url in the configuration, or send a list to POST /v1/snapshots/{source}")
  static let tooManyLooks = Problem(
    .tooManyRequests, "tooManyLooks", "Enough looks at the shop are asked for already",
    detail: "each reads a whole channel: ask when their reports are there", retryAfter: 15_000)
}

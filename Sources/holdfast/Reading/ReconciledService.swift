import Foundation
import NIOCore

/// Routes of a service that runs, all below one: those of drift, where nothing else is said.
struct ReconciledService {
  /// What it answered, as text and as JSON.
  struct Answer {
    let status: Int
    let body: String
    let fields: [String: Any]
  }

  /// A source's list on its way to the service.
  struct List {
    let source: String
    /// What is asked for with it, by the names of the API.
    let query: [String: Any]
    let type: String
    let body: String
  }

  private let base: String
  private let headers: [String: String]
  private let routes: String
  private var address: String { base + routes }

  init(_ base: String, _ headers: [String: String], routes: String = "/v1/reconciliations") {
    self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    self.routes = routes
    self.headers = headers
  }

  /// Asks a route below; with a body by POST.
  func ask(_ path: String, _ body: String? = nil) async throws -> Answer {
    try answer(try await HTTPAnswer.ask(address + path, body, headers: headers))
  }

  private func answer(_ answer: HTTPAnswer) throws -> Answer {
    let fields = try? JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
    guard (200..<300).contains(answer.status) else {
      guard let fields else {
        throw Complaint("\(address) answered \(answer.status) without JSON", do: "is --url the address of the service?")
      }
      let detail = fields["detail"] as? String
      throw Complaint(
        "\(answer.code): \(fields["title"] as? String ?? "") (\(answer.status))",
        do: detail ?? "name a key of the shop with --token-file")
    }
    return Answer(status: answer.status, body: answer.body, fields: fields ?? [:])
  }

  /// Asks for a look, and for its report until it is there.
  func look(_ wanted: [String: Any]) async throws -> Answer {
    let body = String(decoding: try JSONSerialization.data(withJSONObject: wanted), as: UTF8.self)
    return try await report(try await ask("", body))
  }

  /// Sends a list, and asks for the report of the look at it until it is there.
  func look(_ list: List) async throws -> Answer {
    let query = list.query.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.encoded("\($0.value)"))" }
    let path = "\(base)/v1/snapshots/\(Self.encoded(list.source))?" + query.joined(separator: "&")
    let sent = try await HTTPAnswer.ask(
      path, list.body, headers: headers.merging(["Content-Type": list.type]) { $1 }, patience: .seconds(900))
    return try await report(try answer(sent))
  }

  private func report(_ asked: Answer) async throws -> Answer {
    let id = asked.fields["report"] as? String ?? ""
    while true {
      let answer = try await ask("/\(Self.encoded(id))")
      if answer.status != 202 { return answer }
      try await Task.sleep(for: .milliseconds(500))
    }
  }

  static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
  }
}

/// Reports of drift for people.
enum ReconciliationText {
  /// The rows that are printed: a report may have a hundred thousand.
  private static let rowsMax = 200

  static func list(_ answer: [String: Any]) -> String {
    let reports = answer["reports"] as? [[String: Any]] ?? []
    if reports.isEmpty { return "no report is kept" }
    var table = Columns()
    table.add("report", "began", "compared", "drifted", "mended", "open", "")
    for report in reports {
      table.add(
        ["report", "startedAt", "compared", "drifted", "mended", "open"].map { text(report[$0]) }
          + [report["dryRun"] as? Bool == true ? "dry run" : ""])
    }
    return table.text
  }

  static func report(_ report: [String: Any]) -> String {
    let rows = report["rows"] as? [[String: Any]] ?? []
    var lines = [
      "report \(text(report["report"])): \(text(report["compared"])) numbers compared, "
        + "\(text(report["inStep"])) in step, \(text(report["inFlight"])) on their way, "
        + "\(text(report["drifted"])) drifted, \(text(report["open"])) open"
        + (report["dryRun"] as? Bool == true ? " (dry run: nothing was mended)" : "")
    ]
    if let refresh = report["refresh"] as? [String: Any] {
      lines.append("a refresh\(refresh["shrinkAllowed"] as? Bool == true ? ", shrink allowed" : "")")
    }
    for list in report["lists"] as? [[String: Any]] ?? [] {
      let asOf = list["asOf"].map { "as of \(text($0))" } ?? "of no stated time"
      lines.append("list of \(text(list["source"])), \(asOf): \(text(list["rows"])) rows")
    }
    lines += (report["failures"] as? [String] ?? []).map { "not looked at: \($0)" }
    guard !rows.isEmpty else { return lines.joined(separator: "\n") }
    var table = Columns()
    table.add("row", "key", "ours", "theirs", "class", "state")
    for row in rows.prefix(rowsMax) {
      let key = row["sku"].map { "\(text($0))/\(text(row["location"]))" } ?? text(row["source"])
      table.add(text(row["row"]), key, text(row["ours"]), text(row["theirs"]), text(row["class"]), text(row["state"]))
    }
    lines.append(table.text)
    if rows.count > rowsMax { lines.append("… \(rows.count - rowsMax) more: --out FILE.csv has all") }
    return lines.joined(separator: "\n")
  }

  private static func text(_ value: Any?) -> String {
    switch value {
    case let text as String: text
    case let number as NSNumber: number.stringValue
    default: ""
    }
  }
}

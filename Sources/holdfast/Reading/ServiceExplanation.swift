import Foundation
import InventoryEngine
import StockLedger

/// Explains a number by asking the service that has the journal open.
struct ServiceExplanation {
  /// The most changes that the service tells in one answer.
  private static let rowsMax = 1_000

  private let key: StockKey
  private let address: String
  private let headers: [String: String]

  init(of key: StockKey, at base: String, _ headers: [String: String]) {
    self.key = key
    let path = [key.sku, key.location].map(Self.encoded).joined(separator: "/")
    address = (base.hasSuffix("/") ? String(base.dropLast()) : base) + "/v1/stock/\(path)/explanation"
    self.headers = headers
  }

  /// The explanation as JSON; of more changes than one answer tells, page after page.
  func ask(_ moment: HistoryMoment?, last count: Int) async throws -> Data {
    var whole = try await page(moment.map(text), min(count, Self.rowsMax))
    while let through = Self.earlier(in: whole), Self.steps(of: whole).count < count {
      let older = try await page(through, min(count - Self.steps(of: whole).count, Self.rowsMax))
      whole["steps"] = Self.steps(of: older) + Self.steps(of: whole)
      whole["earlier"] = older["earlier"]
    }
    return try JSONSerialization.data(withJSONObject: whole, options: [.sortedKeys, .withoutEscapingSlashes])
  }

  private func page(_ at: String?, _ limit: Int) async throws -> [String: Any] {
    let moment = at.map { "&at=" + Self.encoded($0) } ?? ""
    let answer = try await HTTPAnswer.ask("\(address)?limit=\(limit)\(moment)", nil, headers: headers)
    guard let fields = try? JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any] else {
      throw Complaint("\(address) answered \(answer.status) without JSON", do: "is --url the address of the service?")
    }
    guard answer.status == 200 else { throw complaint(fields, answer) }
    guard fields["shop"] as? String == key.shop else {
      throw Complaint("the key opens another shop than \(key.shop)", do: "name a key of that shop with --token-file")
    }
    return fields
  }

  private func complaint(_ problem: [String: Any], _ answer: HTTPAnswer) -> Complaint {
    func text(_ name: String) -> String { problem[name] as? String ?? "" }
    switch answer.code {
    case "historyTrimmed": return .historyTrimmed(oldest: text("oldest"), at: text("oldestAt"))
    case "unauthorized", "missingScope":
      return Complaint(
        "\(answer.code): \(text("title"))", do: "name a key of the shop with the scope read: --token-file")
    default: return Complaint("\(answer.code): \(text("title")) (\(answer.status))", do: text("detail"))
    }
  }

  /// After which entry what came before the first step is asked for; nil where there is no more of it.
  private static func earlier(in page: [String: Any]) -> String? {
    guard let earlier = page["earlier"] as? [String: Any], earlier["trimmed"] as? Bool == false else { return nil }
    // Where an answer tells no step at all, asking again would not either.
    return steps(of: page).isEmpty ? nil : earlier["through"] as? String
  }

  private static func steps(of page: [String: Any]) -> [Any] { page["steps"] as? [Any] ?? [] }

  private func text(_ moment: HistoryMoment) -> String {
    switch moment {
    case .entry(let number): "\(key.shard)-\(number)"
    case .time(let time): time.description
    }
  }

  private static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
  }
}

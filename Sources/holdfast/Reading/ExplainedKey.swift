import Foundation
import StockLedger

/// An explanation as people read it, made from what programs read: the journal's and a service's are the same JSON.
struct ExplainedKey: Decodable {
  /// The terms of the formula.
  struct Numbers: Decodable {
    let onHand: Int64
    let allocated: Int64
    let pending: Int64
    let open: Int64
    let safetyBuffer: Int64
    let reserved: Int64

    /// What is left after all claims on the stock.
    var net: Int64 { onHand - allocated - pending - open - safetyBuffer - reserved }

    /// `120 on hand − 14 allocated − … = 87 available to sell`.
    var formula: String {
      let claims = Term.all.dropFirst().map { " − \(grouped(self[keyPath: $0.number])) \($0.words)" }.joined()
      let rest =
        net < 0
        ? "\(grouped(net)): 0 available to sell, \(grouped(-net)) units short" : "\(grouped(net)) available to sell"
      return "\(grouped(onHand)) on hand\(claims) = \(rest)"
    }
  }

  /// What was so before the first step.
  struct Earlier: Decodable {
    let through: String
    let changes: Int?
    let trimmed: Bool
    let availableToSell: Int64
    let numbers: Numbers

    private enum CodingKeys: CodingKey { case through, changes, trimmed, availableToSell }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      through = try fields.decode(String.self, forKey: .through)
      changes = try fields.decodeIfPresent(Int.self, forKey: .changes)
      trimmed = try fields.decode(Bool.self, forKey: .trimmed)
      availableToSell = try fields.decode(Int64.self, forKey: .availableToSell)
      numbers = try Numbers(from: decoder)
    }
  }

  /// One entry that changed a number.
  struct Step: Decodable {
    let entry: String?
    let at: String
    let words: String
    let changes: [String: Int64]
    let availableToSellBefore: Int64
    let availableToSellAfter: Int64
  }

  let shop: String
  let sku: String
  let location: String
  let at: String?
  let earlier: Earlier?
  let steps: [Step]
  let numbers: Numbers

  private enum CodingKeys: CodingKey { case shop, sku, location, at, earlier, steps }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    shop = try fields.decode(String.self, forKey: .shop)
    sku = try fields.decode(String.self, forKey: .sku)
    location = try fields.decode(String.self, forKey: .location)
    at = try fields.decodeIfPresent(String.self, forKey: .at)
    earlier = try fields.decodeIfPresent(Earlier.self, forKey: .earlier)
    steps = try fields.decode([Step].self, forKey: .steps)
    numbers = try Numbers(from: decoder)
  }
}

/// One term of the formula: its name in JSON, and in words.
private struct Term: Sendable {
  let name: String
  let words: String
  let number: any KeyPath<ExplainedKey.Numbers, Int64> & Sendable

  static let all = [
    Term(name: "onHand", words: "on hand", number: \.onHand),
    Term(name: "allocated", words: "allocated", number: \.allocated),
    Term(name: "pending", words: "pending", number: \.pending),
    Term(name: "open", words: "open", number: \.open),
    Term(name: "safetyBuffer", words: "safety buffer", number: \.safetyBuffer),
    Term(name: "reserved", words: "reserved", number: \.reserved),
  ]
}

// MARK: As text

extension ExplainedKey {
  /// What was so before, a line for each step, and the formula.
  var text: String {
    var parts = ["\(shop)/\(sku)/\(location)" + (at.map { " at \($0)" } ?? "")]
    if let earlier { parts.append(earlier.text) }
    if !steps.isEmpty { parts.append(table) }
    parts.append(numbers.formula)
    return parts.joined(separator: "\n\n")
  }

  /// Only terms that some step changed have a column.
  private var table: String {
    let terms = Term.all.filter { term in steps.contains { $0.changes[term.name] != nil } }
    var columns = Columns()
    columns.add(["time", "entry"] + terms.map(\.words) + ["change", "ATS"])
    for step in steps {
      columns.add(
        [step.at, step.entry ?? "due"] + terms.map { step.changes[$0.name].map(signed) ?? "" } + [
          signed(step.availableToSellAfter - step.availableToSellBefore), grouped(step.availableToSellAfter),
        ])
    }
    // The words are the last column, and no number: they begin where the others end.
    let lines = columns.text.split(separator: "\n")
    return zip(lines, ["what happened"] + steps.map(\.words)).map { "\($0)  \($1)" }.joined(separator: "\n")
  }
}

extension ExplainedKey.Earlier {
  fileprivate var text: String {
    var columns = Columns()
    for term in Term.all { columns.add("  " + term.words, grouped(numbers[keyPath: term.number])) }
    columns.add("  ATS", grouped(availableToSell))
    return "until entry \(through), \(words):\n\(columns.text)"
  }

  private var words: String {
    if trimmed { return "from records that are not kept any more (--archive, where they are archived)" }
    guard let changes else { return "summed up; --all shows every change" }
    return "\(grouped(changes)) changes, summed up; --all shows them"
  }
}

/// A change, with its sign.
private func signed(_ change: Int64) -> String { change > 0 ? "+" + grouped(change) : grouped(change) }

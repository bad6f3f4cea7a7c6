public import InventoryEngine
import StockLedger

/// What made a key's numbers, as a JSON object. The service and `holdfast explain` write the same.
public enum ExplanationJSON {
  /// The object of an explanation, on one line.
  ///
  /// - Parameter bytesMax: About how much its steps may take; the oldest that do not fit are summed up.
  public static func object(_ explanation: StockExplanation, upTo bytesMax: Int = .max) -> [UInt8] {
    let explanation = fitting(explanation, into: bytesMax)
    let key = explanation.stock.key
    return JSONWriter.object { json in
      json.field("shop", key.shop)
      Route.write(explanation.stock, to: &json)
      if let time = explanation.time { json.field("at", time) }
      if !explanation.earlier.isNothing { json.field("earlier") { write(explanation.earlier, to: &$0) } }
      json.array("steps") { json in
        for step in explanation.steps { json.object { json in write(step, of: key, to: &json) } }
      }
    }
  }

  /// The newest of the steps, as many as there is room for: one at least.
  private static func fitting(_ explanation: StockExplanation, into bytesMax: Int) -> StockExplanation {
    guard bytesMax < .max else { return explanation }
    var writer = JSONWriter()
    var count = 0
    for step in explanation.steps.reversed() where writer.bytes.count < bytesMax {
      writer.object { write(step, of: explanation.stock.key, to: &$0) }
      count += 1
    }
    return explanation.keeping(last: count)
  }

  private static func write(_ earlier: StockExplanation.Earlier, to json: inout JSONWriter) {
    write(earlier.numbers, to: &json)
    json.field("availableToSell", earlier.numbers.availableToSell)
    json.field("through", earlier.through.description)
    if let changes = earlier.changes { json.field("changes", Int64(changes)) }
    json.field("trimmed", earlier.isTrimmed)
  }

  private static func write(_ step: StockExplanation.Step, of key: StockKey, to json: inout JSONWriter) {
    EntryJSON.write(step.entry, key: key, at: step.place, to: &json)
    json.field("words", EntryWords.sentence(step.entry.body))
    json.field("changes") { json in
      for (name, number) in StockNumbers.fields {
        let change = step.after[keyPath: number] - step.before[keyPath: number]
        if change != 0 { json.field(name, change) }
      }
    }
    json.field("availableToSellBefore", step.before.availableToSell)
    json.field("availableToSellAfter", step.after.availableToSell)
  }

  private static func write(_ numbers: StockNumbers, to json: inout JSONWriter) {
    for (name, number) in StockNumbers.fields { json.field(name, numbers[keyPath: number]) }
  }
}

extension StockNumbers {
  /// The terms of the formula, in its order, by the names that they have in JSON.
  fileprivate static var fields: [(name: String, number: KeyPath<StockNumbers, Int64>)] {
    [
      ("onHand", \.onHand), ("allocated", \.allocated), ("pending", \.pending), ("open", \.open),
      ("safetyBuffer", \.safetyBuffer), ("reserved", \.reserved),
    ]
  }
}

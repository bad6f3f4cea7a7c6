import StockLedger

/// What a buyer asks and what the buyer is answered, as one line: how the process that will be killed tells its parent.
enum SaleNote: Hashable, Sendable {
  /// The question that an answer belongs to.
  enum Question: String, Hashable, Sendable {
    case count, hold, confirm
  }

  case asked(Question, buyer: Int, at: Timestamp)
  case accepted(Question, buyer: Int, Receipt, at: Timestamp)
  /// With the units that were available, where the refusal tells them; else 0.
  case refused(Question, buyer: Int, code: String, available: Int64, at: Timestamp)

  /// The note of an answer; nil where it is unknown, which is what no note says as well.
  init?(_ question: Question, buyer: Int, _ answer: Answer, at: Timestamp) {
    switch answer {
    case .accepted(let receipt): self = .accepted(question, buyer: buyer, receipt, at: at)
    case .refused(let refusal):
      var available: Int64 = 0
      if case .insufficientStock(let units) = refusal { available = units }
      self = .refused(question, buyer: buyer, code: refusal.code, available: available, at: at)
    case .unknown: return nil
    }
  }

  /// The line, without its end.
  var line: String {
    switch self {
    case .asked(let question, let buyer, let at): "? \(question.rawValue) \(buyer) \(at.milliseconds)"
    case .refused(let question, let buyer, let code, let available, let at):
      "- \(question.rawValue) \(buyer) \(at.milliseconds) \(code) \(available)"
    case .accepted(let question, let buyer, let receipt, let at):
      "+ \(question.rawValue) \(buyer) \(at.milliseconds) \(receipt.entry.shard) \(receipt.entry.number) "
        + "\(receipt.units) \(receipt.expiresAt.milliseconds) \(receipt.availableToSell) \(receipt.isDuplicate ? 1 : 0)"
    }
  }

  /// Reads a line; nil for half a line, which is all that a killed writer can leave.
  init?(line: some Collection<UInt8>) {
    let parts = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    guard parts.count >= 4, let question = Question(rawValue: parts[1]), let buyer = Int(parts[2]),
      let milliseconds = Int64(parts[3])
    else { return nil }
    let at = Timestamp(milliseconds: milliseconds)
    switch (parts[0], parts.count) {
    case ("?", 4): self = .asked(question, buyer: buyer, at: at)
    case ("-", 6):
      guard let available = Int64(parts[5]) else { return nil }
      self = .refused(question, buyer: buyer, code: parts[4], available: available, at: at)
    case ("+", 10):
      guard let shard = UInt8(parts[4]), let number = UInt64(parts[5]), let units = Int64(parts[6]),
        let expiresAt = Int64(parts[7]), let available = Int64(parts[8])
      else { return nil }
      let receipt = Receipt(
        units: units, expiresAt: Timestamp(milliseconds: expiresAt), availableToSell: available,
        entry: EntryNumber(shard: shard, number: number), isDuplicate: parts[9] == "1")
      self = .accepted(question, buyer: buyer, receipt, at: at)
    default: return nil
    }
  }
}

/// Somebody who hears every question before it is put and every answer after it came, in that order.
protocol SaleWitness: Sendable {
  func note(_ note: SaleNote)
}

/// Writes every note to the standard output at once: what is in the pipe survives the writer.
struct PipeWitness: SaleWitness {
  func note(_ note: SaleNote) { Console.put(note.line) }
}

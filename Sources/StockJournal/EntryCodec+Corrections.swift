import StockLedger

// Stored forms of corrections.

extension ByteWriter {
  mutating func write(_ correction: Correction) {
    invariant(correction.fieldOutOfRange == nil, "a correction in its range was accepted")
    write(correction.document)
    write(correction.report)
    write(byte: correction.reason.rawValue)
    correction.change.write(to: &self)
  }
}

extension ByteReader {
  mutating func readCorrection() throws(ByteError) -> Correction {
    let start = offset
    let correction = Correction(
      document: try readPresentIdentifier(), report: try readIdentifier(),
      reason: try readCase(CorrectionReason.self), change: try Correction.Change(from: &self))
    guard correction.fieldOutOfRange == nil else {
      throw ByteError(offset: start, expected: "a correction in its range")
    }
    return correction
  }
}

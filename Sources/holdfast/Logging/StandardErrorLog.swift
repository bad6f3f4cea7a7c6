import Foundation
import Logging
import StockLedger

/// Log lines on stderr, each written whole; secrets are never in them.
struct StandardErrorLog: LogHandler {
  let label: String
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  let format: LogFormat

  init(label: String, logLevel: Logger.Level = .error, format: LogFormat = .text) {
    self.label = label
    self.logLevel = logLevel
    self.format = format
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = LogLine(
      label: label, level: event.level, message: event.message.description,
      metadata: metadata.merging(event.metadata ?? [:]) { $1 })
    switch format {
    case .text: Console.complain(line.text)
    case .json: Console.write(line.json + "\n", to: 2)
    }
  }
}

/// What is logged at one moment, in the forms in which it is written.
struct LogLine: Sendable {
  var time = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
  var label: String
  var level: Logger.Level
  var message: String
  var metadata: Logger.Metadata = [:]

  /// What a log collector looks for by itself stands beside the message, everything else under `metadata`.
  private static let lifted = ["requestId", "traceId"]

  /// For people: the message, and what goes with it.
  var text: String {
    let fields = metadata.sorted { $0.key < $1.key }.map { "\($0.key): \(Redaction.value($0.value, of: $0.key))" }
    return Redaction.text(message) + (fields.isEmpty ? "" : " (" + fields.joined(separator: ", ") + ")")
  }

  /// For programs: one object.
  var json: String {
    var fields: [(String, JSONValue)] = [
      ("time", .string(time.description)),
      ("level", .string(level.rawValue)), ("label", .string(label)), ("message", .string(Redaction.text(message))),
    ]
    let values = metadata.sorted { $0.key < $1.key }.map { ($0.key, JSONValue(Redaction.value($0.value, of: $0.key))) }
    fields += values.filter { Self.lifted.contains($0.0) }
    let others = values.filter { !Self.lifted.contains($0.0) }
    if !others.isEmpty { fields.append(("metadata", .object(others))) }
    return JSONValue.object(fields).text
  }
}

extension JSONValue {
  /// A value of a log line's metadata; numbers stay numbers.
  fileprivate init(_ value: Logger.Metadata.Value) {
    switch value {
    case .string(let text): self = .string(text)
    case .stringConvertible(let number as any BinaryInteger): self = .integer(Int64(clamping: number))
    case .stringConvertible(let number as Double): self = number.isFinite ? .number(number) : .null
    case .stringConvertible(let value): self = .string(value.description)
    case .array(let values): self = .array(values.map { JSONValue($0) })
    case .dictionary(let fields):
      self = .object(fields.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })
    }
  }
}

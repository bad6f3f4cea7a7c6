import Tracing

/// Spans as the OpenTelemetry protocol writes them in JSON: what a collector's file receiver reads.
///
/// Source: opentelemetry-proto, trace/v1; numbers of 64 bits are strings there.
enum OTLP {
  /// A line that holds one span.
  static func line(span: JSONValue) -> String {
    let service: JSONValue = .object([
      ("key", .string("service.name")), ("value", .object([("stringValue", .string("holdfast"))])),
    ])
    let scope: JSONValue = .object([
      ("scope", .object([("name", .string("holdfast"))])), ("spans", .array([span])),
    ])
    let resource: JSONValue = .object([
      ("resource", .object([("attributes", .array([service]))])), ("scopeSpans", .array([scope])),
    ])
    return JSONValue.object([("resourceSpans", .array([resource]))]).text
  }

  static func number(of kind: SpanKind) -> Int64 {
    switch kind {
    case .internal: 1
    case .server: 2
    case .client: 3
    case .producer: 4
    case .consumer: 5
    }
  }

  static func value(_ status: SpanStatus?) -> JSONValue {
    guard let status else { return .object([]) }
    let code: (String, JSONValue) = ("code", .integer(status.code == .ok ? 1 : 2))
    return .object([code] + (status.message.map { [("message", .string($0))] } ?? []))
  }

  static func value(_ event: SpanEvent) -> JSONValue {
    .object([
      ("timeUnixNano", .string(String(event.nanosecondsSinceEpoch))), ("name", .string(event.name)),
      ("attributes", value(event.attributes)),
    ])
  }

  static func value(_ attributes: SpanAttributes) -> JSONValue {
    var pairs: [(String, JSONValue)] = []
    attributes.forEach { name, attribute in pairs.append((name, value(attribute))) }
    return .array(
      pairs.sorted { $0.0 < $1.0 }.map { .object([("key", .string($0.0)), ("value", $0.1)]) })
  }

  private static func value(_ attribute: SpanAttribute) -> JSONValue {
    switch attribute {
    case .int32(let number): .object([("intValue", .string(String(number)))])
    case .int64(let number): .object([("intValue", .string(String(number)))])
    case .double(let number): .object([("doubleValue", .number(number))])
    case .bool(let flag): .object([("boolValue", .boolean(flag))])
    case .string(let text): .object([("stringValue", .string(Redaction.text(text)))])
    default: .object([("stringValue", .string(Redaction.text("\(attribute)")))])
    }
  }
}

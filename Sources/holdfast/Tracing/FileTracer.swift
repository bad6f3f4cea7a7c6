import InventoryService
import Synchronization
import Tracing

/// A tracer that keeps spans in a file, each as a line of OTLP's JSON.
///
/// Traces and spans are named at random. A client that does not want its trace kept is heard: then nothing is written.
final class FileTracer: Tracer {
  typealias Span = FileSpan

  private let file: SpanFile

  init(_ file: SpanFile) { self.file = file }

  func startSpan<Instant: TracerInstant>(
    _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
  ) -> FileSpan {
    var context = context()
    let parent = context.traceParent
    let name = TraceParent(
      trace: parent?.trace ?? Self.name(words: 2), span: Self.name(words: 1), isSampled: parent?.isSampled ?? true)
    context.traceParent = name
    return FileSpan(
      name, parent: parent?.span, operationName, kind, context: context, start: instant().nanosecondsSinceEpoch,
      file: file)
  }

  func forceFlush() {}

  func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    context.traceParent = extractor.extract(key: "traceparent", from: carrier).flatMap { TraceParent($0) }
  }

  func inject<Carrier, Inject: Injector>(
    _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    if let name = context.traceParent { injector.inject(name.text, forKey: "traceparent", into: &carrier) }
  }

  /// Sixteen hexadecimal digits a word, none of them the name of nothing.
  private static func name(words: Int) -> String {
    (0..<words).map { _ in String(UInt64.random(in: 1 << 60 ... .max), radix: 16) }.joined()
  }
}

/// A span on its way to the file: it is there once it has ended.
final class FileSpan: Span {
  private struct State {
    var operationName: String
    var attributes: SpanAttributes = [:]
    var status: SpanStatus?
    var events: [SpanEvent] = []
    var hasEnded = false
  }

  let context: InstrumentationContext
  private let name: TraceParent
  private let parent: String?
  private let kind: SpanKind
  private let start: UInt64
  private let file: SpanFile
  private let state: Mutex<State>

  init(
    _ name: TraceParent, parent: String?, _ operationName: String, _ kind: SpanKind, context: InstrumentationContext,
    start: UInt64, file: SpanFile
  ) {
    self.name = name
    self.parent = parent
    self.kind = kind
    self.context = context
    self.start = start
    self.file = file
    state = Mutex(State(operationName: operationName))
  }

  var isRecording: Bool { name.isSampled && state.withLock { !$0.hasEnded } }

  var operationName: String {
    get { state.withLock { $0.operationName } }
    set { state.withLock { $0.operationName = newValue } }
  }

  var attributes: SpanAttributes {
    get { state.withLock { $0.attributes } }
    set { state.withLock { $0.attributes = newValue } }
  }

  func setStatus(_ status: SpanStatus) { state.withLock { $0.status = status } }

  func addEvent(_ event: SpanEvent) { state.withLock { $0.events.append(event) } }

  func recordError<Instant: TracerInstant>(
    _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
  ) {
    var attributes = attributes
    attributes["exception.message"] = Redaction.text("\(error)")
    addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
  }

  /// Other traces are not pointed at: nothing here joins two.
  func addLink(_ link: SpanLink) {}

  func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    let end = instant().nanosecondsSinceEpoch
    let state = state.withLock { state -> State? in
      defer { state.hasEnded = true }
      return state.hasEnded ? nil : state
    }
    if let state, name.isSampled { file.add(line(state, end: end)) }
  }

  private func line(_ state: State, end: UInt64) -> String {
    var fields: [(String, JSONValue)] = [("traceId", .string(name.trace)), ("spanId", .string(name.span))]
    if let parent { fields.append(("parentSpanId", .string(parent))) }
    fields += [
      ("name", .string(state.operationName)), ("kind", .integer(OTLP.number(of: kind))),
      ("startTimeUnixNano", .string(String(start))), ("endTimeUnixNano", .string(String(max(start, end)))),
      ("attributes", OTLP.value(state.attributes)), ("events", .array(state.events.map { OTLP.value($0) })),
      ("status", OTLP.value(state.status)),
    ]
    return OTLP.line(span: .object(fields))
  }
}

import ArgumentParser
import InventoryService
import Logging

/// What `serve` can be told about how it is watched.
struct ObservingOptions: ParsableArguments {
  @OptionGroup var log: LogOptions

  @Flag(name: .customLong("access-log"), help: "Log a line for every request, whatever --log-level says.")
  var logsAccess = false

  @Option(
    name: .customLong("trace-file"),
    help: "Append spans of every request to this file, as lines of OTLP's JSON; a client's traceparent is taken up.")
  var traceFile: String?

  /// Starts to watch as was asked.
  func start() throws(Complaint) -> Observing {
    let log = log.start()
    let spans: SpanFile?
    if let traceFile { spans = try SpanFile(path: traceFile, logger: log.logger()) } else { spans = nil }
    return Observing(
      log: log, accessLog: logsAccess ? log.logger("holdfast.access", level: .info) : nil, spans: spans)
  }
}

/// How a service is watched: its log, its metrics, its traces.
struct Observing: Sendable {
  var log = ProgramLog.quiet
  var metrics = PrometheusMetrics()
  /// Where requests are logged; nil where nobody asked for it.
  var accessLog: Logger?
  /// Where spans are kept; nil where nobody traces: then none is made.
  var spans: SpanFile?

  var tracer: FileTracer? { spans.map { FileTracer($0) } }

  /// Writes spans behind some work, and what is left of them when it is done.
  func keepingSpans<Result: Sendable>(_ work: () async throws -> Result) async throws -> Result {
    guard let spans else { return try await work() }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await spans.run() }
      defer { group.cancelAll() }
      return try await work()
    }
  }
}

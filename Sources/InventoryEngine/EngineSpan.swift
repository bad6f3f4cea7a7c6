import StockLedger
import Tracing

/// One step of the engine's in a trace. There is none where nobody traces: a hold then pays for three branches.
final class EngineSpan: Sendable {
  /// Turns of one batch that are traced: one of 10,000 keys would fill the file with itself.
  static let turnsMax = 16

  private let tracer: any Tracer
  private let span: any Span

  private init(_ tracer: any Tracer, _ span: any Span) {
    self.tracer = tracer
    self.span = span
  }

  /// The first step: of the request that the task works on.
  @inline(__always)
  static func start(_ name: String, with tracer: (any Tracer)?, commands: Int) -> EngineSpan? {
    guard let tracer else { return nil }
    let span = tracer.startAnySpan(name)
    span.attributes["holdfast.commands"] = commands
    return EngineSpan(tracer, span)
  }

  /// A step within this one.
  func step(_ name: String) -> EngineSpan { EngineSpan(tracer, tracer.startAnySpan(name, context: span.context)) }

  /// A keeper's turn: the hop to its actor, and the decision.
  func turn(_ key: StockKey) -> EngineSpan {
    let turn = step("keeper.turn")
    turn.span.attributes["holdfast.sku"] = key.sku
    turn.span.attributes["holdfast.location"] = key.location
    turn.span.attributes["holdfast.shard"] = key.shard
    return turn
  }

  func end() { span.end() }
}

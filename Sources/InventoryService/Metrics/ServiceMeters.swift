import HTTPTypes
import HummingbirdCore
import InventoryEngine
import Metrics
import StockLedger

/// What the service itself measures.
///
/// No label tells of a shop or a SKU: their number has no bound, and who may scrape need not know them.
final class ServiceMeters: Sendable {
  private struct RouteMethod: Hashable {
    let route: String
    let method: String
  }

  private struct RouteStatus: Hashable {
    let route: RouteMethod
    let status: Int
  }

  private struct TopicOutcome: Hashable {
    let topic: String
    let outcome: String
  }

  private struct KindOutcome: Hashable {
    let kind: CommandKind
    let outcome: CommandOutcome
  }

  let factory: PrometheusMetrics
  let listeners: Meter
  let webhooksUnjoined: Meter
  private let webhooks: InstrumentTable<TopicOutcome, Counter>
  private let requests: InstrumentTable<RouteStatus, Counter>
  private let durations: InstrumentTable<RouteMethod, Metrics.Timer>
  private let commands: InstrumentTable<KindOutcome, Counter>
  private let refusals: InstrumentTable<String, Counter>
  private let streamEnds: InstrumentTable<String, Counter>

  init(_ factory: PrometheusMetrics) {
    self.factory = factory
    listeners = factory.meter(.streamListeners)
    webhooksUnjoined = factory.meter(.webhooksUnjoined)
    webhooks = InstrumentTable { factory.counter(.webhooks, [("topic", $0.topic), ("outcome", $0.outcome)]) }
    requests = InstrumentTable {
      factory.counter(
        .requests, [("route", $0.route.route), ("method", $0.route.method), ("status", String($0.status))])
    }
    durations = InstrumentTable {
      factory.timer(.requestDuration, [("route", $0.route), ("method", $0.method)])
    }
    commands = InstrumentTable {
      factory.counter(.commands, [("kind", $0.kind.rawValue), ("outcome", $0.outcome.rawValue)])
    }
    refusals = InstrumentTable { factory.counter(.refusals, [("code", $0)]) }
    streamEnds = InstrumentTable { factory.counter(.streamEnds, [("reason", $0)]) }
    beginAtZero()
  }

  /// Shows what alarms ask for before it has ever happened: Prometheus sees no rise in a series that begins with 1, and
  /// so would miss the first time.
  private func beginAtZero() {
    for kind in [CommandKind.hold, .confirm, .release, .extend, .report, .cartHold, .cartConfirm] {
      commands[KindOutcome(kind: kind, outcome: .unknown)].increment(by: 0)
    }
    for route in Route.all {
      let asked = RouteMethod(route: route.path, method: route.method.rawValue)
      requests[RouteStatus(route: asked, status: 500)].increment(by: 0)
    }
    streamEnds["tooSlow"].increment(by: 0)
  }

  // MARK: Requests

  /// Methods that are told apart: a client can make up others without end.
  private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

  /// Notes a request that was answered.
  ///
  /// - Parameter route: Its template; nil where it leads nowhere.
  func note(_ method: HTTPRequest.Method, route: String?, status: Int, after duration: Duration) {
    let route = RouteMethod(
      route: route ?? "none", method: Self.methods.contains(method) ? method.rawValue : "other")
    requests[RouteStatus(route: route, status: status)].increment()
    durations[route].record(duration)
  }

  /// Notes a stream that the service ended.
  /// Notes a webhook that was answered. Topics that are not known are one: a client can make up others without end.
  func noteWebhook(topic: String, outcome: String) {
    webhooks[TopicOutcome(topic: topic, outcome: outcome)].increment()
  }

  func noteStreamEnd(_ reason: String) { streamEnds[reason].increment() }

  // MARK: Commands

  /// Notes the answers to commands, a batch's in one step per kind.
  func note(_ commands: [KeyedCommand], _ answers: [Answer]) {
    // A batch is mostly one kind with one outcome: what is alike in a row is counted in one step.
    var run: (kind: KindOutcome, count: Int)?
    for (command, answer) in zip(commands, answers) {
      let kind = KindOutcome(kind: command.command.kind, outcome: answer.outcome)
      if run?.kind != kind {
        if let run { self.commands[run.kind].increment(by: run.count) }
        run = (kind, 0)
      }
      run?.count += 1
      if let refusal = answer.refusal { refusals[refusal.code].increment() }
    }
    if let run { self.commands[run.kind].increment(by: run.count) }
  }

  /// Notes the answer to the end of a cart, or to its extension.
  func note(cart kind: CommandKind, _ answer: Answer) { note(kind, answer.outcome, answer.refusal) }

  /// Notes the answer to a cart's hold.
  func note(cart kind: CommandKind, _ answer: CartAnswer) {
    switch answer {
    case .held(let receipt): note(kind, receipt.isDuplicate ? .duplicate : .accepted, nil)
    case .refused(let refusal, _): note(kind, .refused, refusal)
    case .unknown: note(kind, .unknown, nil)
    }
  }

  private func note(_ kind: CommandKind, _ outcome: CommandOutcome, _ refusal: Refusal?) {
    commands[KindOutcome(kind: kind, outcome: outcome)].increment()
    if let refusal { refusals[refusal.code].increment() }
  }

  // MARK: The engine

  /// Takes over what the engine counts itself, for a text that is about to be written.
  func look(at engine: InventoryEngine) {
    let counters = engine.counters
    factory.total(.entries, counters.entries)
    factory.total(.journalBytes, counters.bytes)
    factory.total(.commits, counters.commits)
    factory.total(.shardFailures, counters.failures)
    factory.gauge(.keys, [("state", "active")]).record(counters.keepersActive)
    factory.gauge(.keys, [("state", "passive")]).record(counters.keysKnown - counters.keepersActive)
    factory.gauge(.commandsInFlight).record(counters.inFlight)
    factory.gauge(.commitWaiters).record(counters.waiting)
    factory.gauge(.storeAway).record(Double(counters.storeAwayFor) / 1_000)
    factory.gauge(.holdsLive).record(counters.holdsLive)
    factory.gauge(.shards).record(engine.ownedShards.count)
  }
}

/// What is asked of the engine, in the words of what is measured.
enum CommandKind: String, Sendable {
  case hold, confirm, release, extend, report, policy, repair, cartStep
  case cartHold, cartConfirm, cartRelease, cartExtend
}

/// How it ended, in the words of what is measured.
enum CommandOutcome: String, Sendable { case accepted, duplicate, refused, unknown }

extension Command {
  fileprivate var kind: CommandKind {
    switch self {
    case .hold: .hold
    case .confirm: .confirm
    case .release: .release
    case .extend: .extend
    case .report: .report
    case .setPolicy, .setScope: .policy
    case .freeFallen, .resetMark, .correct: .repair
    case .cart: .cartStep
    }
  }
}

extension Answer {
  fileprivate var outcome: CommandOutcome {
    switch self {
    case .accepted(let receipt): receipt.isDuplicate ? .duplicate : .accepted
    case .refused: .refused
    case .unknown: .unknown
    }
  }
}

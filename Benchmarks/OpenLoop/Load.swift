import NIOCore
import NIOHTTP1
import NIOPosix

/// The calls of one run and the connections that carry them. Everything happens on one loop.
final class Load {
  /// What is asked, and how often.
  struct Plan {
    let port: Int
    let token: String
    /// Calls a second.
    let rate: Int
    /// Calls in all.
    let count: Int
    let connectionsMax: Int
  }

  /// A call that was meant to be asked.
  struct Asked {
    let number: Int
    /// When it was meant to be asked.
    let at: NIODeadline
  }

  /// How long answers are waited for once nothing more is asked.
  private static let patience = TimeAmount.seconds(10)
  /// How often it is looked who is due.
  private static let tick = TimeAmount.milliseconds(1)

  let plan: Plan
  var tally = Tally()
  private let loop: any EventLoop
  private let bootstrap: ClientBootstrap
  private let over: EventLoopPromise<Void>
  private let begun = NIODeadline.now()
  private var asked = 0
  private var opened = 0
  private var idle: [Connection] = []
  private var waiting: CircularBuffer<Asked> = []
  private var ticker: RepeatedTask?

  init(plan: Plan, loop: any EventLoop) {
    self.plan = plan
    self.loop = loop
    bootstrap = ClientBootstrap(group: loop)
    over = loop.makePromise()
  }

  /// Starts asking.
  ///
  /// - Returns: Done when every call was answered, cut off, or waited for long enough.
  func start() -> EventLoopFuture<Void> {
    let own = NIOLoopBound(self, eventLoop: loop)
    ticker = loop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.tick) { _ in own.value.turn() }
    return over.futureResult
  }

  private func turn() {
    let now = NIODeadline.now()
    let due = Int((now - begun).nanoseconds) / 1_000 * plan.rate / 1_000_000
    while asked < min(due, plan.count) {
      let at = begun + .nanoseconds(Int64(asked) * 1_000_000_000 / Int64(plan.rate))
      ask(Asked(number: asked, at: at))
      asked += 1
    }
    guard asked == plan.count else { return }
    let isLate = now - begun > .nanoseconds(Int64(plan.count) * 1_000_000_000 / Int64(plan.rate)) + Self.patience
    guard tally.ended == plan.count || isLate else { return }
    ticker?.cancel()
    tally.unanswered = plan.count - tally.ended
    over.succeed()
  }

  private func ask(_ call: Asked) {
    if let connection = idle.popLast() { return connection.ask(call) }
    waiting.append(call)
    if opened < plan.connectionsMax { open() }
  }

  private func open() {
    opened += 1
    let own = NIOLoopBound(self, eventLoop: loop)
    bootstrap
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(Connection(own.value))
        }
      }
      .connect(host: "127.0.0.1", port: plan.port)
      .whenFailure { _ in own.value.opened -= 1 }
  }

  /// A connection has nothing to do.
  func rest(_ connection: Connection) {
    if let next = waiting.popFirst() { connection.ask(next) } else { idle.append(connection) }
  }

  /// A connection is gone, with the call that it carried.
  func lose(_ connection: Connection, _ call: Asked?) {
    opened -= 1
    idle.removeAll { $0 === connection }
    if call != nil { tally.cut += 1 }
    if !waiting.isEmpty && opened < plan.connectionsMax { open() }
  }
}

/// One connection: one call at a time.
final class Connection: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let load: Load
  private var context: ChannelHandlerContext?
  private var call: Load.Asked?
  private var head: HTTPResponseHead?

  init(_ load: Load) { self.load = load }

  func ask(_ call: Load.Asked) {
    guard let context else { return }
    self.call = call
    let body = ByteBuffer(
      string:
        #"{"sku":"sku-\#(call.number % 1_000)","location":"main","units":1,"reservation":"o-\#(call.at.uptimeNanoseconds)-\#(call.number)"}"#
    )
    var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/holds")
    head.headers.add(name: "Host", value: "127.0.0.1")
    head.headers.add(name: "Authorization", value: "Bearer \(load.plan.token)")
    head.headers.add(name: "Content-Type", value: "application/json")
    head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    load.rest(self)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body: break
    case .end:
      guard let head, let call else { return }
      self.call = nil
      load.tally.note(
        status: Int(head.status.code), hasRetryAfter: head.headers.contains(name: "Retry-After"),
        after: NIODeadline.now() - call.at)
      if head.isKeepAlive { load.rest(self) } else { context.close(promise: nil) }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    load.lose(self, call)
    call = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

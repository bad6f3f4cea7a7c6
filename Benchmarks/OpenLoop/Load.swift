import NIOCore
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

  var tally = Tally()
  /// What each request begins with, up to its length.
  let head: String
  /// What no other run calls its reservations.
  let name: UInt64
  private let plan: Plan
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
    name = begun.uptimeNanoseconds
    head = [
      "POST /v1/holds HTTP/1.1", "Host: 127.0.0.1", "Authorization: Bearer \(plan.token)",
      "Content-Type: application/json", "Content-Length: ",
    ].joined(separator: "\r\n")
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
///
/// It writes and reads the bytes of HTTP itself: a whole client would take more of the machine than the service does,
/// and what is measured is the service.
final class Connection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let load: Load
  private var context: ChannelHandlerContext?
  private var call: Load.Asked?
  private var answer = ByteBuffer()

  init(_ load: Load) { self.load = load }

  func ask(_ call: Load.Asked) {
    guard let context else { return }
    self.call = call
    let reservation = "o-\(load.name)-\(call.number)"
    let body = #"{"sku":"sku-\#(call.number % 1_000)","location":"main","units":1,"reservation":"\#(reservation)"}"#
    var request = context.channel.allocator.buffer(capacity: 512)
    request.writeString(load.head)
    request.writeString("\(body.utf8.count)\r\n\r\n\(body)")
    context.writeAndFlush(wrapOutboundOut(request), promise: nil)
  }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    load.rest(self)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    answer.writeBuffer(&bytes)
    guard let call, let heard = Heard(answer) else { return }
    answer.clear()
    self.call = nil
    load.tally.note(status: heard.status, hasRetryAfter: heard.hasRetryAfter, after: NIODeadline.now() - call.at)
    if heard.closes { context.close(promise: nil) } else { load.rest(self) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    load.lose(self, call)
    call = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// What is looked at of an answer of our own service: the status, three fields, and where it ends.
private struct Heard {
  var status = 0
  var hasRetryAfter = false
  var closes = false

  /// Nil where more of it is to come.
  init?(_ answer: ByteBuffer) {
    let bytes = answer.readableBytesView
    var length = 0
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = bytes[start..<end]
      if line.count <= 1 {
        guard bytes.endIndex - end - 1 >= length else { return nil }
        return
      }
      switch line.first {
      case UInt8(ascii: "H") where start == bytes.startIndex: status = Self.number(line.dropFirst(9).prefix(3))
      case UInt8(ascii: "C"), UInt8(ascii: "c"):
        let text = String(decoding: line, as: UTF8.self).lowercased()
        if text.hasPrefix("content-length:") { length = Self.number(line.dropFirst(15)) }
        if text.hasPrefix("connection: close") { closes = true }
      case UInt8(ascii: "R"), UInt8(ascii: "r"):
        hasRetryAfter = hasRetryAfter || String(decoding: line, as: UTF8.self).lowercased().hasPrefix("retry-after:")
      default: break
      }
      start = end + 1
    }
    return nil
  }

  /// The digits of a text as a number.
  private static func number(_ text: some Sequence<UInt8>) -> Int {
    text.reduce(0) { (48...57).contains($1) ? $0 * 10 + Int($1 - 48) : $0 }
  }
}

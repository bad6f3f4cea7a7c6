import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Watches one connection for what no request by itself can see: that a body comes too slowly, that a client goes on
/// sending after its answer, that nobody asks anything, that more is asked than can be answered in time.
///
/// A request that came whole costs no timer: a deadline is set only where the end of a body is still to come when
/// everything that was there has been read.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// What is thrown to whoever awaits the body.
  struct BodyTooSlow: Error {}

  private let idle: IdleConnections
  private let waiting: WaitingRequests
  private let meters: ServiceMeters
  private let bodyPatience: TimeAmount
  private let surplusMax: Int
  private var place: IdleConnections.Place?
  private var deadline: Scheduled<Void>?
  /// Requests whose heads were read and whose answers have not left.
  private var answersOwed = 0
  /// Those of them that are counted as waiting.
  private var counted = 0
  /// True from the head of a request that was sent away to its end.
  private var isPassing = false
  /// True where the answer has no end that is waited for.
  private var isEndless = false
  /// True from a request's head to its end.
  private var isReading = false
  /// True where the body is taken piece by piece: its sender is waited for only when more of it is asked for.
  private var isStream = false
  /// Bytes of a body that came after its answer had left.
  private var surplus = 0

  init(idle: IdleConnections, waiting: WaitingRequests, settings: ServiceSettings, meters: ServiceMeters) {
    self.idle = idle
    self.waiting = waiting
    self.meters = meters
    bodyPatience = .nanoseconds(Int64(settings.bodyPatience / .nanoseconds(1)))
    surplusMax = settings.bodyMax
  }

  func handlerAdded(context: ChannelHandlerContext) { rest(context) }

  func handlerRemoved(context: ChannelHandlerContext) {
    wake()
    endDeadline()
    waiting.remove(counted)
    counted = 0
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      wake()
      surplus = 0
      isReading = true
      isPassing = answersOwed == 0 && waiting.isFull && (head.path ?? "").hasPrefix("/v1/")
      if isPassing { return sendAway(head, context) }
      isEndless = (head.path ?? "").hasPrefix("/v1/stream")
      isStream = Route.isStream(head.path ?? "")
      answersOwed += 1
    case .body(let bytes):
      if isStream { endDeadline() }
      if answersOwed == 0 { surplus += bytes.readableBytes }
    case .end:
      isReading = false
      endDeadline()
      if answersOwed == 0 { rest(context) }
      if counted < answersOwed && !isEndless {
        counted += 1
        waiting.add()
      }
    }
    if !isPassing { context.fireChannelRead(data) }
    // Its client has been told long ago: what it still sends is not read to the end.
    if surplus > surplusMax { context.close(promise: nil) }
  }

  /// Answers that too much is asked: where requests queue up, a refusal must cost little.
  private func sendAway(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
    let name = Envelope.name(of: head.headerFields)
    let reply = Problem.overloaded.reply(requestID: name)
    var response = HTTPResponse(status: reply.status, headerFields: reply.fields)
    response.headerFields[.requestID] = name
    response.headerFields[.contentLength] = String(reply.body.count)
    context.write(wrapOutboundOut(.head(response)), promise: nil)
    if head.method != .head {
      context.write(wrapOutboundOut(.body(context.channel.allocator.buffer(bytes: reply.body))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    meters.note(head.method, route: nil, status: reply.status.code, after: .zero)
    if head.headerFields[.connection]?.lowercased() == "close" { context.close(promise: nil) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if isReading && !isStream && deadline == nil { setDeadline(context) }
    context.fireChannelReadComplete()
  }

  func read(context: ChannelHandlerContext) {
    if isReading && isStream && deadline == nil { setDeadline(context) }
    context.read()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) {
      answersOwed -= 1
      if counted > answersOwed {
        counted -= 1
        waiting.remove(1)
      }
      if answersOwed == 0 && !isReading { rest(context) }
    }
    context.write(data, promise: promise)
  }

  private func rest(_ context: ChannelHandlerContext) {
    if place == nil { place = idle.add(context.channel) }
  }

  private func wake() {
    if let place { idle.remove(place) }
    place = nil
  }

  private func setDeadline(_ context: ChannelHandlerContext) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: bodyPatience) { [self] in
      deadline = nil
      switch answersOwed {
      case 0: context.close(promise: nil)
      case 1: context.fireErrorCaught(BodyTooSlow())
      // Earlier requests of the connection are still being answered: nothing is read meanwhile.
      default: setDeadline(context)
      }
    }
  }

  private func endDeadline() {
    deadline?.cancel()
    deadline = nil
  }
}

@available(*, unavailable)
extension ConnectionWatch: Sendable {}

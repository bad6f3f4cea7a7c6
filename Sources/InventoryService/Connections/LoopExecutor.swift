import HummingbirdCore
import Logging
import NIOCore

/// Runs tasks on the thread of an event loop.
final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Connections whose requests are read, decided and answered on the connection's own thread, where the pool of tasks
/// would take them over and hand them back.
///
/// What takes long does not belong there: every connection of that thread would wait (docs/decisions/0034).
struct LoopBound<Base: ServerChildChannel>: ServerChildChannel {
  typealias Value = Base.Value

  private let base: Base
  private let executors: [ObjectIdentifier: LoopExecutor]

  /// - Parameter loops: Where connections live.
  init(_ base: Base, on loops: any EventLoopGroup) {
    self.base = base
    executors = Dictionary(
      uniqueKeysWithValues: loops.makeIterator().map { (ObjectIdentifier($0), LoopExecutor($0)) })
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
    base.setup(channel: channel, logger: logger)
  }

  func handle(value: Base.Value, logger: Logger) async {
    await withTaskExecutorPreference(executors[ObjectIdentifier(value.channel.eventLoop)]) {
      await base.handle(value: value, logger: logger)
    }
  }
}

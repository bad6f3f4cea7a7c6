import NIOCore
import NIOPosix

/// Runs tasks on event loops: on the one whose thread made a task ready, else on any.
///
/// A request is then read, decided and answered on one thread, where the pool of tasks would hand it over twice. What
/// takes long does not belong here: it would keep every connection of its loop waiting (docs/decisions/0034).
final class LoopExecutor: TaskExecutor {
  private let loops: MultiThreadedEventLoopGroup

  init(_ loops: MultiThreadedEventLoopGroup) { self.loops = loops }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? loops.next()
    loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

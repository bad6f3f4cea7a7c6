import Synchronization

/// Whether the service is on its way out: what `/readyz` must say before anything else stops.
final class ServiceStanding: Sendable {
  private let hasStopped = Atomic<Bool>(false)

  var isStopping: Bool { hasStopped.load(ordering: .relaxed) }

  func stop() { hasStopped.store(true, ordering: .relaxed) }
}

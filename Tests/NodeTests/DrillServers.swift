import Foundation
import RedisRig

/// The Redis of a drill: a primary, and perhaps its replica, which take each other's place.
final class DrillServers {
  private var primary: RedisServer
  private var replica: RedisServer?
  /// How the nodes name them, whichever is the primary.
  let address: String

  /// Starts them, the replica in step.
  static func start(hasReplica: Bool, refusesAlone: Bool) async throws -> DrillServers {
    let primary = try await RedisServer.start()
    guard hasReplica else { return DrillServers(primary, nil) }
    let replica = try await RedisServer.start()
    try replica.replicaOf(primary)
    try await replica.waitSynced(with: primary)
    let servers = DrillServers(primary, replica)
    for server in [primary, replica] {
      if refusesAlone { try server.ask("CONFIG", "SET", "min-replicas-to-write", "1") }
      // Kept for the next start: who follows whom, and who refuses.
      try server.ask("CONFIG", "REWRITE")
    }
    return servers
  }

  private init(_ primary: RedisServer, _ replica: RedisServer?) {
    self.primary = primary
    self.replica = replica
    address = "redis://127.0.0.1:\(primary.port)" + (replica.map { ",127.0.0.1:\($0.port)" } ?? "")
  }

  /// Has a fault, and mends it.
  func suffer(_ fault: DrillPlan.ServerFault) async throws {
    switch fault {
    case .pausePrimary(let time):
      primary.pause()
      try await pause(time)
      primary.resume()
    case .killPrimary(let time):
      if replica == nil {
        primary.kill()
        try await pause(time)
        try await primary.restart()
      } else {
        try await failOver(down: time)
      }
    case .killReplica(let time):
      replica?.kill()
      try await pause(time)
      try await replica?.restart()
      try await replica?.waitSynced(with: primary)
    }
  }

  /// An operator promotes a replica that is in step, and makes the old primary its replica before it comes back.
  private func failOver(down time: Int) async throws {
    guard let replica else { return }
    try await replica.waitSynced(with: primary)
    primary.kill()
    try await pause(time)
    try replica.promote()
    try replica.ask("CONFIG", "REWRITE")
    let former = primary
    (primary, self.replica) = (replica, former)
    try await former.restart(asReplicaOf: primary)
    try await former.waitSynced(with: primary)
  }
}

/// Lets milliseconds pass.
func pause(_ milliseconds: Int) async throws { try await Task.sleep(for: .milliseconds(milliseconds)) }

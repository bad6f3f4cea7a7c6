import Foundation
import RedisRig
import Testing

/// One round: nodes and their Redis suffer what a seed says while clients shop, all is healed, and the books must
/// agree.
struct Drill {
  private let plan: DrillPlan
  private let servers: DrillServers
  private let ring: NodeRing
  private let log = DrillLog()

  /// Starts servers and nodes, and counts what there is.
  static func start(_ plan: DrillPlan) async throws -> Drill {
    let servers = try await DrillServers.start(hasReplica: plan.hasReplica, refusesAlone: plan.refusesAlone)
    let replicas = plan.hasReplica ? ["--redis-replicas", "1"] : []
    let ring = try await NodeRing.start(
      plan.nodes, on: servers.address, lease: DrillPlan.lease, arguments: replicas)
    for (sku, units) in plan.counted.sorted(by: { $0.key < $1.key }) {
      #expect(try await ring.settle(.count(sku, units)).isAccepted)
    }
    return Drill(plan: plan, servers: servers, ring: ring)
  }

  private init(plan: DrillPlan, servers: DrillServers, ring: NodeRing) {
    self.plan = plan
    self.servers = servers
    self.ring = ring
  }

  /// Goes through the round.
  ///
  /// - Returns: What was seen, for people.
  func run() async throws -> String {
    try await shopUnderFire()
    try await ring.revive()
    for (name, ask) in log.open { log.note(try await ring.settle(ask), to: name) }
    // What a frozen node said to a client that had gone is an acknowledgement too.
    for answer in ring.late { log.note(answer, to: answer.askedAs) }
    try await check()
    return log.summary
  }

  private func shopUnderFire() async throws {
    let end = ScratchFlag()
    let skus = plan.counted.keys.sorted()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, chance) in plan.clients.enumerated() {
        let client = DrillClient(number: number, ring: ring, log: log, skus: skus)
        group.addTask { await client.run(chance, until: end) }
      }
      let deadline = ContinuousClock.now + .milliseconds(plan.length)
      group.addTask { [plan, ring] in
        for step in plan.nodeFaults where ContinuousClock.now < deadline {
          try await pause(step.after)
          try await ring.suffer(step.fault)
        }
      }
      // Where something fails too: clients do not stop by themselves.
      defer { end.raise() }
      for step in plan.serverFaults where ContinuousClock.now < deadline {
        try await pause(step.after)
        try await servers.suffer(step.fault)
      }
      try await Task.sleep(until: deadline)
      end.raise()
      try await group.waitForAll()
    }
  }

  private func check() async throws {
    let verified = try await Holdfast.run("verify", "--store", ring.store)
    #expect(verified.ending == .exited(0), "\(verified.out)\(verified.errors)")
    var books = try await books()
    books.compare(with: log.all)
    #expect(books.faults.isEmpty, "\(books.faults.joined(separator: "\n"))")
    // What was about to expire is gone by now or soon; then the nodes' numbers are the journal's.
    try await until("the nodes show what the journal says") {
      let books = try await self.books()
      for sku in plan.counted.keys {
        let shown = try await ring.settle(.stock(sku)).availableToSell
        if shown != books.availableToSell(sku) { return false }
      }
      return true
    }
  }

  private func books() async throws -> DrillBooks {
    let tail = try await Holdfast.run("tail", "--store", ring.store)
    #expect(tail.ending == .exited(0), "\(tail.errors)")
    return DrillBooks(tail.objects, counted: plan.counted)
  }
}

extension NodeRing {
  /// Has a fault, and mends it.
  func suffer(_ fault: DrillPlan.NodeFault) async throws {
    switch fault {
    case .kill(let number, let time):
      self[number].kill()
      try await pause(time)
      try restart(number)
    case .terminate(let number, let time):
      self[number].terminate()
      try check(self[number], ended: try await self[number].end())
      try await pause(time)
      try restart(number)
    case .freeze(let number, let time):
      self[number].pause()
      try await pause(time)
      self[number].resume()
    }
  }

  /// Starts what did not come up while Redis was away, as a supervisor would, until every node owns its home.
  func revive() async throws {
    try await until("every node is there and owns its home") {
      for node in all {
        guard let ending = node.ending else { continue }
        try check(node, ended: ending)
        try restart(node.number)
      }
      return all.allSatisfy { $0.owned == home(of: $0.number) }
    }
  }

  /// A node may end where it was asked to, which it may be before it listens for that, and at its start or stop where
  /// Redis is away.
  private func check(_ node: NodeProcess, ended ending: ChildProcess.Ending) throws {
    let isAway = node.complaints.last?.contains("the store is away") ?? false
    let isExpected = [.exited(143), .killed(SIGTERM)].contains(ending) || (ending == .exited(1) && isAway)
    guard isExpected else {
      throw RedisServer.Missing(
        words: "node \(node.number) ended, \(ending): \(node.complaints.joined(separator: "; "))")
    }
  }
}

import Foundation
import RedisRig
import Synchronization

/// Several nodes on one Redis, with short leases; node i of n is started, ended and started again by its number.
final class NodeRing: Sendable {
  /// How many nodes there are, dead ones included.
  let count: Int
  /// How the nodes name their Redis.
  let store: String
  private let arguments: [String]
  private let environment: [String: String]
  private let nodes = Mutex<[NodeProcess]>([])
  /// Those that ended: what they said last may still be asked for.
  private let former = Mutex<[NodeProcess]>([])

  /// Starts nodes that share a Redis, and waits until each owns what is at home there.
  ///
  /// - Parameters:
  ///   - lease: Milliseconds; short, so that takeovers come soon.
  ///   - arguments: More arguments of every node.
  static func start(
    _ count: Int, on store: String, lease: Int = 1_500, arguments: [String] = [], environment: [String: String] = [:]
  ) async throws -> NodeRing {
    let shared = ["--store", store, "--nodes", "\(count)", "--lease", "\(lease)"]
    let ring = NodeRing(count, store: store, arguments: shared + arguments, environment)
    try await ring.startAll()
    return ring
  }

  private init(_ count: Int, store: String, arguments: [String], _ environment: [String: String]) {
    self.count = count
    self.store = store
    self.arguments = arguments
    self.environment = environment
  }

  private func startAll() async throws {
    for number in 1...count {
      let node = try launch(number, creates: number == 1)
      nodes.withLock { $0.append(node) }
      // The first makes the store that the others find.
      if number == 1 { try await until("the store is made") { !node.owned.isEmpty || node.hasEnded } }
    }
    try await settled()
  }

  private func launch(_ number: Int, creates: Bool = false) throws -> NodeProcess {
    try NodeProcess(
      number, ["--node", "\(number)"] + arguments + (creates ? ["--create"] : []), environment: environment)
  }

  /// All nodes, in their order.
  var all: [NodeProcess] { nodes.withLock { $0 } }

  /// Answers of all nodes that came after who asked had gone.
  var late: [NodeAnswer] { (former.withLock { $0 } + all).flatMap(\.late) }

  /// A node by its number, from 1.
  subscript(number: Int) -> NodeProcess { nodes.withLock { $0[number - 1] } }

  /// Starts a node again, after its end.
  func restart(_ number: Int) throws {
    let node = try launch(number)
    let ended = nodes.withLock { nodes in
      defer { nodes[number - 1] = node }
      return nodes[number - 1]
    }
    former.withLock { $0.append(ended) }
  }

  /// The shards that are at home at a node.
  func home(of number: Int) -> Set<Int> { Set((0..<256).filter { $0 % count == number - 1 }) }

  /// Waits until each node owns what is at home there.
  func settled() async throws {
    try await until("every node owns what is at home there") {
      for node in all where node.hasEnded {
        throw RedisServer.Missing(words: "node \(node.number) has ended: \(node.complaints.joined(separator: "; "))")
      }
      return all.allSatisfy { $0.owned == home(of: $0.number) }
    }
  }

  /// Asks whoever owns the key until the answer is one that stays.
  func settle(_ ask: Ask) async throws -> NodeAnswer {
    var number = 1
    var found: NodeAnswer?
    try await until("\(ask) is answered for good") {
      let answer = await self[number].ask(ask, patience: .seconds(5))
      if answer?.isFinal ?? false {
        found = answer
        return true
      }
      number = answer?.ownerNumber ?? number % count + 1
      return false
    }
    guard let found else { throw NeverHappened(what: "an answer to \(ask)") }
    return found
  }
}

extension NodeAnswer {
  /// True where to ask again would not help.
  var isFinal: Bool {
    switch answer {
    case "accepted", "stock", "malformed": true
    case "refused": !["elsewhere", "storeUnavailable", "overloaded", "stopping"].contains(reason)
    default: false
    }
  }
}

extension RedisServer {
  /// How a node names it.
  var address: String { "redis://127.0.0.1:\(port)" }
}

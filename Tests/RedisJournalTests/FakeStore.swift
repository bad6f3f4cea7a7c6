import Foundation
import Logging
import RedisJournal
import RedisRig
import StockJournal
import Synchronization

/// A server that passes for an empty store and takes every claim, append and renewal, but for the words that a test
/// has it say instead.
final class FakeStore: Sendable {
  private let fake: FakeRedis
  private let state = Mutex(State())

  private struct State {
    var words: [String: [String]] = [:]
    var calls: [String: Int] = [:]
  }

  /// Where to connect to.
  var port: UInt16 { fake.port }

  init() throws {
    fake = try FakeRedis([
      "ROLE": Self.list("master", "0", ""), "TIME": Self.list("1700000000", "0"),
      "INFO": .line("$19\r\nredis_version:7.0.0"),
    ])
    fake.set("CONFIG", .of { Self.setting($0[2]) })
    fake.set("HMGET", .of { Self.row($0[1]) })
    fake.set("SCRIPT", .of { .line("+" + Self.name(ofScript: $0[2])) })
    fake.set("EVALSHA", .of { [weak self] in self?.answer(to: $0) ?? .hangUp })
  }

  /// Says a line, without its `-`, to the next call of a script.
  func say(_ line: String, to script: String) { state.withLock { $0.words[script, default: []].append(line) } }

  /// How often a script was called.
  func calls(of script: String) -> Int { state.withLock { $0.calls[script, default: 0] } }

  /// How often scripts were loaded: once a connection.
  var loads: Int { fake.heard.filter { $0[0] == "SCRIPT" && Self.name(ofScript: $0[2]) == "append" }.count }

  /// Opens a journal on several of them, the first one first.
  static func journal(
    on stores: FakeStore..., change: (inout RedisJournal.Options) -> Void = { _ in }
  ) async throws -> RedisJournal {
    var options = RedisJournal.Options()
    change(&options)
    let address = try RedisAddress("redis://" + stores.map { "127.0.0.1:\($0.port)" }.joined(separator: ","))
    return try await RedisJournal.open(address, options: options, logger: Logger(label: "test") { _ in SilentLog() })
  }

  // MARK: Answers

  private func answer(to command: [String]) -> FakeRedis.Answer {
    let script = command[1]
    let word = state.withLock { state -> String? in
      state.calls[script, default: 0] += 1
      guard state.words[script]?.isEmpty == false else { return nil }
      return state.words[script]?.removeFirst()
    }
    if let word { return .line("-" + word) }
    // The renewal by which a journal finds out at its start whether it may run scripts.
    return script == "renew" && command[4].isEmpty ? Self.list("FENCED", "0", "") : Self.list("OK")
  }

  private static func setting(_ name: String) -> FakeRedis.Answer {
    let values = ["appendonly": "yes", "appendfsync": "always", "maxmemory": "0", "min-replicas-to-write": "0"]
    return list(name, values[name] ?? "noeviction")
  }

  private static func row(_ key: String) -> FakeRedis.Answer {
    let zero = String(repeating: "0", count: 32)
    return key == "hf:meta" ? list("1", "256", "0") : list("0", zero, "", "", "0", zero, "0", "0")
  }

  /// What the script is, by what only it says.
  private static func name(ofScript text: String) -> String {
    let marks = [
      ("CHANGED", "claim"), ("BACK", "load"), ("THERE", "initialise"), ("MISSING", "name"), ("XTRIM", "trim"),
      ("PUBLISH", "publish"), ("HINCRBY", "release"), ("XADD", "append"),
    ]
    return marks.first { text.contains($0.0) }?.1 ?? "renew"
  }

  private static func list(_ parts: String...) -> FakeRedis.Answer {
    .line("*\(parts.count)\r\n" + parts.map { "$\($0.utf8.count)\r\n\($0)" }.joined(separator: "\r\n"))
  }
}

/// Waits for what another thread does.
func until(_ what: String, _ isDone: () async throws -> Bool) async throws {
  for _ in 0..<2_000 {
    if try await isDone() { return }
    try await Task.sleep(for: .milliseconds(5))
  }
  throw RedisServer.Missing(words: "\(what): not within ten seconds")
}

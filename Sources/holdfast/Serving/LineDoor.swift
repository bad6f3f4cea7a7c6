import Foundation
import InventoryEngine
import StockLedger

/// Commands as JSON lines on stdin, answers as JSON lines on stdout: the node's door for pipes and tests.
///
/// Lines that arrive together are one batch; answers come in any order, told apart by the command's `ref`.
struct LineDoor: Sendable {
  private let engine: InventoryEngine

  init(engine: InventoryEngine) { self.engine = engine }

  /// Serves until the flag is raised, then answers what was asked; the end of stdin only ends the commands. Cancelled,
  /// it ends as it does by the flag. The engine bounds what is in flight: past that a command is answered `overloaded`.
  func serve(_ flag: StopFlag) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await serveAll() }
      group.addTask { await flag.wait() }
      await group.next()
      // At the end of stdin the second still waits; raised, the first must not.
      if flag.isRaised { group.cancelAll() }
      await group.waitForAll()
    }
  }

  private func serveAll() async {
    await withDiscardingTaskGroup { group in
      for await batch in PipeLines.batches(of: FileHandle.standardInput.fileDescriptor) {
        group.addTask { await answer(batch) }
      }
    }
  }

  private func answer(_ lines: [ArraySlice<UInt8>]) async {
    var requests: [LineRequest] = []
    var text = ""
    for line in lines {
      switch LineRequest.read(line) {
      case .success(let request): requests.append(request)
      case .failure(let error): text += error.json.text + "\n"
      }
    }
    var commands: [(ref: JSONValue, command: KeyedCommand)] = []
    for request in requests {
      switch request.ask {
      case .command(let command): commands.append((request.ref, command))
      case .stock(let key): text += await stock(key, request.ref).text + "\n"
      }
    }
    let answers = await engine.submit(commands.map(\.command))
    for (asked, answer) in zip(commands, answers) { text += json(answer, asked.ref, asked.command.key).text + "\n" }
    Console.putRaw(text)
  }

  private func stock(_ key: StockKey, _ ref: JSONValue) async -> JSONValue {
    guard let view = await engine.stock(key) else { return elsewhere(key, ref) }
    return .object([
      ("ref", ref), ("answer", .string("stock")), ("availableToSell", .integer(view.availableToSell)),
      ("reserved", .integer(view.numbers.reserved)), ("entry", JSONValue(view.entry)), ("age", .integer(view.age)),
    ])
  }

  private func elsewhere(_ key: StockKey, _ ref: JSONValue) -> JSONValue {
    .object([
      ("ref", ref), ("answer", .string("refused")), ("reason", .string("elsewhere")),
      ("owner", engine.owner(of: key.shard).map { .string($0) } ?? .null),
    ])
  }

  private func json(_ answer: Answer, _ ref: JSONValue, _ key: StockKey) -> JSONValue {
    switch answer {
    case .accepted(let receipt):
      return .object([
        ("ref", ref), ("answer", .string("accepted")), ("entry", JSONValue(receipt.entry)),
        ("units", .integer(receipt.units)), ("availableToSell", .integer(receipt.availableToSell)),
        ("duplicate", .boolean(receipt.isDuplicate)),
      ])
    case .refused(.elsewhere): return elsewhere(key, ref)
    case .refused(let refusal):
      var fields: [(String, JSONValue)] = [
        ("ref", ref), ("answer", .string("refused")), ("reason", .string(refusal.code)),
      ]
      if let retryAfter = refusal.retryAfter { fields.append(("retryAfter", .integer(retryAfter))) }
      return .object(fields)
    case .unknown: return .object([("ref", ref), ("answer", .string("unknown"))])
    }
  }
}

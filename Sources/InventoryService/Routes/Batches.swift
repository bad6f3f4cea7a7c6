import ChannelIntake
import HTTPTypes
import InventoryEngine
import StockLedger

/// Many commands at once: one turn per key and one sync for all of them.
extension Route {
  static let batches = [Route(.post, "/v1/commands", .anyBearer, batch)]

  private static func batch(_ call: Call) async throws -> Reply {
    let bytes = try await call.body(upTo: call.settings.batchBodyMax)
    let isArray = bytes.first { !$0.isSpace } == UInt8(ascii: "[")
    var batch = Batch(call)
    if isArray { try batch.read(elementsOf: bytes) } else { try batch.read(linesOf: bytes) }
    try call.spend(batch.count - 1)
    await batch.makeRoom()
    let answers = await call.submit(batch.asked.map(\.command.keyed))
    call.note(batch.reports(answers))
    // An answer is about twice as long as its line.
    var json = JSONWriter(capacity: 2 * bytes.count + 64)
    guard isArray else {
      batch.write(answers) { write in json.line(write) }
      return Reply(json: json.bytes, type: "application/jsonl")
    }
    json.object { json in
      json.array("answers") { json in batch.write(answers) { write in json.object(write) } }
    }
    return Reply(json: json.bytes)
  }
}

/// The lines of one request: those that can be asked, and what is wrong with the others.
private struct Batch {
  private(set) var count = 0
  private(set) var asked: [(line: Int, command: AskedCommand)] = []
  private var problems: [Int: Problem] = [:]
  private let call: Call

  init(_ call: Call) { self.call = call }

  /// The elements of an array: one that is no JSON leaves none to be read.
  mutating func read(elementsOf bytes: [UInt8]) throws {
    do throws(RowError) {
      for members in try JSONScanner.objects(of: bytes, elementsMax: call.settings.linesMax) {
        read { _ throws(RowError) in members }
      }
    } catch {
      guard case .tooManyElements(call.settings.linesMax) = error.reason else { throw error }
      throw Problem.tooManyLines(limit: call.settings.linesMax)
    }
  }

  /// Lines by themselves: one that is no JSON spoils no other.
  mutating func read(linesOf bytes: [UInt8]) throws(Problem) {
    asked.reserveCapacity(min(bytes.count / 64, call.settings.linesMax))
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let row = start..<end
      start = end + 1
      if bytes[row].allSatisfy(\.isSpace) { continue }
      guard count < call.settings.linesMax else { throw .tooManyLines(limit: call.settings.linesMax) }
      read { line throws(RowError) in try JSONScanner.members(of: bytes, in: row, line: line) }
    }
  }

  private mutating func read(_ members: (Int) throws(RowError) -> [JSONMember]) {
    count += 1
    do throws(RowError) {
      let fields = DeliveryFields(try members(count), line: count)
      let command = try AskedCommand(line: fields, shop: call.caller.shop)
      if call.caller.may(command.scope) {
        asked.append((count, command))
      } else {
        problems[count] = .forbidden(command.scope)
      }
    } catch {
      problems[count] = Problem(error)
    }
  }

  /// Takes out what would hold more than the key may.
  mutating func makeRoom() async {
    guard let account = call.caller.account, account.holds != nil else { return }
    let wanted = asked.map { Call.WantedHold($0.command.keyed) }
    var hasRoom = await call.makeRoom(for: wanted.compactMap(\.self)).makeIterator()
    var left: [(line: Int, command: AskedCommand)] = []
    for (one, hold) in zip(asked, wanted) {
      if hold == nil || hasRoom.next() == true {
        left.append(one)
      } else {
        problems[one.line] = .tooManyHolds(account.limits)
      }
    }
    asked = left
  }

  /// What was counted, for the health of the sources.
  func reports(_ answers: [Answer]) -> [Call.HeardReport] {
    zip(asked, answers).compactMap { one, answer in
      one.command.word == .count ? (line: one.line, asked: one.command, answer: answer) : nil
    }
  }

  /// Writes an object for every line, in their order.
  func write(_ answers: [Answer], to object: ((inout JSONWriter) -> Void) -> Void) {
    var next = 0
    for line in 1..<(count + 1) {
      guard next < asked.count, asked[next].line == line else {
        object { json in write(problems[line] ?? .unknown, line: line, to: &json) }
        continue
      }
      let command = asked[next].command
      let answer = answers[next]
      next += 1
      if let hold = Call.WantedHold(command.keyed) { call.settle(hold, mayBeLive: answer.refusal == nil) }
      object { json in
        do throws(Problem) {
          let receipt = try command.receipt(of: answer, in: call)
          json.field("line", Int64(line))
          json.field("status", Int64(command.status))
          command.write(receipt, to: &json)
        } catch {
          write(error, line: line, to: &json)
        }
      }
    }
  }

  private func write(_ problem: Problem, line: Int, to json: inout JSONWriter) {
    json.field("line", Int64(line))
    problem.write(to: &json)
  }
}

extension UInt8 {
  /// White space between JSON values.
  fileprivate var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A }
}

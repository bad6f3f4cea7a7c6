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
    let asked = (isArray ? try elements(bytes, call) : try lines(bytes, call)).map { line in
      line.flatMap { asked in
        call.caller.may(asked.scope) ? .success(asked) : .failure(Problem.forbidden(asked.scope))
      }
    }
    try call.spend(asked.count - 1)
    let outcomes = await answers(to: await withRoom(asked, call), call)
    if isArray {
      return Reply(
        json: JSONWriter.object { json in
          json.array("answers") { json in for outcome in outcomes { json.element(outcome) } }
        })
    }
    return Reply(json: outcomes.flatMap { $0 + [UInt8(ascii: "\n")] }, type: "application/jsonl")
  }

  /// What the engine says to the lines that can be asked, and what is said to the others.
  private static func answers(to asked: [Line], _ call: Call) async -> [[UInt8]] {
    var next = await call.submit(asked.compactMap { try? $0.get().keyed }).makeIterator()
    var reports: [Call.HeardReport] = []
    defer { call.note(reports) }
    return asked.enumerated().map { index, line in
      let outcome = line.flatMap { asked in
        let answer = next.next() ?? .unknown
        if asked.word == .count { reports.append((line: index + 1, asked: asked, answer: answer)) }
        if let hold = Call.WantedHold(asked.keyed) { call.settle(hold, mayBeLive: answer.refusal == nil) }
        return asked.outcome(answer, in: call)
      }
      return object(outcome, line: index + 1)
    }
  }

  /// The lines, without those that would hold more than the key may.
  private static func withRoom(_ lines: [Line], _ call: Call) async -> [Line] {
    guard let account = call.caller.account, account.holds != nil else { return lines }
    let wanted = lines.map { line in (try? line.get().keyed).flatMap { Call.WantedHold($0) } }
    var hasRoom = await call.makeRoom(for: wanted.compactMap(\.self)).makeIterator()
    return zip(lines, wanted).map { line, hold in
      hold == nil || hasRoom.next() == true ? line : .failure(.tooManyHolds(account.limits))
    }
  }

  private static func object(_ outcome: Result<(status: Int, json: [UInt8]), Problem>, line: Int) -> [UInt8] {
    JSONWriter.object { json in
      json.field("line", Int64(line))
      switch outcome {
      case .failure(let problem): problem.write(to: &json)
      case .success((let status, let answer)):
        json.field("status", Int64(status))
        json.members(of: answer)
      }
    }
  }

  private typealias Line = Result<AskedCommand, Problem>

  /// The elements of an array: one that is no JSON leaves none to be read.
  private static func elements(_ bytes: [UInt8], _ call: Call) throws -> [Line] {
    do throws(RowError) {
      let objects = try JSONScanner.objects(of: bytes, elementsMax: call.settings.linesMax)
      return objects.enumerated().map { read($1, line: $0 + 1, call) }
    } catch {
      guard case .tooManyElements(call.settings.linesMax) = error.reason else { throw error }
      throw Problem.tooManyLines(limit: call.settings.linesMax)
    }
  }

  /// Lines by themselves: one that is no JSON spoils no other.
  private static func lines(_ bytes: [UInt8], _ call: Call) throws(Problem) -> [Line] {
    let rows = bytes.split(separator: UInt8(ascii: "\n")).filter { !$0.allSatisfy(\.isSpace) }
    guard rows.count <= call.settings.linesMax else { throw .tooManyLines(limit: call.settings.linesMax) }
    return rows.enumerated().map { index, row in
      do throws(RowError) {
        return read(try JSONScanner.members(of: Array(row), line: index + 1), line: index + 1, call)
      } catch {
        return .failure(Problem(error))
      }
    }
  }

  private static func read(_ members: [JSONMember], line: Int, _ call: Call) -> Line {
    do throws(RowError) {
      return .success(try AskedCommand(line: DeliveryFields(members, line: line), shop: call.caller.shop))
    } catch {
      return .failure(Problem(error))
    }
  }
}

extension UInt8 {
  /// White space between JSON values.
  fileprivate var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A }
}

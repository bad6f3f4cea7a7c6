import Foundation
import Testing

/// The built program under what goes wrong: crowds, crashes, clients that go away, floods. One after the other, and
/// apart from the other tests: each wants the cores for itself.
@Suite(.serialized) struct ServiceDrillTests {
  /// A served shop with one key that may do everything in it.
  struct Shop {
    let place: ScratchPlace
    let process: ServeProcess
    let client: HTTPCaller

    /// Resident memory of the service in MiB.
    var resident: Int {
      get throws {
        let status = try String(contentsOfFile: "/proc/\(process.number)/status", encoding: .utf8)
        return (status.firstMatch(of: /VmRSS:\s+(\d+) kB/).flatMap { Int($0.output.1) } ?? 0) >> 10
      }
    }

    func end() async {
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
    }
  }

  static func open(_ place: ScratchPlace? = nil) async throws -> Shop {
    let place = try place ?? ScratchPlace()
    let token = try await place.key("shop", "read", "hold", "ingest:erp")
    let (process, port) = try await ServeProcess.serve(place, "--keys", place.keys)
    return Shop(place: place, process: process, client: HTTPCaller(port: port, token: token))
  }
}

import Foundation
import Testing

/// The real program killed at its syncs, with a disk that fails, and with a disk that is full.
@Suite(.serialized) struct CrashTests {
  private static let strace = "/usr/bin/strace"

  /// Runs the load under strace with a fault injected into its syncs.
  private func load(
    _ place: Place, inject: String, mode: [String] = []
  ) async throws -> Program.Run {
    guard FileManager.default.isExecutableFile(atPath: Self.strace) else {
      throw Program.Missing(words: "the crash tests need strace: apt-get install strace")
    }
    let arguments =
      ["-f", "-qq", "-o", place.newFile(), "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:\(inject)"]
      + [Program.path, "crash-load", "--data", place.data] + mode
    return try await Program.start(Self.strace, arguments, in: place).end()
  }

  /// After any end: recovery twice gives the same state, all that was acknowledged is in the journal, carts are whole.
  private func check(_ place: Place, acknowledged: [[String: Any]], _ title: String) async throws {
    var digests: [String] = []
    for _ in 0..<2 {
      let recovered = try await Program.run("crash-load", "--data", place.data, "--mode", "recover", in: place)
      #expect(recovered.code == 0, "\(title): \(recovered.errors)")
      digests.append(recovered.objects.last?["digest"] as? String ?? "none")
    }
    #expect(digests[0] == digests[1], "\(title): a second recovery differs")
    let verified = try await Program.run("verify", "--data", place.data, "--json", in: place)
    #expect(verified.code == 0, "\(title): \(verified.errors)\(verified.out)")
    #expect(jsonObject(verified.out)?["digestLive"] as? String == digests[1], "\(title)")

    let tail = try await Program.run("tail", "--data", place.data, in: place)
    #expect(tail.code == 0, "\(title): \(tail.errors)")
    var entries: [String: [String: Any]] = [:]
    for entry in tail.objects { entries[entry["entry"] as? String ?? ""] = entry }
    for line in acknowledged where line["answer"] as? String == "accepted" {
      let ask = line["ask"] as? String ?? ""
      let entry = entries[line["entry"] as? String ?? ""]
      let kinds = [
        "hold": "held", "confirm": "confirmed", "cart": "cartDecided", "cartConfirm": "cartEnded",
        "cartRelease": "cartEnded", "release": "released",
      ]
      #expect(entry?["kind"] as? String == kinds[ask] ?? ask, "\(title): \(line) is lost")
      if ask == "hold" { #expect(entry?["reservation"] as? String == "r-\(line["step"] as? Int ?? -1)", "\(title)") }
      if let cart = line["cart"] as? String { #expect(entry?["cart"] as? String == cart, "\(title)") }
      for place in line["lines"] as? [String] ?? [] {
        #expect(entries[place]?["kind"] as? String == "linePrepared", "\(title): a line of \(line) is lost")
      }
    }
    checkCarts(tail.objects, title)
  }

  /// Every prepared line belongs to a cart that was decided whole, or was freed.
  private func checkCarts(_ entries: [[String: Any]], _ title: String) {
    var prepared: [String: Set<String>] = [:]
    var decided: [String: Set<String>] = [:]
    var freed: [String: Set<String>] = [:]
    for entry in entries {
      guard let cart = entry["cart"] as? String, let sku = entry["sku"] as? String else { continue }
      switch entry["kind"] as? String {
      case "linePrepared": prepared[cart, default: []].insert(sku)
      case "cartDecided":
        decided[cart] = Set((entry["lines"] as? [[String: Any]] ?? []).compactMap { $0["sku"] as? String })
      case "lineEnded" where entry["ending"] as? String == "abandon": freed[cart, default: []].insert(sku)
      default: break
      }
    }
    for (cart, lines) in prepared {
      if let whole = decided[cart] {
        #expect(whole == lines, "\(title): cart \(cart) is decided with lines that are not prepared")
        #expect(freed[cart] == nil, "\(title): cart \(cart) was decided and abandoned")
      } else {
        #expect(freed[cart] == lines, "\(title): cart \(cart) has lines that hang")
      }
    }
    #expect(Set(decided.keys).isSubset(of: prepared.keys), "\(title)")
  }

  @Test(arguments: Array(1...30) + [45, 60, 75, 90, 105, 120])
  func killedAtTheSync(_ number: Int) async throws {
    let place = try Place()
    let run = try await load(place, inject: "signal=KILL:when=\(number)")
    #expect(run.wasKilled || run.code == 137, "sync \(number) was never reached: \(run.errors)")
    guard FileManager.default.fileExists(atPath: place.data + "/journal.sqlite") else {
      #expect(run.objects.isEmpty)
      return
    }
    try await check(place, acknowledged: run.objects, "killed at sync \(number)")
  }

  @Test func killedAgainDuringRecovery() async throws {
    for number in [3, 5, 7] {
      let place = try Place()
      let run = try await load(place, inject: "signal=KILL:when=40")
      _ = try await load(place, inject: "signal=KILL:when=\(number)", mode: ["--mode", "recover"])
      try await check(place, acknowledged: run.objects, "killed at sync 40, then at sync \(number) of the recovery")
    }
  }

  @Test(arguments: [20, 33, 50])
  func aSyncThatFailsOnceEndsTheProcess(_ number: Int) async throws {
    let place = try Place()
    let run = try await load(place, inject: "error=EIO:when=\(number)")
    #expect(run.code == 1, "\(run.errors)")
    #expect(!run.wasKilled)
    #expect(run.errors.contains("a sync failed, so nothing more can be made durable"), "\(run.errors)")
    #expect(run.errors.contains("look at the disk"))
    let whole = try await Program.run("crash-load", "--data", try Place().data, in: place)
    #expect(run.objects.count < whole.objects.count, "it went on after a failed sync")
    try await check(place, acknowledged: run.objects, "EIO at sync \(number)")
  }
}

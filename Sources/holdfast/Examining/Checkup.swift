import Foundation
import InventoryEngine
import InventoryService
import StockJournal
import StockLedger

/// Everything that `doctor` looks at, in the order in which a service meets it.
struct Checkup: Sendable {
  let options: ServeOptions
  /// The machine's time.
  let now: Timestamp

  func findings() async -> [Finding] {
    var findings = keys + certificate
    let user: String?
    switch place {
    case .failure(let complaint):
      user = nil
      findings.append(.failure("journal", complaint))
    case .success(.directory(let directory)):
      let disk = DiskCheck(directory: directory.path)
      user = disk.user
      findings += disk.findings
      if let user { findings.append(.good("journal", "process \(user) uses \(directory.path)")) }
      if user == nil && directory.hasJournal { findings += await journal(.directory(directory)) }
    case .success(.redis(let place)):
      (user, findings) = (nil, findings + (await RedisCheck(place: place).findings(now)))
    }
    findings += await SourceCheck(sources: (try? options.sourceSettings) ?? []).findings()
    findings += await AlertCheck(options: options.alerts).findings()
    return findings + DoorCheck(door: options.door, isOwnServiceUp: user != nil).findings + MachineCheck().findings
  }

  private var place: Result<JournalPlace, Complaint> {
    do throws(Complaint) { return .success(try options.place.place()) } catch { return .failure(error) }
  }

  private var keys: [Finding] {
    guard let file = options.keys.file else {
      return [.good("keys", "none: only this machine can connect, and everybody on it may do everything")]
    }
    do throws(Complaint) {
      let good = try file.read().keys.filter { $0.isGood(at: now) }
      if good.isEmpty {
        return [
          .failure(
            "keys", "no key in \(file.path) is good", costs: "nobody can ask anything",
            do: "make one: holdfast key create --keys \(file.path)")
        ]
      }
      let ending = good.filter { key in
        [key.expiresAt, key.revokedAt].contains { $0.map { $0 < now + Self.soon } ?? false }
      }
      return [.good("keys", "\(good.count) good in \(file.path)")]
        + ending.map { key in
          .warning(
            "keys", "\(key.id) ends at \([key.expiresAt, key.revokedAt].compactMap(\.self).min() ?? now)",
            costs: "who bears it is refused from then on",
            do: "holdfast key rotate \(key.id), and give its bearer the new one")
        }
    } catch { return [.failure("keys", error)] }
  }

  /// Time enough to renew what ends.
  private static let soon: Int64 = 14 * 86_400_000

  private var certificate: [Finding] {
    guard let files = options.door.certificate else { return [] }
    do throws(Complaint) {
      let certificate = try files.read()
      let end = certificate.expiresAt
      if certificate.validFrom > now || end <= now {
        return [
          .failure(
            "certificate", "good from \(certificate.validFrom) to \(end), and so not now",
            costs: "no client accepts it", do: "renew \(files.certificate)")
        ]
      }
      if end < now + Self.soon {
        return [
          .warning(
            "certificate", "ends at \(end)", costs: "no client accepts it from then on",
            do: "renew \(files.certificate); the service takes it over while it runs")
        ]
      }
      return [.good("certificate", "good until \(end)")]
    } catch { return [.failure("certificate", error)] }
  }

  /// Opens the journal as a start would, and compares its last time with the clock.
  private func journal(_ place: JournalPlace) async -> [Finding] {
    do {
      let store = try await place.openExisting()
      let last = try await store.lastTime()
      try await store.close()
      return [.good("journal", "whole, its last entry is of \(last)")] + ClockCheck.findings(last: last, now: now)
    } catch { return [.failure("journal", Complaint(of: error))] }
  }
}

extension Complaint {
  /// Whatever a part of the program threw.
  init(of error: any Error) {
    switch error {
    case let complaint as Complaint: self = complaint
    case let failure as StoreFailure: self.init(failure)
    default: self.init("\(error)", do: "")
    }
  }
}

/// The machine's clock against the journal's.
enum ClockCheck {
  static func findings(last: Timestamp, now: Timestamp) -> [Finding] {
    let ahead = now.milliseconds - last.milliseconds
    if last > .distantPast && ahead > EngineSettings().clockJumpMax ?? .max {
      return [
        .failure(
          "clock", "\(grouped(ahead / 3_600_000)) hours ahead of the journal's last entry",
          costs: "the service does not start, since holds whose time is up would end",
          do: "if the clock is right, start once with --accept-clock; else set the clock")
      ]
    }
    if ahead < -60_000 {
      return [
        .warning(
          "clock", "\(grouped(-ahead / 1_000)) s behind the journal's last entry",
          costs: "the engine's time stands nearly still until the clock has caught up: holds live longer",
          do: "look at the time synchronisation of this machine")
      ]
    }
    return [.good("clock", "in step with the journal")]
  }
}

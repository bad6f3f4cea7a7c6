import ChannelIntake
import Foundation
import InventoryService

/// What the sources of a configuration need on this machine. Nobody is asked over the network.
struct SourceCheck: Sendable {
  let sources: [SourceSettings]

  func findings() async -> [Finding] {
    var findings: [Finding] = []
    for source in sources {
      let subject = "source \(source.origin.source)"
      switch source.door {
      case .push: findings.append(.good(subject, "calls POST /v1/ingest/\(source.origin.source)"))
      case .drop(let folder): findings.append(Self.finding(subject, folder))
      case .pull(let pull): findings += await Self.findings(subject, pull)
      }
    }
    return findings
  }

  /// Stops a start for which a secret is not there: the source would be refused for ever.
  func start() async throws(Complaint) {
    for source in sources {
      guard case .pull(let pull) = source.door else { continue }
      for field in pull.fields {
        do throws(SecretError) { _ = try await field.text.value(in: pull.environment) } catch {
          throw Complaint("the source \(source.origin.source): \(error)", do: "")
        }
      }
    }
  }

  // MARK: Folders

  private static func finding(_ subject: String, _ folder: DropSettings) -> Finding {
    let path = folder.path
    guard let root = device(of: path) else {
      return .warning(
        subject, "there is no folder \(path)",
        costs: "the service makes it, and who leaves files may have no right there",
        do: "mkdir -p \(path), and give the sender and this user the right to write in it")
    }
    if access(path, R_OK | W_OK | X_OK) != 0 {
      return .failure(
        subject, "this user cannot read and rename in \(path)", costs: "no file is taken",
        do: "give the user of the service the right to write in it, with a group that the sender shares")
    }
    for name in ["working", "done", "failed"] {
      guard let other = device(of: path + "/" + name), other != root else { continue }
      return .failure(
        subject, "\(path)/\(name) is on another file system than \(path)",
        costs: "files cannot be renamed into it, and none is taken", do: "mount one file system for both")
    }
    return .good(subject, "leaves files in \(path)")
  }

  /// The file system under a folder; nil where there is no folder.
  private static func device(of path: String) -> Int? {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let found = try? FileManager.default.attributesOfItem(atPath: target),
      found[.type] as? FileAttributeType == .typeDirectory
    else { return nil }
    return (found[.systemNumber] as? NSNumber)?.intValue
  }

  // MARK: Systems that are asked

  private static func findings(_ subject: String, _ pull: PullSettings) async -> [Finding] {
    var findings: [Finding] = []
    for field in pull.fields {
      do throws(SecretError) { _ = try await field.text.value(in: pull.environment) } catch {
        findings.append(
          .failure(
            subject, "the header \(field.name): \(error)", costs: "the service does not start",
            do: "see docs/sources.md, \"Secrets\""))
      }
      if SourceOption.holdsSecret(header: field.name, saying: field.text.description) {
        findings.append(
          .warning(
            subject, "the header \(field.name) holds a secret itself", costs: "who reads the configuration has it",
            do: "write ${NAME} there, and set NAME_FILE to the path of a file with the secret"))
      }
    }
    for address in [pull.address, pull.list?.address].compactMap(\.self)
    where !address.isEncrypted && ListenAddress("\(address.host):0")?.isLoopback != true {
      findings.append(
        .warning(
          subject, "\(address) is asked without TLS",
          costs: "who can read the network reads its headers and answers, and can change them", do: "write https"))
    }
    if pull.cursor != nil && pull.stateFile == nil {
      findings.append(
        .warning(
          subject, "its cursor is kept in memory", costs: "a restart asks for everything again",
          do: "name a file for it with stateFile"))
    }
    return findings.isEmpty ? [.good(subject, "\(pull.address) is asked every \(pull.interval)")] : findings
  }
}

import Foundation

/// The disk under a journal's directory.
struct DiskCheck: Sendable {
  let directory: String

  /// The process that has the directory; nil where none has.
  var user: String? {
    let path = directory + "/lock"
    let lock = open(path, O_RDONLY | O_CLOEXEC)
    guard lock >= 0 else { return nil }
    defer { close(lock) }
    if flock(lock, LOCK_EX | LOCK_NB) == 0 { return nil }
    return (try? String(contentsOfFile: path, encoding: .utf8)).map { $0.filter(\.isNumber) } ?? "unknown"
  }

  var findings: [Finding] {
    let home = nearestDirectory
    if access(home, W_OK | X_OK) != 0 {
      return [
        .failure(
          "disk", "\(home) cannot be written by this user", costs: "the service does not start",
          do: "chown it to the user of the service, or name another --data")
      ]
    }
    return [kind(of: home), space(at: home), sync(in: home)]
  }

  /// The directory, or the one in which it will be made.
  private var nearestDirectory: String {
    var path = URL(fileURLWithPath: directory)
    while !FileManager.default.fileExists(atPath: path.path) && path.pathComponents.count > 1 {
      path.deleteLastPathComponent()
    }
    return path.path
  }

  private func kind(of path: String) -> Finding {
    switch Self.fileSystem(of: path) {
    case nil: return Self.unknown("the file system of \(path)")
    case "tmpfs", "ramfs":
      return .failure(
        "disk", "\(path) is memory, not a disk", costs: "a restart of the machine loses every entry",
        do: "name a directory on a disk with --data")
    case let kind? where kind.hasPrefix("nfs") || kind == "cifs" || kind == "smb3":
      return .warning(
        "disk", "\(path) is on another machine (\(kind))",
        costs: "locks and syncs are that machine's word: two processes may have the directory at once",
        do: "use a local disk, or a Redis with replicas")
    case let kind?: return .good("disk", "\(path) is on \(kind)")
    }
  }

  /// The kind of the mount that is nearest above a path.
  private static func fileSystem(of path: String) -> String? {
    let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
    let above = mounts.split(separator: "\n").compactMap { line -> (place: String, kind: String)? in
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 2 else { return nil }
      return path == words[1] || path.hasPrefix(words[1] == "/" ? "/" : words[1] + "/") ? (words[1], words[2]) : nil
    }
    // Of two mounts on one place the later hides the earlier.
    return above.reversed().max { $0.place.count < $1.place.count }?.kind
  }

  private func space(at path: String) -> Finding {
    let values = try? FileManager.default.attributesOfFileSystem(forPath: path)
    guard let free = (values?[.systemFreeSize] as? NSNumber)?.int64Value else { return Self.unknown("free space") }
    let megabytes = grouped(free >> 20)
    if free < 64 << 20 {
      return .failure(
        "space", "\(megabytes) MiB are free", costs: "a full disk refuses every new hold",
        do: "make room; docs/operations.md says how much a journal needs")
    }
    if free < 1 << 30 {
      return .warning(
        "space", "\(megabytes) MiB are free", costs: "a busy day's journal may not find room",
        do: "make room, or move the directory to a larger disk")
    }
    return .good("space", "\(megabytes) MiB are free")
  }

  /// How long a commit waits for the disk: the middle of some.
  private func sync(in path: String) -> Finding {
    let probe = path + "/holdfast-doctor-\(getpid())"
    let file = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { return Self.unknown("the time of a sync") }
    defer {
      close(file)
      unlink(probe)
    }
    let page = [UInt8](repeating: 0x5A, count: 4_096)
    var times: [Duration] = []
    for _ in 0..<15 {
      let begun = ContinuousClock.now
      guard page.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == page.count, fdatasync(file) == 0 else {
        return Self.unknown("the time of a sync")
      }
      times.append(ContinuousClock.now - begun)
    }
    let middle = times.sorted()[times.count / 2]
    let words = "a sync takes \(decimal(middle.milliseconds, places: 2)) ms"
    if middle > .milliseconds(20) {
      return .warning(
        "sync", words, costs: "every answer waits that long; all that is asked meanwhile shares the next sync",
        do: "use a disk with a cache that survives power loss")
    }
    return .good("sync", words)
  }

  private static func unknown(_ what: String) -> Finding {
    .warning("disk", "\(what) cannot be found out", costs: "nobody knows", do: "look at the disk by hand")
  }
}

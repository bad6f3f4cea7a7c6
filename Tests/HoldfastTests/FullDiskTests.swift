import Foundation
import Testing

/// A disk without room: new holds are refused, reads and releases go on, and nothing is damaged.
@Suite(.serialized) struct FullDiskTests {
  /// A small file system of its own, or nil where this machine lets nobody mount one.
  private func smallDisk(_ place: Place) async throws -> String? {
    let path = place.path + "/small"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let mounted = try await Program.start(
      "/bin/mount", ["-t", "tmpfs", "-o", "size=12m", "tmpfs", path], in: place
    ).end()
    return mounted.code == 0 ? path : nil
  }

  @Test func aFullDiskRefusesHoldsAndGoesOn() async throws {
    let place = try Place()
    let disk = try await smallDisk(place)
    let data = (disk ?? place.path) + "/data"
    let run: Program.Run
    if disk != nil {
      run = try await Program.run("crash-load", "--data", data, "--mode", "full", in: place)
    } else {
      // No mount here: the kernel's answer is put into the write itself, once the log has grown a while.
      let strace = "/usr/bin/strace"
      guard FileManager.default.isExecutableFile(atPath: strace) else {
        throw Program.Missing(words: "this test needs the right to mount a tmpfs, or strace: apt-get install strace")
      }
      run = try await Program.start(
        strace,
        [
          "-f", "-qq", "-o", place.newFile(), "-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC:when=400",
          Program.path, "crash-load", "--data", data, "--mode", "full",
        ], in: place
      ).end()
    }
    let answers = run.objects
    #expect(answers.contains { $0["ask"] as? String == "full" }, "the disk never was full: \(run.errors)")
    let refused = answers.first { $0["ask"] as? String == "hold" && $0["step"] as? Int == 2 }
    #expect(refused?["reason"] as? String == "storeUnavailable", "\(run.out)")
    let look = answers.first { $0["ask"] as? String == "look" }
    #expect((look?["availableToSell"] as? Int ?? -1) > 0, "reads go on")
    let release = answers.first { $0["ask"] as? String == "release" }
    #expect(release?["answer"] as? String == "accepted", "releases go on: \(run.out)\(run.errors)")

    if let disk {
      let start = try await Program.run("verify", "--data", data, in: place)
      // What the ballast left is enough for a start, or the start says what it needs; never anything else.
      #expect(start.code == 0 || start.errors.contains("make room"), "\(start.errors)")
      let larger = ["-o", "remount,size=32m", disk]
      #expect(try await Program.start("/bin/mount", larger, in: place).end().code == 0)
    }
    let verified = try await Program.run("verify", "--data", data, "--json", in: place)
    #expect(verified.code == 0, "\(verified.errors)")
    #expect(jsonObject(verified.out)?["whole"] as? Bool == true)
    let tail = try await Program.run("tail", "--data", data, in: place)
    let entries = Set(tail.objects.compactMap { $0["entry"] as? String })
    for answer in answers where answer["answer"] as? String == "accepted" {
      #expect(entries.contains(answer["entry"] as? String ?? ""), "\(answer) is lost")
    }
    if let disk { _ = try await Program.start("/bin/umount", [disk], in: place).end() }
  }
}

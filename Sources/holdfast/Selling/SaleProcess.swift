import Foundation
import StockLedger

/// The sale's first half as a process of its own, heard through its pipe until it is dead.
struct SaleProcess: Sendable {
  let plan: SalePlan
  let directory: DataDirectory

  /// How the process ended.
  enum End: Sendable { case killed, exited(Int32) }

  /// Runs it to its end and notes everything that came over the pipe; half a line at its end is dropped.
  func run(_ books: SaleBooks) async throws -> End {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe")
    process.arguments = [
      "flash-sale-until-killed", "--data", directory.path, "--start", "\(plan.start.milliseconds)",
      "--buyers", "\(plan.buyers)", "--kill-after", "\(plan.killAfter)",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    let (ends, ended) = AsyncStream.makeStream(of: End.self)
    process.terminationHandler = { process in
      ended.yield(process.terminationReason == .uncaughtSignal ? .killed : .exited(process.terminationStatus))
      ended.finish()
    }
    do { try process.run() } catch {
      throw Complaint("the program cannot start itself: \(error)", do: "check that /proc is mounted")
    }
    try? pipe.fileHandleForWriting.close()
    for await lines in PipeLines.batches(of: pipe.fileHandleForReading.fileDescriptor) {
      for line in lines { if let note = SaleNote(line: line) { books.note(note) } }
    }
    for await end in ends { return end }
    return .exited(0)
  }
}

import ChannelIntake
import InventoryEngine
import Logging
import NIOCore
import StockLedger
import _NIOFileSystem

/// A folder in which one source leaves files: each is taken whole and once, and laid down with what became of it.
///
/// A file is claimed by renaming it into `working`, taken, noted in `done/taken.jsonl`, and moved to `done/<day>`. What
/// is found in `working` is taken again, after a crash as well as after a store that was away: rows are known by their
/// names, so that it changes nothing.
struct DropFolder: Sendable {
  private let root: FilePath
  private let settings: DropSettings
  private let origin: DeliveryOrigin
  private let engine: InventoryEngine
  private let board: SourceBoard
  private let clock: any EngineClock
  private let logger: Logger

  init(
    _ settings: DropSettings, origin: DeliveryOrigin, engine: InventoryEngine, board: SourceBoard,
    clock: any EngineClock, logger: Logger
  ) {
    root = FilePath(settings.path)
    self.settings = settings
    self.origin = origin
    self.engine = engine
    self.board = board
    self.clock = clock
    self.logger = logger
  }

  private var working: FilePath { root.appending("working") }
  private var failed: FilePath { root.appending("failed") }
  private var done: FilePath { root.appending("done") }

  /// Takes files until it is cancelled. A folder that cannot be read is said, and looked at again.
  func run() async {
    var settled = SettledFiles(settle: settings.settle.wholeMilliseconds)
    while !Task.isCancelled {
      do {
        for folder in [working, failed, done] { try await Self.make(folder) }
        var taken = try await TakenFiles(at: done.appending("taken.jsonl"))
        while !Task.isCancelled {
          try await round(&settled, &taken)
          try await Task.sleep(for: settings.every)
        }
      } catch {
        if Task.isCancelled { return }
        note(error)
        try? await Task.sleep(for: max(settings.every, .seconds(1)))
      }
    }
  }

  private func note(_ error: any Error) {
    let words = (error as? FileSystemError)?.message ?? "\(error)"
    logger.error(
      "files of a source wait",
      metadata: ["source": "\(origin.source)", "folder": "\(root)", "error": "\(error)"])
    board.failed(words, of: origin, at: clock.now)
  }

  private static func make(_ folder: FilePath) async throws {
    try await FileSystem.shared.createDirectory(at: folder, withIntermediateDirectories: true, permissions: nil)
  }

  /// One look: what is claimed comes first, then what has settled.
  private func round(_ settled: inout SettledFiles, _ taken: inout TakenFiles) async throws {
    for claim in try await names(in: working) {
      guard let name = DropName.name(ofClaim: claim) else { continue }
      try await finish(claim, named: name, &taken)
    }
    let files = try await marks()
    board.change(origin) { $0.filesWaiting = Int64(files.count) }
    for name in settled.look(files, at: clock.now) {
      let claim = DropName.claim(of: name, at: clock.now)
      try await FileSystem.shared.moveItem(at: root.appending(name), to: working.appending(claim))
      try await finish(claim, named: name, &taken)
      board.change(origin) { $0.filesWaiting = max(0, $0.filesWaiting - 1) }
    }
    board.change(origin) { $0.failure = nil }
  }

  private func names(in folder: FilePath) async throws -> [String] {
    try await FileSystem.shared.withDirectoryHandle(atPath: folder) { directory in
      var names: [String] = []
      for try await entry in directory.listContents() { names.append(entry.name.string) }
      return names.sorted()
    }
  }

  /// What waits in the folder, apart from folders.
  private func marks() async throws -> [String: SettledFiles.Mark] {
    var marks: [String: SettledFiles.Mark] = [:]
    for name in try await names(in: root) where DropName.isTaken(name) {
      // Gone between the list and the look: its writer renamed it.
      guard
        let file = try await FileSystem.shared.info(forFileAt: root.appending(name), infoAboutSymbolicLink: true),
        file.type != .directory
      else { continue }
      guard name.utf8.count <= DropName.bytesMax else { throw DropFailure.name(String(name.prefix(40))) }
      let modified = file.lastDataModificationTime
      marks[name] = SettledFiles.Mark(
        size: file.size, modified: Int64(modified.seconds) &* 1_000_000_000 &+ Int64(modified.nanoseconds))
    }
    return marks
  }

  /// Takes a claimed file, notes it and lays it down.
  private func finish(_ claim: String, named name: String, _ taken: inout TakenFiles) async throws {
    let path = working.appending(claim)
    do throws(DropFailure) {
      let format = try await check(path, name)
      let content = try await DropContent(path)
      if let before = taken.find(content.digest) {
        if before.claim == claim { return try await layDown(path, named: name) }
        if before.isClean { return try await repeated(path, named: name, before) }
      }
      let tally = try await take(path, format, content)
      let place = try await layingPlace(for: name)
      try await writeFaults(tally, of: name, format, beside: place)
      let line = TakenFiles.Line(
        name: name, claim: claim, size: content.size, digest: content.digest, at: clock.now, isClean: tally.isClean)
      do { try await taken.append(line, tally) } catch { throw DropFailure(error) }
      try await move(path, to: place)
      board.delivered(name, of: origin, at: clock.now)
    } catch {
      switch error {
      case .unusable(let why): try await putAside(path, claim, why)
      // It stays where it is, and is read again in the next round; other files go on.
      case .changed: note(error)
      case .name, .later: throw error
      }
    }
  }

  /// How the file is to be read.
  private func check(_ path: FilePath, _ name: String) async throws(DropFailure) -> DeliveryFormat {
    let info: FileInfo?
    do { info = try await FileSystem.shared.info(forFileAt: path, infoAboutSymbolicLink: true) } catch {
      throw DropFailure(error)
    }
    guard let info, info.type == .regular else { throw .unusable("it is a link or no file: leave the file itself") }
    guard info.size <= settings.fileMax else {
      throw .unusable("it has \(info.size) bytes, and \(settings.fileMax) is the most: leave it in parts")
    }
    guard let format = DropName.format(of: name) else {
      throw .unusable("its name does not say how it is written: end it in one of \(DropName.known)")
    }
    return format
  }

  private func take(
    _ path: FilePath, _ format: DeliveryFormat, _ content: DropContent
  ) async throws(DropFailure) -> IntakeTally {
    let start = SourceIntake(
      format, origin: origin, engine: engine, board: board, faultsMax: settings.faultsMax)
    let (intake, read) = try await DropContent.read(path, into: start) { intake, piece in try await intake.take(piece) }
    var last = intake
    do { try await last.finish() } catch { throw DropFailure(error) }
    if last.isUnreadable {
      throw .unusable(last.tally.faults.map { "line \($0.line): \($0.reason); \($0.whatToDo)" }.joined(separator: "\n"))
    }
    // Its writer went on: what was taken stays taken, and all of it is read again.
    guard read.digest == content.digest else { throw .changed(path.string) }
    return last.tally
  }

  // MARK: Laying down

  /// Where a file of this name goes: the day's folder, with a number where one of the name is there.
  private func layingPlace(for name: String) async throws(DropFailure) -> FilePath {
    let folder = done.appending(DropName.day(of: clock.now))
    do {
      try await Self.make(folder)
      var place = folder.appending(name)
      var number = 2
      while try await FileSystem.shared.info(forFileAt: place, infoAboutSymbolicLink: true) != nil {
        place = folder.appending("\(name).\(number)")
        number += 1
      }
      return place
    } catch {
      throw DropFailure(error)
    }
  }

  private func layDown(_ path: FilePath, named name: String) async throws(DropFailure) {
    try await move(path, to: try await layingPlace(for: name))
  }

  private func move(_ path: FilePath, to place: FilePath) async throws(DropFailure) {
    do { try await FileSystem.shared.moveItem(at: path, to: place) } catch { throw DropFailure(error) }
  }

  private func write(_ text: [UInt8], to place: FilePath) async throws(DropFailure) {
    do { try await DurableFile.write(text, to: place) } catch { throw DropFailure(error) }
  }

  private func writeFaults(
    _ tally: IntakeTally, of name: String, _ format: DeliveryFormat, beside place: FilePath
  ) async throws(DropFailure) {
    if tally.isClean { return }
    let file = FaultFile(tally, format)
    try await write(file.content, to: FilePath(place.string + file.ending))
  }

  private func repeated(_ path: FilePath, named name: String, _ before: TakenFiles.Line) async throws(DropFailure) {
    let place = try await layingPlace(for: name)
    let words = "the same content was taken at \(before.at) as \(before.name): nothing of it was taken again\n"
    try await write(Array(words.utf8), to: FilePath(place.string + ".duplicate.txt"))
    try await move(path, to: place)
    board.change(origin) { $0.filesRepeated += 1 }
    board.delivered(name, of: origin, at: clock.now)
  }

  private func putAside(_ path: FilePath, _ claim: String, _ why: String) async throws(DropFailure) {
    try await write(Array((why + "\n").utf8), to: failed.appending(claim + ".why.txt"))
    try await move(path, to: failed.appending(claim))
    logger.error(
      "a file of a source cannot be used",
      metadata: ["source": "\(origin.source)", "file": "\(failed.appending(claim))", "why": "\(why)"])
    board.change(origin) { $0.filesFailed += 1 }
  }
}

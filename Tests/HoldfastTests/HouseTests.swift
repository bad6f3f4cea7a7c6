import Foundation
import Testing

/// The house plan as a test: which room may import what, what no room may call, and how wide a line is.
@Suite struct HouseTests {
  /// The import table: rooms by directory, and everything that they may name.
  private static let allowed: [String: Set<String>] = {
    let ground: Set<String> = ["StockLedger"]
    let first = ground.union(["StockJournal", "ChannelIntake"])
    let second = first.union(["InventoryEngine"])
    return [
      "Sources/StockLedger": [],
      "Sources/StockJournal": ground.union(["Synchronization"]),
      "Sources/ChannelIntake": ground.union(["FoundationEssentials"]),
      "Sources/InventoryEngine": first.union([
        "Logging", "Metrics", "Tracing", "HeapModule", "DequeModule", "OrderedCollections", "BasicContainers",
        "Synchronization",
      ]),
      "Sources/Reconciliation": second.subtracting(["ChannelIntake"]).union(["Logging", "Synchronization"]),
      "Sources/StoreThread": ["Foundation"],
      "Sources/SQLiteJournal": ground.union(["StockJournal", "StoreThread", "Logging", "GRDB", "Foundation"]),
      "Sources/RedisJournal": ground.union([
        "StockJournal", "StoreThread", "CHiredis", "Logging", "Foundation", "Synchronization",
      ]),
      "Sources/InventoryService": second.subtracting(["StockJournal"]).union([
        "Reconciliation", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "HTTPTypes", "NIOCore", "NIOHTTPTypes",
        "NIOPosix",
        "NIOSSL", "_NIOFileSystem", "ServiceLifecycle", "Crypto", "Logging", "Metrics", "Synchronization", "Tracing",
        "AsyncHTTPClient", "NIOHTTP1", "FoundationEssentials", "Mustache",
      ]),
      "Sources/ShopifyAdmin": second.subtracting(["StockJournal"]).union([
        "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "FoundationEssentials", "Logging",
      ]),
      "Simulations/ShopifyEmulatorCore": ground,
      "Simulations/ShopifyEmulator": ground.union([
        "ShopifyEmulatorCore", "AsyncHTTPClient", "Crypto", "FoundationEssentials", "HTTPTypes", "HummingbirdCore",
        "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "Synchronization",
      ]),
      "Simulations/SimulationKit": second.union([
        "Reconciliation", "ShopifyEmulatorCore", "Synchronization", "Logging",
      ]),
      "Sources/holdfast": second.union([
        "Reconciliation", "ShopifyAdmin", "InventoryService", "SQLiteJournal", "RedisJournal", "SimulationKit",
        "ShopifyEmulator",
        "ShopifyEmulatorCore", "StoreThread", "ArgumentParser", "AsyncHTTPClient", "Configuration", "NIOCore",
        "NIOHTTP1", "SystemPackage", "Histogram", "Logging",
        "Metrics", "Tracing",
        "Synchronization", "Foundation", "Dispatch",
      ]),
    ]
  }()

  /// One file that reads the machine's clocks, and so alone may see the C library.
  private static let exceptions: [String: Set<String>] = [
    "Sources/InventoryEngine/SystemClock.swift": ["Glibc", "Darwin"],
    "Sources/InventoryEngine/SteeredClock.swift": ["Glibc", "Darwin"],
  ]

  /// Rooms that the simulator runs: time and chance are handed in there.
  private static let simulated = [
    "Sources/StockLedger", "Sources/StockJournal", "Sources/ChannelIntake", "Sources/InventoryEngine",
    "Sources/Reconciliation", "Simulations/SimulationKit", "Simulations/ShopifyEmulatorCore",
  ]

  private static func files(under directory: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: Program.root + "/" + directory)?.compactMap { $0 as? String }
    return (found ?? []).filter { $0.hasSuffix(".swift") }.map { directory + "/" + $0 }.sorted()
  }

  private static func lines(of file: String) throws -> [Substring] {
    try String(contentsOfFile: Program.root + "/" + file, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  @Test(arguments: allowed.keys.sorted())
  func aRoomImportsOnlyWhatItMay(_ room: String) throws {
    let files = Self.files(under: room)
    #expect(!files.isEmpty, "\(room) has no files: change the table with the house")
    for file in files {
      let may = (Self.allowed[room] ?? []).union(Self.exceptions[file] ?? [])
      for line in try Self.lines(of: file) {
        guard let module = Self.moduleImported(by: line) else { continue }
        #expect(may.contains(module), "\(file): \(line)")
      }
    }
  }

  /// The module that a line imports, whatever stands before the word and whichever symbol of it is meant.
  private static func moduleImported(by line: Substring) -> String? {
    let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
    guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { return nil }
    let before = ["public", "package", "internal", "private", "fileprivate"]
    guard words[..<place].allSatisfy({ $0.hasPrefix("@") || before.contains($0) }) else { return nil }
    let kinds = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
    let named = kinds.contains(words[place + 1]) && place + 2 < words.count ? words[place + 2] : words[place + 1]
    return named.split(separator: ".").first.map(String.init)
  }

  @Test func importsAreRead() {
    #expect(Self.moduleImported(by: "import Foundation") == "Foundation")
    #expect(Self.moduleImported(by: "public import StockLedger") == "StockLedger")
    #expect(Self.moduleImported(by: "  @_exported import struct Foundation.Data") == "Foundation")
    #expect(Self.moduleImported(by: "/// what an import brings") == nil)
  }

  @Test func everyRoomIsInTheTable() throws {
    // A room that is only a C library's module map imports nothing.
    let rooms = try FileManager.default.contentsOfDirectory(atPath: Program.root + "/Sources").map { "Sources/\($0)" }
      .filter { !FileManager.default.fileExists(atPath: "\(Program.root)/\($0)/module.modulemap") }
    #expect(Set(rooms).isSubset(of: Self.allowed.keys))
  }

  /// What a simulated room may not call, and why.
  private static var banned: [(call: Regex<Substring>, why: String)] {
    [
      (/\bTask\s*(?:\([^)]*\)\s*)?\{/, "a bare Task escapes the simulator's executor"),
      (/\bTask\.(?:detached|immediate)\b/, "a detached task escapes the simulator's executor"),
    ]
  }

  private static var bannedInSimulation: [(call: Regex<Substring>, why: String)] {
    [
      (/\bDate\s*\(/, "time is handed in"), (/\bContinuousClock\b/, "time is handed in"),
      (/\bSuspendingClock\b/, "time is handed in"), (/\bTask\.sleep\b/, "the clock sleeps"),
      (/\bSystemRandomNumberGenerator\b/, "chance is handed in"), (/\bUUID\s*\(\)/, "identity is handed in"),
      (/\.random\(in:[^,)]*\)/, "chance is handed in"), (/\.(?:randomElement|shuffled?)\(\)/, "chance is handed in"),
      (/\bThread\b/, "threads are the stores' own"), (/\bDispatchQueue\b/, "no custom executor"),
    ]
  }

  private static let clocks: Set<String> = [
    "Sources/InventoryEngine/SystemClock.swift", "Sources/InventoryEngine/SteeredClock.swift",
  ]

  /// The seeded executor itself starts the run's root, on itself: there is nothing to escape from.
  private static let executor = "Simulations/SimulationKit/SeededExecutor.swift"

  /// What every banned call has in it: most lines are passed over without a regular expression.
  private static let clues = ["Task", "Date", "Clock", "andom", "huffle", "UUID", "Thread", "Dispatch"]

  @Test func bannedCalls() throws {
    var found: [String] = []
    for room in Self.allowed.keys.sorted() {
      let isSimulated = Self.simulated.contains(room)
      for file in Self.files(under: room) {
        let rules = Self.banned + (isSimulated && !Self.clocks.contains(file) ? Self.bannedInSimulation : [])
        for (number, line) in try Self.lines(of: file).enumerated() {
          guard Self.clues.contains(where: { line.contains($0) }) else { continue }
          if file == Self.executor && line.contains("Task(executorPreference: self)") { continue }
          let code = Self.code(of: line)
          for rule in rules where code.contains(rule.call) {
            found.append("\(file):\(number + 1): \(rule.why): \(line)")
          }
        }
      }
    }
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }

  @Test func theRulesFindWhatTheyBan() {
    for line in ["Task { work() }", "let task = Task(priority: .low) {", "Task.detached {", "    Task{}"] {
      #expect(Self.banned.contains { Self.code(of: Substring(line)).contains($0.call) }, "\(line)")
    }
    for line in ["Date()", "Int.random(in: 0..<6)", "list.shuffled()", "var random = SystemRandomNumberGenerator()"] {
      #expect(Self.bannedInSimulation.contains { Self.code(of: Substring(line)).contains($0.call) }, "\(line)")
    }
    #expect(!Self.bannedInSimulation.contains { "Int.random(in: 0..<6, using: &chance)".contains($0.call) })
    #expect(Self.code(of: "let a = 1  // Task { }") == "let a = 1  ")
  }

  /// A line without its comment.
  private static func code(of line: Substring) -> Substring {
    line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
  }

  @Test func linesAreAtMost120Columns() throws {
    var found: [String] = []
    for directory in ["Sources", "Simulations", "Tests"] {
      for file in Self.files(under: directory) {
        for (number, line) in try Self.lines(of: file).enumerated() where line.utf8.count > 120 && line.count > 120 {
          found.append("\(file):\(number + 1) has \(line.count) columns")
        }
      }
    }
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }

  @Test func noFileSaysThatSomethingIsMissing() throws {
    let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
    // The last of them is a currency, too (ISO 4217: none), and stands in the list of Shopify's.
    let currencies = "Simulations/ShopifyEmulatorCore/Schema/ShopifySchemaText.swift"
    for directory in ["Sources", "Simulations", "Tests"] {
      for file in Self.files(under: directory) {
        for (number, line) in try Self.lines(of: file).enumerated() {
          let unwanted = file == currencies ? words.dropLast() : words[...]
          for word in unwanted where line.contains(word) { Issue.record("\(file):\(number + 1): \(word)") }
        }
      }
    }
  }
}

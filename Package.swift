// swift-tools-version: 6.2
import PackageDescription

// One loop at the end gives every target the same settings; rooms that call C are listed here.
let callsC: Set<String> = [
  "SQLiteJournal", "SQLiteJournalTests", "RedisJournal", "RedisJournalTests", "RedisRig", "holdfast",
  "HoldfastTests", "NodeTests", "ServiceTests",
]

let package = Package(
  name: "holdfast",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "InventoryEngine", targets: ["InventoryEngine"]),
    .library(name: "StockLedger", targets: ["StockLedger"]),
    .library(name: "SQLiteJournal", targets: ["SQLiteJournal"]),
    .library(name: "RedisJournal", targets: ["RedisJournal"]),
    .executable(name: "holdfast", targets: ["holdfast"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(
      url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["JSON", "YAML"]),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .target(name: "StockLedger"),
    .target(name: "StockJournal", dependencies: ["StockLedger"]),
    .target(name: "ChannelIntake", dependencies: ["StockLedger"]),
    .target(
      name: "InventoryEngine",
      dependencies: [
        "StockLedger", "StockJournal",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "HeapModule", package: "swift-collections"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ]
    ),
    .target(
      name: "Reconciliation",
      dependencies: [
        "StockLedger", "StockJournal", "InventoryEngine", .product(name: "Logging", package: "swift-log"),
      ]),
    .systemLibrary(name: "CHiredis"),
    .target(name: "StoreThread"),
    .target(
      name: "SQLiteJournal",
      dependencies: [
        "StockLedger", "StockJournal", "StoreThread",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
      ]
    ),
    .target(
      name: "RedisJournal",
      dependencies: [
        "CHiredis", "StockLedger", "StockJournal", "StoreThread", .product(name: "Logging", package: "swift-log"),
      ]
    ),
    .target(
      name: "ShopifyAdmin",
      dependencies: [
        "StockLedger", "ChannelIntake", "InventoryEngine",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]
    ),
    .target(
      name: "InventoryService",
      dependencies: [
        "StockLedger", "StockJournal", "ChannelIntake", "InventoryEngine", "Reconciliation",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "_NIOFileSystem", package: "swift-nio"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ],
      exclude: ["openapi.json"]
    ),
    .target(
      name: "SimulationKit",
      dependencies: [
        "StockLedger", "StockJournal", "ChannelIntake", "InventoryEngine", "Reconciliation", "ShopifyEmulatorCore",
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Simulations/SimulationKit"
    ),
    .target(
      name: "ShopifyEmulatorCore", dependencies: ["StockLedger"], path: "Simulations/ShopifyEmulatorCore",
      exclude: ["Schema/admin-2026-04.graphql"]),
    .target(
      name: "ShopifyEmulator",
      dependencies: [
        "ShopifyEmulatorCore", "StockLedger",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Simulations/ShopifyEmulator"),
    .executableTarget(
      name: "holdfast-count",
      dependencies: [
        "InventoryEngine", "SimulationKit", "StockJournal", "StockLedger",
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Benchmarks/InstructionCount"),
    .executableTarget(
      name: "holdfast-million-keys",
      dependencies: [
        "InventoryEngine", "Reconciliation", "StockJournal", "StockLedger",
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Benchmarks/MillionKeys"),
    .executableTarget(
      name: "holdfast-shopify-oversell", dependencies: ["SimulationKit"], path: "Benchmarks/ShopifyOversell"),
    .executableTarget(
      name: "holdfast-empty-route",
      dependencies: [
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      path: "Benchmarks/EmptyRoute"),
    .executableTarget(
      name: "holdfast-open-loop",
      dependencies: [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Benchmarks/OpenLoop"),
    .executableTarget(
      name: "holdfast",
      dependencies: [
        "StockLedger", "StockJournal", "ChannelIntake", "InventoryEngine", "InventoryService", "Reconciliation",
        "SQLiteJournal",
        "RedisJournal", "SimulationKit", "ShopifyAdmin", "StoreThread", "ShopifyEmulator", "ShopifyEmulatorCore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ]
    ),
    .testTarget(name: "StockLedgerTests", dependencies: ["StockLedger"]),
    .target(
      name: "JournalConformance", dependencies: ["StockJournal", "StockLedger"], path: "Tests/JournalConformance"),
    .testTarget(
      name: "StockJournalTests", dependencies: ["StockJournal", "StockLedger", "JournalConformance"],
      exclude: ["Golden"]),
    .testTarget(name: "ChannelIntakeTests", dependencies: ["ChannelIntake", "StockLedger"]),
    .testTarget(
      name: "InventoryEngineTests",
      dependencies: [
        "InventoryEngine", "StockJournal", "StockLedger", .product(name: "Logging", package: "swift-log"),
      ]
    ),
    .testTarget(
      name: "ReconciliationTests",
      dependencies: [
        "Reconciliation", "InventoryEngine", "StockJournal", "StockLedger",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "SQLiteJournalTests", dependencies: ["SQLiteJournal", "StockJournal", "StockLedger", "JournalConformance"]),
    .testTarget(
      name: "RedisJournalTests",
      dependencies: [
        "RedisJournal", "RedisRig", "StoreThread", "StockJournal", "StockLedger", "JournalConformance",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "SimulationKitTests",
      dependencies: [
        "SimulationKit", "ChannelIntake", "InventoryEngine", "Reconciliation", "StockJournal", "StockLedger",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(name: "ShopifyEmulatorCoreTests", dependencies: ["ShopifyEmulatorCore", "StockLedger"]),
    .testTarget(
      name: "ShopifyEmulatorTests",
      dependencies: [
        "ShopifyEmulator", "ShopifyEmulatorCore", "StockLedger",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .testTarget(
      name: "ShopifyAdminTests",
      dependencies: [
        "ShopifyAdmin", "ShopifyEmulatorCore", "ChannelIntake", "InventoryEngine", "InventoryService", "StockJournal",
        "StockLedger",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .testTarget(name: "HoldfastTests", dependencies: ["SQLiteJournal", "StockJournal", "StockLedger"]),
    .testTarget(
      name: "ServiceTests",
      dependencies: [
        "ChannelIntake", "InventoryService", "InventoryEngine", "Reconciliation", "StockJournal", "StockLedger",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
      ],
      exclude: ["Samples"]),
    .target(name: "RedisRig", dependencies: ["RedisJournal"], path: "Tests/RedisRig"),
    .testTarget(name: "NodeTests", dependencies: ["RedisRig", "StockLedger"]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  var settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
  ]
  if !callsC.contains(target.name) { settings.append(.strictMemorySafety()) }
  target.swiftSettings = settings
}

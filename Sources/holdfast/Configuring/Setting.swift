/// One thing that can be set for a service, and how it is called in a file, in the environment and on the command line.
///
/// The three names follow from one: `tls.cert` is `HOLDFAST_TLS_CERT` and `--tls-cert`.
struct Setting: Sendable {
  /// How its value is written.
  enum Kind: Sendable {
    /// One value.
    case value
    /// True or false; on the command line it stands alone.
    case flag
    /// Several values: a list in a file, with commas in the environment, said more than once on the command line.
    case list
    /// Values with names: a map in a file, elsewhere a list of `name=value`. What is said of a name goes before what a
    /// lower place says of it.
    case table
  }

  let key: String
  let kind: Kind
  /// What holds where nothing is said; empty where there is nothing.
  let standard: String

  init(_ key: String, _ kind: Kind = .value, standard: String = "") {
    self.key = key
    self.kind = kind
    self.standard = kind == .flag ? "false" : standard
  }

  /// Its name on the command line, with the dashes.
  var flag: String { "--" + words.joined(separator: "-") }

  /// Its name in the environment.
  var variable: String { Self.prefix + words.joined(separator: "_").uppercased() }

  static let prefix = "HOLDFAST_"

  private var words: [String] {
    var words = [""]
    for letter in key {
      if letter == "." || letter.isUppercase { words.append("") }
      if letter != "." { words[words.count - 1] += letter.lowercased() }
    }
    return words
  }
}

extension Setting {
  /// All of them, in the order of docs/configuration.md.
  static let all =
    journal + door + [
      Setting("keys"), Setting("shop", standard: "main"), Setting("keyLimits.rate"), Setting("keyLimits.burst"),
      Setting("keyLimits.holdsMax"), Setting("keyLimits.unitsMax"),
      Setting("drop", .list), Setting("sources", .table), Setting("shopify.shops"), Setting("shopify.kept"),
      Setting("shopify.dryRun", .flag), Setting("riseDelay", standard: "0"),
      Setting("reconcile.every", standard: "900"), Setting("reconcile.units", standard: "10"),
      Setting("reconcile.share", standard: "10"), Setting("reconcile.perHour", standard: "3"),
      Setting("alerts.url"), Setting("alerts.secretFile"), Setting("alerts.kinds", .list), Setting("alerts.lowStock"),
      Setting("alerts.drift", standard: "100"), Setting("alerts.kept"),
    ] + node + observing

  private static let journal = [
    Setting("data"), Setting("store"), Setting("create", .flag), Setting("archive"), Setting("redis.replicas"),
    Setting("redis.plaintext", .flag), Setting("redis.passwordFile"), Setting("acceptRedisRisks", .flag),
    Setting("acceptClock", .flag),
  ]

  private static let door = [
    Setting("listen", standard: "127.0.0.1:8080"), Setting("tls.cert"), Setting("tls.key"),
    Setting("plaintext", .flag), Setting("connectionsMax", standard: "10000"), Setting("drain", standard: "0"),
    Setting("stopPatience", standard: "15"),
  ]

  private static let node = [
    Setting("node", standard: "1"), Setting("nodes", standard: "1"), Setting("address"), Setting("readModel", .flag),
    Setting("lease", standard: "10000"),
  ]

  private static let observing = [
    Setting("log.format", standard: "text"), Setting("log.level", standard: "warning"), Setting("accessLog", .flag),
    Setting("traceFile"),
  ]

  /// Known by their variables alone: what they hold is never an argument, which everybody on the machine could read.
  static let secrets = ["HOLDFAST_REDIS_PASSWORD", "HOLDFAST_ALERTS_SECRET"]
}

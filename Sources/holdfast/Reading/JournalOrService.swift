import ArgumentParser
import Foundation

/// Where a command that only reads looks: a journal that it opens itself, or a service that has one open.
struct JournalOrService: ParsableArguments {
  @Option(help: "The directory of the journal, which no process uses meanwhile.")
  var data: String?

  @Option(
    help:
      "The Redis of the journal: redis://[user@]host[:port][,host2…][/db] or unix:///socket; REDIS_PASSWORD.")
  var store: String?

  @OptionGroup var redis: RedisFlags

  @Option(help: "A service that runs, as https://stock.example.com.")
  var url: String?

  @Option(help: "The file that holds a key of the service, if not HOLDFAST_TOKEN.")
  var tokenFile: String?

  func validate() throws {
    guard [data, store, url].compactMap(\.self).count == 1 else {
      throw ValidationError("name one of --data, --store and --url")
    }
    if let url, URL(string: url)?.host == nil || !(url.hasPrefix("http://") || url.hasPrefix("https://")) {
      throw ValidationError("--url \(url) is no address as https://stock.example.com")
    }
    if tokenFile != nil && url == nil { throw ValidationError("--token-file goes with --url") }
  }

  /// The journal that was named; nil where a service was.
  func journal() throws(Complaint) -> JournalPlace? {
    guard let name = store ?? data else { return nil }
    return try redis.place(name)
  }

  /// What is asked with: a key in a file or the environment, never an argument, which everybody on the machine could
  /// read. A service that listens on this machine only may need none.
  func headers() throws(Complaint) -> [String: String] {
    try ServiceToken(file: tokenFile).headers
  }
}

/// The key that a service is asked with.
struct ServiceToken {
  /// What goes with each request.
  let headers: [String: String]

  /// The key in a file, else that of `HOLDFAST_TOKEN`; none where there is neither.
  init(file: String?) throws(Complaint) {
    var token = Console.environment("HOLDFAST_TOKEN")
    if let file {
      guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
        throw Complaint("\(file) cannot be read", do: "check --token-file")
      }
      token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    headers = token.map { ["Authorization": "Bearer \($0)"] } ?? [:]
  }
}

import Foundation

/// The text that Prometheus scrapes, read strictly: where `promtool` is not installed this says whether it would do.
struct PrometheusText {
  struct Malformed: Error { var line: String }

  /// By name and labels, as written.
  private(set) var samples: [String: Double] = [:]
  private var kinds: [String: String] = [:]
  private var helped: Set<String> = []
  private var closed: Set<String> = []
  private var current = ""

  init(_ text: String) throws {
    guard text.hasSuffix("\n") else { throw Malformed(line: "no line end at the end") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() { try read(String(line)) }
    try checkHistograms()
  }

  private mutating func read(_ line: String) throws {
    if let help = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) .+/) {
      guard helped.insert(String(help.1)).inserted else { throw Malformed(line: line) }
      return
    }
    if let type = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)/) {
      current = String(type.1)
      guard helped.contains(current), kinds.updateValue(String(type.2), forKey: current) == nil,
        closed.insert(current).inserted
      else { throw Malformed(line: line) }
      return
    }
    let sample = /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.+)\})? (\S+)/
    guard let found = line.wholeMatch(of: sample), let kind = kinds[current] else { throw Malformed(line: line) }
    let label = /(?:^|,)[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\[\\"n])*"/
    guard found.2.map({ $0.replacing(label, with: "").isEmpty }) ?? true else { throw Malformed(line: line) }
    let name = String(found.1)
    let endings = kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
    guard endings.contains(where: { name == current + $0 }), let value = Double(found.3),
      samples.updateValue(value, forKey: name + (found.2.map { "{\($0)}" } ?? "")) == nil
    else { throw Malformed(line: line) }
    if kind == "counter" && (value < 0 || !name.hasSuffix("_total")) { throw Malformed(line: line) }
  }

  /// The last bucket holds everything.
  private func checkHistograms() throws {
    for (name, count) in samples {
      guard let found = name.firstMatch(of: /_count($|\{)/) else { continue }
      let start = name[..<found.range.lowerBound] + "_bucket"
      let labels = name[found.range.lowerBound...].dropFirst("_count".count).dropFirst().dropLast()
      let bucket = start + "{" + labels + (labels.isEmpty ? "" : ",") + #"le="+Inf"}"#
      guard samples[String(bucket)] == count else { throw Malformed(line: name) }
    }
  }
}

/// Prometheus' own word for what it takes.
enum Promtool {
  struct Refused: Error { var words: String }

  /// What the tool says; nil where it is not installed.
  static func run(_ arguments: [String], input text: String = "") throws -> String? {
    let tool = "/usr/bin/promtool"
    guard FileManager.default.isExecutableFile(atPath: tool) else { return nil }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = arguments
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (input, output, output)
    try process.run()
    input.fileHandleForWriting.write(Data(text.utf8))
    try input.fileHandleForWriting.close()
    let words = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Refused(words: words) }
    return words
  }
}

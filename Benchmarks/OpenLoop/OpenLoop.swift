import ArgumentParser
import NIOCore
import NIOPosix

/// Asks at a rate, whatever is answered: calls do not wait for each other, as buyers do not.
///
/// How long a call took is counted from when it was meant to be asked, so that a service that keeps everybody waiting
/// does not look good because nobody asks meanwhile (coordinated omission).
@main struct OpenLoop: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfast-open-loop", abstract: "Single holds at a rate, over HTTP on this machine.")

  @Option(help: "The port of a service on 127.0.0.1.")
  var port: Int

  @Option(help: "The key.")
  var token: String

  @Option(help: "Calls a second, 1 to 1,000,000.")
  var rate: Int

  @Option(help: "Seconds, 1 to 600.")
  var seconds = 10

  @Option(help: "Connections at most, 1 to 20,000: who finds all of them waiting for an answer waits for one.")
  var connections = 4_000

  func validate() throws {
    guard (1...1_000_000).contains(rate), (1...600).contains(seconds), (1...20_000).contains(connections) else {
      throw ValidationError("--rate is 1 to 1,000,000, --seconds 1 to 600, --connections 1 to 20,000")
    }
  }

  func run() async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let (load, over) = try await loop.submit {
      let load = Load(plan: Load.Plan(self), loop: loop)
      return (NIOLoopBound(load, eventLoop: loop), load.start())
    }.get()
    try await over.get()
    print(try await loop.submit { load.value.tally.text(seconds: seconds) }.get())
  }
}

extension Load.Plan {
  fileprivate init(_ options: OpenLoop) {
    self.init(
      port: options.port, token: options.token, rate: options.rate, count: options.rate * options.seconds,
      connectionsMax: options.connections)
  }
}

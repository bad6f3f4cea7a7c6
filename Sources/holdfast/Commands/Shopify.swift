import ArgumentParser

/// What has to do with Shopify, beside the service itself.
struct Shopify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Try Shopify without a shop there: an Admin API that behaves like the real one.",
    subcommands: [Emulate.self])
}

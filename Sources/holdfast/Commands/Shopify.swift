import ArgumentParser

/// What has to do with Shopify, beside the service itself.
struct Shopify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Set a Shopify shop up, or try without one: an Admin API that behaves like the real one.",
    subcommands: [Setup.self, Emulate.self])
}

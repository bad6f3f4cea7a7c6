import ArgumentParser
import InventoryEngine
import InventoryService

extension Key {
  /// Gives a key a secret to sign with.
  struct Sign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a key a signing secret and print it, for systems that sign what they send.",
      discussion: """
        Requests to /v1/ingest then carry Holdfast-Key (the key's id) and Holdfast-Signature instead of the token; what
        is signed, docs/sources.md says. A further call takes the place of the secret before. The key file keeps signing
        secrets as they are: who can read it can sign.
        """)

    @OptionGroup var options: Options

    @Argument(help: "The key's id: the part of the token between the underscores.")
    var id: String

    func run() async throws {
      try await perform(json: options.output.json) { _ in
        let key = try options.key(id)
        var random = SystemRandomNumberGenerator()
        let secret = AccessKey.makeSigningSecret(using: &random)
        try options.file.append(AccessKey.signing(of: id, secret: secret, at: SystemClock().now))
        if options.output.json {
          Console.put(JSONValue.object(key.jsonFields + [("signingSecret", .string(secret))]).text)
        } else {
          Console.put(secret)
          Console.say("keep it: it is shown only now; another holdfast key sign \(id) takes its place")
        }
        return .done
      }
    }
  }
}

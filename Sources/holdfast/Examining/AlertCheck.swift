import InventoryService

/// What alerts by webhook need on this machine. Nobody is asked over the network: `holdfast alerts --test` does that.
struct AlertCheck: Sendable {
  let options: AlertOptions

  /// A shorter secret can be guessed by who has one message.
  private static let secretMin = 16

  func findings() async -> [Finding] {
    guard let settings = options.settings else { return [] }
    if let problem = await problem(settings) {
      return [
        .failure(
          "alerts", problem, costs: "the service does not start",
          do: "set HOLDFAST_ALERTS_SECRET, or alerts.secretFile to the path of a file with the secret")
      ]
    }
    return [.good("alerts", "\(settings.address) is told of \(settings.kinds.map(\.rawValue).sorted())")]
  }

  /// Stops a start whose messages nobody could tell from a stranger's.
  func start() async throws(Complaint) {
    guard let settings = options.settings, let problem = await problem(settings) else { return }
    throw Complaint(problem, do: "docs/alerts.md says how a receiver checks the signature")
  }

  private func problem(_ settings: AlertSettings) async -> String? {
    do throws(SecretError) {
      let secret = try await settings.secret.value(in: settings.environment)
      return secret.utf8.count < Self.secretMin
        ? "the secret of alerts has fewer than \(Self.secretMin) bytes: who has one message can guess it" : nil
    } catch { return error.description }
  }
}

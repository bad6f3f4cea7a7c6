import ChannelIntake
public import InventoryEngine

/// Makes a shop tell us what we have to know: its webhooks, and whether its catalogue and locations go with ours.
public struct ShopifySetup: Sendable {
  private let catalogue: ShopifyCatalogue
  private let client: ShopifyClient
  private let address: WebhookAddress

  /// The setup of a shop whose webhooks are to go to an address.
  public init(_ catalogue: ShopifyCatalogue, address: WebhookAddress) {
    self.catalogue = catalogue
    client = catalogue.client
    self.address = address
  }

  // MARK: Planning

  /// What has to be done. Changes nothing.
  ///
  /// - Parameter replaces: Whether subscriptions of our topics to other addresses are to end.
  /// - Throws: ``ChannelFailure`` where Shopify cannot be asked.
  public func plan(replaces: Bool = false) async throws(ChannelFailure) -> ShopifySetupPlan {
    let subscriptions: [WebhookSubscription]
    let scopes: [String]
    do throws(ShopifyFailure) {
      scopes = try await granted()
      subscriptions = try await self.subscriptions()
    } catch { throw ChannelFailure(error.description) }
    return ShopifySetupPlan(
      to: address, there: subscriptions, replaces: replaces, scopes: scopes, findings: try await catalogue.load())
  }

  private struct Installation: Decodable, Sendable {
    struct Scope: Decodable, Sendable { let handle: String }
    struct App: Decodable, Sendable { let accessScopes: [Scope] }
    let currentAppInstallation: App
  }

  private func granted() async throws(ShopifyFailure) -> [String] {
    let answer: Installation = try await client.patientCall(AdminCall(AdminDocument.scopes))
    return answer.currentAppInstallation.accessScopes.map(\.handle)
  }

  private struct Subscription: Decodable, Sendable {
    let id: String
    let topic: String
    let uri: String
    let format: String
  }

  private func subscriptions() async throws(ShopifyFailure) -> [WebhookSubscription] {
    var subscriptions: [WebhookSubscription] = []
    try await client.eachPage(of: AdminDocument.subscriptions, first: 100) { (nodes: [Subscription]) in
      subscriptions += nodes.map {
        WebhookSubscription(id: $0.id, topic: $0.topic, address: $0.uri, format: $0.format)
      }
      return true
    }
    return subscriptions
  }

  // MARK: Doing

  /// Does one step of a plan. A subscription that is there already, and one that is gone, are done.
  ///
  /// - Throws: ``ChannelFailure`` that says why not, and what to do.
  public func apply(_ step: ShopifySetupPlan.Step) async throws(ChannelFailure) {
    switch step {
    case .subscribe(let topic): try await subscribe(to: topic)
    case .end(let subscription, _): try await end(subscription)
    }
  }

  private struct Subscribe: Encodable, Sendable {
    struct Input: Encodable, Sendable {
      let uri: String
      let format = "JSON"
    }
    let topic: String
    let subscription: Input
  }

  private struct Done: Decodable, Sendable { let userErrors: [AdminUserError] }

  private func subscribe(to topic: ShopifyTopic) async throws(ChannelFailure) {
    let input = Subscribe(topic: topic.schemaName, subscription: .init(uri: address.description))
    let errors = try await errors(of: AdminCall(AdminDocument.subscribe, input), advice(for: topic))
    guard let error = errors.first, !error.message.contains("already been taken") else { return }
    throw ChannelFailure("\(topic.rawValue): \(error.message.prefix(300))\(advice(for: topic))")
  }

  private func advice(for topic: ShopifyTopic) -> String {
    topic.scopeBeside.map { "; the app may need the scope \($0)" } ?? ""
  }

  private func end(_ subscription: WebhookSubscription) async throws(ChannelFailure) {
    let errors = try await errors(of: AdminCall(AdminDocument.unsubscribe, ["id": subscription.id]), "")
    guard let error = errors.first, !error.message.contains("does not exist") else { return }
    throw ChannelFailure("\(subscription.topic): \(error.message.prefix(300))")
  }

  /// The user errors of a mutation with one field. It may be sent twice: the second time it changes nothing.
  private func errors(of call: AdminCall, _ advice: String) async throws(ChannelFailure) -> [AdminUserError] {
    do throws(ShopifyFailure) {
      let answer: [String: Done?] = try await client.patientCall(call)
      return answer.values.first??.userErrors ?? [AdminUserError(message: "Shopify said nothing of it")]
    } catch { throw ChannelFailure(error.description + advice) }
  }
}

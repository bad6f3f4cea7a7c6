public import ChannelIntake

/// A subscription to webhooks, as Shopify has it.
public struct WebhookSubscription: Hashable, Sendable {
  /// Shopify's id.
  public let id: String
  /// The topic in the schema's words, as `ORDERS_CREATE`.
  public let topic: String
  /// Where its webhooks go.
  public let address: String
  /// `JSON` or `XML`.
  public let format: String
}

/// What has to be done at Shopify before a shop's webhooks come, and what a person should see to.
public struct ShopifySetupPlan: Hashable, Sendable {
  /// One change of the app's subscriptions.
  public enum Step: Hashable, Sendable {
    /// Nobody is told of a topic yet.
    case subscribe(ShopifyTopic)
    /// A subscription brings what another brings already, or brings what we cannot read.
    case end(WebhookSubscription, because: Reason)
  }

  /// Why a subscription is to end.
  public enum Reason: String, Hashable, Sendable {
    /// Its webhooks come twice.
    case duplicate
    /// It sends XML.
    case notJSON
    /// It goes to another address, and was to be replaced.
    case replaced
  }

  /// What is to be done, in this order: a new subscription before the one that it replaces ends.
  public let steps: [Step]
  /// Topics that come already.
  public let there: [ShopifyTopic]
  /// Subscriptions to our topics that go to other addresses. They are left alone unless they are to be replaced.
  public let elsewhere: [WebhookSubscription]
  /// Scopes that the app lacks, by the names under which they are granted.
  public let scopesMissing: [String]
  /// What is to be seen to in the catalogue and its locations.
  public let findings: [ShopifyFinding]

  /// True where a person has to act.
  public var needsSomebody: Bool { !scopesMissing.isEmpty || findings.contains { $0.needsSomebody } }

  /// The plan for an address, by what is there.
  ///
  /// - Parameter replaces: Whether subscriptions to other addresses end.
  init(
    to address: WebhookAddress, there subscriptions: [WebhookSubscription], replaces: Bool, scopes: [String],
    findings: [ShopifyFinding]
  ) {
    var steps: [Step] = []
    var ends: [Step] = []
    var there: [ShopifyTopic] = []
    var elsewhere: [WebhookSubscription] = []
    for topic in ShopifyTopic.allCases {
      let all = subscriptions.filter { $0.topic == topic.schemaName }
      let ours = all.filter { $0.address == address.description }
      let good = ours.first { $0.format == "JSON" }
      if good == nil { steps.append(.subscribe(topic)) } else { there.append(topic) }
      for other in ours where other != good {
        ends.append(.end(other, because: other.format == "JSON" ? .duplicate : .notJSON))
      }
      let others = all.filter { $0.address != address.description }
      if replaces { ends += others.map { .end($0, because: .replaced) } } else { elsewhere += others }
    }
    self.steps = steps + ends
    self.there = there
    self.elsewhere = elsewhere
    scopesMissing = ShopifyFailure.scopesNeeded.filter { !Self.isGranted($0, scopes) }
    self.findings = findings
  }

  /// Who may write may read.
  private static func isGranted(_ scope: String, _ scopes: [String]) -> Bool {
    scopes.contains(scope)
      || (scope.hasPrefix("read_") && scopes.contains("write_" + scope.dropFirst("read_".count)))
  }
}

extension ShopifySetupPlan.Step: CustomStringConvertible {
  /// One line for people.
  public var description: String {
    switch self {
    case .subscribe(let topic): "subscribe to \(topic.rawValue)"
    case .end(let subscription, .duplicate): "end the second subscription to \(subscription.topic)"
    case .end(let subscription, .notJSON): "end the subscription to \(subscription.topic) that sends XML"
    case .end(let subscription, .replaced): "end the subscription to \(subscription.topic) at \(subscription.address)"
    }
  }
}

extension ShopifyTopic {
  /// The schema's word, as `ORDERS_CREATE`.
  var schemaName: String { rawValue.replacing("/", with: "_").uppercased() }

  /// A scope that lets an app be told of it, where the ones that every shop needs do not.
  var scopeBeside: String? {
    switch self {
    case .fulfillmentsCreate, .fulfillmentsUpdate: "read_fulfillments"
    case .routingComplete, .fulfillmentOrderMoved: "read_merchant_managed_fulfillment_orders"
    default: nil
    }
  }
}

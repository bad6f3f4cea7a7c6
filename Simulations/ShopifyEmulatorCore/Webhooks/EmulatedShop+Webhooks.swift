public import StockLedger

extension EmulatedShop {
  /// Subscriptions of one shop; far above what one app needs.
  static let subscriptionsMax = 1_000

  /// Tells an address of a topic from now on; answers the subscription's number.
  @discardableResult
  public mutating func subscribe(
    to topic: WebhookTopic, uri: String, name: String? = nil, includeFields: [String] = [], at now: Timestamp
  ) throws(ShopRefusal) -> Int64 {
    let field = ["webhookSubscription", "uri"]
    guard uri.hasPrefix("https://") || uri.hasPrefix("http://"), uri.utf8.count <= 2_000 else {
      throw ShopRefusal("Address protocol is not supported", field: field)
    }
    guard !subscriptions.values.contains(where: { $0.topic == topic && $0.uri == uri && $0.name == name }) else {
      throw ShopRefusal("Address for this topic has already been taken", field: field)
    }
    guard subscriptions.count < Self.subscriptionsMax else {
      throw ShopRefusal("At most \(Self.subscriptionsMax) subscriptions are kept", field: ["topic"])
    }
    let id = newID()
    subscriptions[id] = WebhookSubscription(
      id: id, topic: topic, uri: uri, name: name, includeFields: includeFields, createdAt: now)
    subscriptionIDs.append(id)
    return id
  }

  /// Ends a subscription, and what was on its way to it; false where there is none.
  @discardableResult
  public mutating func unsubscribe(_ id: Int64) -> Bool {
    guard subscriptions.removeValue(forKey: id) != nil else { return false }
    subscriptionIDs.removeAll { $0 == id }
    outbox.dropAll(of: id)
    return true
  }

  /// The subscriptions, oldest first.
  public var allSubscriptions: [WebhookSubscription] { subscriptionIDs.compactMap { subscriptions[$0] } }
  /// When the next attempt is due; nil where nothing waits for its time.
  public var nextWebhookAt: Timestamp? { outbox.nextDue }
  /// Events on their way, those included whose attempt is out.
  public var webhooksWaiting: Int { outbox.count }
  /// Events that chance lost.
  public var webhooksLost: Int { outbox.lost }

  /// The shop throws the app out: it says so, and nothing else any more.
  public mutating func uninstall(at now: Timestamp) {
    emit(.appUninstalled, .shop, at: now)
    for id in subscriptionIDs where subscriptions[id]?.topic != .appUninstalled { unsubscribe(id) }
  }

  // MARK: Sending

  /// Puts an event into the outbox, once for each subscription to its topic.
  mutating func emit(_ topic: WebhookTopic, _ subject: EventSubject, at now: Timestamp) {
    guard subscriptions.values.contains(where: { $0.topic == topic }) else { return }
    let isLate = topic == .inventoryLevelsUpdate && settings.webhooks.lateBody.upperBound > 0
    let body: JSON? = isLate ? nil : self.body(of: subject)
    let eventID = chance.uuid()
    for id in subscriptionIDs {
      guard let subscription = subscriptions[id], subscription.topic == topic else { continue }
      guard !chance.chance(perMille: settings.webhooks.lossPerMille) else {
        outbox.noteLost()
        continue
      }
      let webhookID = chance.uuid()
      let copies = chance.chance(perMille: settings.webhooks.duplicatePerMille) ? 2 : 1
      for _ in 0..<copies {
        let parcel = WebhookOutbox.Parcel(
          id: outbox.nextID(), subscription: id, topic: topic, webhookID: webhookID, eventID: eventID,
          triggeredAt: now, subject: subject, body: body.map { trimmed($0, for: subscription).bytes },
          step: audit.step)
        let late = isLate ? chance.number(in: settings.webhooks.lateBody) : 0
        outbox.add(parcel, due: now + chance.number(in: settings.webhooks.delay) + late)
      }
    }
  }

  private func trimmed(_ body: JSON, for subscription: WebhookSubscription) -> JSON {
    guard !subscription.includeFields.isEmpty else { return body }
    return .object(body.members.filter { subscription.includeFields.contains($0.name) })
  }

  /// The attempts that are due, earliest first. Each is out until `noteWebhook` says what became of it.
  public mutating func takeWebhooks(at now: Timestamp, limit: Int = 1_000) -> [WebhookAttempt] {
    var taken: [WebhookAttempt] = []
    while taken.count < limit, var parcel = outbox.popDue(at: now) {
      guard let subscription = subscriptions[parcel.subscription] else {
        outbox.drop(parcel.id)
        continue
      }
      if parcel.body == nil {
        parcel.body = trimmed(body(of: parcel.subject), for: subscription).bytes
        parcel.step = audit.step
      }
      parcel.attempts += 1
      parcel.outSince = parcel.outSince ?? audit.writes
      outbox.keep(parcel)
      taken.append(attempt(of: parcel, to: subscription))
    }
    return taken
  }

  private func attempt(of parcel: WebhookOutbox.Parcel, to subscription: WebhookSubscription) -> WebhookAttempt {
    WebhookAttempt(
      id: parcel.id, number: parcel.attempts, uri: subscription.uri, topic: parcel.topic,
      headers: [
        HeaderLine("Content-Type", "application/json"), HeaderLine("X-Shopify-Topic", parcel.topic.rawValue),
        HeaderLine("X-Shopify-Shop-Domain", settings.shopDomain),
        HeaderLine("X-Shopify-API-Version", settings.apiVersion),
        HeaderLine("X-Shopify-Webhook-Id", parcel.webhookID), HeaderLine("X-Shopify-Event-Id", parcel.eventID),
        HeaderLine("X-Shopify-Triggered-At", DateTimeText.precise(parcel.triggeredAt)),
      ], body: parcel.body ?? [])
  }

  /// What became of an attempt: a status, or nil where none came (refused, cut, later than five seconds).
  ///
  /// After the last failed retry the subscription ends, as the real one does, and all that was on its way to it.
  public mutating func noteWebhook(_ id: Int64, status: Int?, at now: Timestamp) {
    guard var parcel = outbox[id] else { return }
    if let status, (200..<300).contains(status) {
      audit.arrive(by: now)
      tell(of: parcel)
      return outbox.drop(id)
    }
    guard parcel.attempts <= settings.webhooks.retryDelays.count else {
      outbox.drop(id)
      unsubscribe(parcel.subscription)
      return
    }
    // Where nothing came back the body may have arrived all the same; a status says that it was not taken.
    if status != nil { parcel.outSince = nil }
    outbox.keep(parcel)
    outbox.retry(id, due: now + settings.webhooks.retryDelays[parcel.attempts - 1])
  }

  /// The writer knows now what a body carried: the order, where it carried one.
  private mutating func tell(of parcel: WebhookOutbox.Parcel) {
    switch parcel.subject {
    case .order(let order): audit.told(order: order, upTo: parcel.step, outSince: parcel.outSince)
    // An edit's body names only what the edit changed.
    case .edit(let order, _, _):
      audit.told(order: order, from: parcel.step, upTo: parcel.step, outSince: parcel.outSince)
    case .refund(let order, let refund):
      audit.told(refundOf: order, gone: unitsGone(by: refund, of: order), upTo: parcel.step)
    default: break
    }
  }

  /// Units of each inventory item that a refund names and that are not sold again.
  private func unitsGone(by refund: Int64, of id: Int64) -> [Int64: Int64] {
    guard let order = orders[id], let refund = order.refunds.first(where: { $0.id == refund }) else { return [:] }
    var gone: [Int64: Int64] = [:]
    for line in refund.lines where line.locationID == nil {
      if let item = order.lines[line.line].itemID { gone[item, default: 0] += line.quantity }
    }
    return gone
  }
}

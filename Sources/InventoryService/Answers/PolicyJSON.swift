import StockLedger

// Configuration as the delivery form writes it, so that what was read can be written back.

extension PolicyPatch {
  /// What a resolved policy says, part by part; a customer limit that it lacks is left out.
  init(of policy: KeyPolicy) {
    self.init()
    safetyBuffer = policy.safetyBuffer
    owners = policy.owners
    skew = policy.skew
    skews = policy.skews
    openFallsTo = policy.openFallsTo
    othersFallTo = policy.othersFallTo
    channels = policy.channels
    customerLimit = policy.customerLimit
  }

  /// The rules of an item's own key: the others say nothing there.
  init(rulesOf policy: KeyPolicy) {
    self.init()
    channels = policy.channels.isEmpty ? nil : policy.channels
    customerLimit = policy.customerLimit
  }

  /// Writes the parts that are said.
  func write(to json: inout JSONWriter) {
    if let safetyBuffer { json.field("safetyBuffer", safetyBuffer) }
    if let owners { json.field("owners") { owners.write(to: &$0) } }
    if let skew { json.field("skew", skew) }
    if let skews {
      json.array("skews") { json in
        for pair in skews {
          json.object { json in
            json.field("count", pair.count)
            json.field("claims", pair.claims)
            json.field("milliseconds", pair.milliseconds)
          }
        }
      }
    }
    if let openFallsTo { json.field("openFallsTo", openFallsTo.word) }
    if let othersFallTo { json.field("othersFallTo", othersFallTo.word) }
    if let channels {
      json.array("channels") { json in for rules in channels { json.object { rules.write(to: &$0) } } }
    }
    if let customerLimit {
      json.field("customerLimit") { json in
        json.field("units", customerLimit.units)
        if customerLimit.since > .distantPast { json.field("since", customerLimit.since) }
      }
    }
  }
}

extension ComponentOwners {
  fileprivate func write(to json: inout JSONWriter) {
    for component in Component.allCases where !owner(of: component).isNone {
      json.field("\(component)", owner(of: component))
    }
  }
}

extension ChannelPolicy {
  fileprivate func write(to json: inout JSONWriter) {
    json.field("channel", channel)
    if buffer > 0 { json.field("buffer", buffer) }
    if let quota { json.field("quota", quota) }
    if quotaSince > .distantPast { json.field("quotaSince", quotaSince) }
  }
}

extension NextOwner {
  /// The word that the delivery form knows.
  fileprivate var word: String {
    switch self {
    case .allocated: "allocated"
    case .onHand: "onHand"
    case .nobody: "none"
    }
  }
}

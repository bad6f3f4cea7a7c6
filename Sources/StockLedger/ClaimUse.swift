/// Units by the time from which they count, with running sums: how many since a time, in O(log n).
struct UnitsOverTime: Hashable, Sendable {
  /// Units of one moment, and of all moments before it.
  struct Step: Hashable, Sendable {
    var time: Timestamp
    var units: Int64
    var before: Int64
  }

  private(set) var steps: [Step] = []

  private func place(_ time: Timestamp) -> Int {
    var low = 0
    var high = steps.count
    while low < high {
      let middle = (low + high) / 2
      if steps[middle].time < time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Adds units, negative to take them back: O(1) at the newest time, O(n) for older ones.
  mutating func add(_ units: Int64, at time: Timestamp) {
    if units == 0 { return }
    var place = steps.count
    if let last = steps.last, time <= last.time { place = self.place(time) }
    if place < steps.count && steps[place].time == time {
      steps[place].units += units
    } else {
      let before = place == 0 ? 0 : steps[place - 1].before + steps[place - 1].units
      steps.insert(Step(time: time, units: units, before: before), at: place)
    }
    for later in (place + 1)..<max(place + 1, steps.count) { steps[later].before += units }
    if steps[place].units == 0 { steps.remove(at: place) }
  }

  /// Units at or after a time.
  func since(_ time: Timestamp) -> Int64 {
    guard let last = steps.last else { return 0 }
    let place = self.place(time)
    return place == steps.count ? 0 : last.before + last.units - steps[place].before
  }
}

/// What channels and customers have of this key: confirmed and channel-named claims, for quotas and limits.
///
/// Channels are few and have many claims, so each keeps running sums. Customers are many and have few claims, so each
/// keeps their ids. A claim that is forgotten leaves its units behind, because a quota may have begun long before: by
/// the quarter of an hour, counted as its last millisecond, so that a quota is never found emptier than it is.
struct ClaimUse: Hashable, Sendable {
  struct ChannelUse: Hashable, Sendable {
    var channel: ChannelID
    var live = UnitsOverTime()
    var past = UnitsOverTime()
  }

  struct CustomerUse: Hashable, Sendable {
    /// Sorted; empty once all are forgotten.
    var claims: [ClaimID] = []
    var past = UnitsOverTime()
  }

  /// By channel.
  private(set) var channels: [ChannelUse] = []
  private(set) var customers: [CustomerID: CustomerUse] = [:]

  /// What one claim contributes.
  struct Share {
    var channel: ChannelID
    var customer: CustomerID
    var beganAt: Timestamp
    var units: Int64

    init(_ claim: Claim, used: Int64) {
      channel = claim.channel
      customer = claim.customer
      beganAt = claim.beganAt
      units = used
    }
  }

  static func pastTime(_ time: Timestamp) -> Timestamp {
    let quarter: Int64 = 900_000
    return Timestamp(milliseconds: (time.milliseconds.flooredDivision(by: quarter) + 1) * quarter - 1)
  }

  func channelUnits(_ channel: ChannelID, since: Timestamp) -> Int64 {
    guard let use = channels.first(where: { $0.channel == channel }) else { return 0 }
    return use.live.since(since) + use.past.since(since)
  }

  private mutating func changeChannel(_ channel: ChannelID, _ body: (inout ChannelUse) -> Void) {
    let place = channels.firstIndex { !($0.channel < channel) } ?? channels.endIndex
    if place == channels.endIndex || channels[place].channel != channel {
      channels.insert(ChannelUse(channel: channel), at: place)
    }
    body(&channels[place])
    if channels[place].live.steps.isEmpty && channels[place].past.steps.isEmpty { channels.remove(at: place) }
  }

  private mutating func changeCustomer(_ customer: CustomerID, _ body: (inout CustomerUse) -> Void) {
    var use = customers.removeValue(forKey: customer) ?? CustomerUse()
    body(&use)
    if !use.claims.isEmpty || !use.past.steps.isEmpty { customers[customer] = use }
  }

  mutating func add(_ claim: ClaimID, _ share: Share) {
    if !share.channel.isNone && share.units != 0 {
      changeChannel(share.channel) { $0.live.add(share.units, at: share.beganAt) }
    }
    if share.customer.isNone { return }
    changeCustomer(share.customer) { use in
      let place = use.claims.firstIndex { !($0 < claim) } ?? use.claims.endIndex
      if place == use.claims.endIndex || use.claims[place] != claim { use.claims.insert(claim, at: place) }
    }
  }

  mutating func remove(_ claim: ClaimID, _ share: Share) {
    if !share.channel.isNone && share.units != 0 {
      changeChannel(share.channel) { $0.live.add(-share.units, at: share.beganAt) }
    }
    if share.customer.isNone { return }
    changeCustomer(share.customer) { use in use.claims.removeAll { $0 == claim } }
  }

  /// Keeps the units of a claim that is forgotten.
  mutating func forget(_ claim: ClaimID, _ share: Share) {
    remove(claim, share)
    if share.units == 0 { return }
    keep(channel: share.channel, units: share.units, at: Self.pastTime(share.beganAt))
    keep(customer: share.customer, units: share.units, at: Self.pastTime(share.beganAt))
  }

  mutating func keep(channel: ChannelID, units: Int64, at time: Timestamp) {
    if !channel.isNone { changeChannel(channel) { $0.past.add(units, at: time) } }
  }

  mutating func keep(customer: CustomerID, units: Int64, at time: Timestamp) {
    if !customer.isNone { changeCustomer(customer) { $0.past.add(units, at: time) } }
  }
}

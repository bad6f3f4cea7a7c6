/// Live units per channel and per customer, kept only while a key's policy asks for them: without quotas and limits a
/// hold costs nothing here.
struct UsageTally: Sendable {
  private struct Counts: Sendable {
    var byChannel: [ChannelID: Int64] = [:]
    var byCustomer: [CustomerID: Int64] = [:]
    var countsChannels: Bool
    var countsCustomers: Bool
  }

  /// None or one: eight bytes where nothing is counted.
  private var counts: [Counts] = []

  /// Counts anew for a policy.
  init(policy: KeyPolicy = .default, reservations: ReservationTable? = nil) {
    let countsChannels = policy.channels.contains { $0.quota != nil }
    let countsCustomers = policy.customerLimit != nil
    guard countsChannels || countsCustomers else { return }
    var counted = self
    counted.counts = [Counts(countsChannels: countsChannels, countsCustomers: countsCustomers)]
    reservations?.forEachLive { counted.add($0.live, channel: $0.channel, customer: $0.customer) }
    self = counted
  }

  @inline(__always)
  mutating func add(_ units: Int64, channel: ChannelID, customer: CustomerID) {
    if !counts.isEmpty { count(units, channel: channel, customer: customer) }
  }

  private mutating func count(_ units: Int64, channel: ChannelID, customer: CustomerID) {
    if counts[0].countsChannels && !channel.isNone { Self.add(units, to: channel, in: &counts[0].byChannel) }
    if counts[0].countsCustomers && !customer.isNone { Self.add(units, to: customer, in: &counts[0].byCustomer) }
  }

  private static func add(_ units: Int64, to id: Identifier, in sums: inout [Identifier: Int64]) {
    let sum = sums[id, default: 0] + units
    if sum == 0 { sums.removeValue(forKey: id) } else { sums[id] = sum }
  }

  func live(channel: ChannelID) -> Int64 { counts.first?.byChannel[channel] ?? 0 }
  func live(customer: CustomerID) -> Int64 { counts.first?.byCustomer[customer] ?? 0 }
}

/// Live units per channel and per customer, kept only while a key's policy asks for them: without quotas and limits a
/// hold costs nothing here.
struct UsageTally: Sendable {
  private var byChannel: [ChannelID: Int64] = [:]
  private var byCustomer: [CustomerID: Int64] = [:]
  private var countsChannels = false
  private var countsCustomers = false

  /// Counts anew for a policy.
  init(policy: KeyPolicy = .default, reservations: ReservationTable? = nil) {
    countsChannels = policy.channels.contains { $0.quota != nil }
    countsCustomers = policy.customerLimit != nil
    guard countsChannels || countsCustomers, let reservations else { return }
    var counted = self
    reservations.forEachLive { counted.add($0.live, channel: $0.channel, customer: $0.customer) }
    self = counted
  }

  @inline(__always)
  mutating func add(_ units: Int64, channel: ChannelID, customer: CustomerID) {
    if countsChannels && !channel.isNone { Self.add(units, to: channel, in: &byChannel) }
    if countsCustomers && !customer.isNone { Self.add(units, to: customer, in: &byCustomer) }
  }

  private static func add(_ units: Int64, to id: Identifier, in sums: inout [Identifier: Int64]) {
    let sum = sums[id, default: 0] + units
    if sum == 0 { sums.removeValue(forKey: id) } else { sums[id] = sum }
  }

  func live(channel: ChannelID) -> Int64 { byChannel[channel] ?? 0 }
  func live(customer: CustomerID) -> Int64 { byCustomer[customer] ?? 0 }
}

extension StockLevel {
  /// Checks the invariants of docs/domain.md from first principles; stops the process where one is broken.
  ///
  /// Costs a pass over everything the key knows: called after recovery, by `verify`, by tests and the simulator.
  public func checkInvariants() {
    reservations.checkInvariants()
    carts.checkInvariants()
    sources.checkInvariants()
    publications.checkInvariants()
    let recount = sources.recount()
    invariant(
      recount.onHand == sources.onHand && recount.allocated == sources.allocated && recount.pending == sources.pending
        && recount.open == sources.open, "each cached sum equals its recount")
    invariant(
      sources.allocated >= 0 && sources.pending >= 0 && sources.open >= 0 && reservations.reserved >= 0,
      "only on hand and net are ever negative")
    for (cart, _) in openCartLines {
      let known = reservations[cart]
      invariant(known?.isCartLine == true && known?.live ?? 0 > 0, "open cart line \(cart) has live units")
    }
    let recounted = UsageTally(policy: policyBox.policy, reservations: reservations)
    for rules in policyBox.policy.channels where rules.quota != nil {
      invariant(
        recounted.live(channel: rules.channel) == usage.live(channel: rules.channel),
        "live units of channel \(rules.channel) equal their recount")
    }
  }
}

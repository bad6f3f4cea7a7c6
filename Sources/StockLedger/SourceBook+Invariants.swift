// From first principles: costly, for recovery, the simulator and tests.
extension SourceBook {
  /// The four sums, counted anew from aggregates, fallen units and claims.
  public func recount() -> (onHand: Int64, allocated: Int64, pending: Int64, open: Int64) {
    let coverage = coverage
    var sums = (
      onHand: records.onHand.recount(), allocated: records.allocated.units, pending: records.pending.units,
      open: records.open.units
    )
    // Sums do not know an order, so the dictionary's does not show.
    for claim in claims.values {
      let standing = claim.standing(coverage)
      sums.allocated += standing.allocated
      sums.pending += standing.pending
      sums.open += standing.open
    }
    return sums
  }

  /// Stops the process where a cached sum is not its recount, or what cannot be negative is.
  public func checkInvariants() {
    let sums = recount()
    invariant(onHand == sums.onHand, "on hand \(onHand) is not its recount \(sums.onHand)")
    invariant(allocated == sums.allocated, "allocated \(allocated) is not its recount \(sums.allocated)")
    invariant(pending == sums.pending, "pending \(pending) is not its recount \(sums.pending)")
    invariant(open == sums.open, "open \(open) is not its recount \(sums.open)")
    invariant(min(allocated, pending, open) >= 0, "negative: \(allocated) allocated, \(pending) pending, \(open) open")
    let coverage = coverage
    var use = ClaimUse()
    for (id, claim) in claims {
      let standing = claim.standing(Coverage())
      invariant(standing.used >= 0 && standing.unshipped >= 0, "claim \(id) has negative units: \(standing)")
      invariant(
        standing.isEnded == (claim.endedAt != .distantFuture), "claim \(id): ended is \(standing.isEnded) by its units")
      let counted = claim.uncorrectedStanding(coverage).counted
      invariant(claim.corrected <= counted, "claim \(id): \(claim.corrected) of \(counted) units are corrected")
      use.add(id, ClaimUse.Share(claim, used: standing.used))
    }
    for id in records.lineStates.keys { invariant(claims[id] != nil, "the state of line \(id) has no claim") }
    for channel in use.channels {
      let known = self.use.channels.first { $0.channel == channel.channel }
      invariant(known?.live == channel.live, "units of channel \(channel.channel) are not their recount")
    }
  }
}

/// What a look is asked to look at, and what it makes of it.
public struct LookOrder: Sendable {
  /// What of the shop is looked at.
  public var scope: ReconciliationScope
  /// True where nothing is mended.
  public var isDryRun: Bool
  /// One source's list that alone is looked at; nil looks at every side.
  public var list: (any SnapshotSource)?
  /// How the scope is rebuilt from the list; nil compares. Means nothing without a list.
  public var refresh: RefreshTerms?

  /// An order.
  public init(
    _ scope: ReconciliationScope = .shop, isDryRun: Bool = false, list: (any SnapshotSource)? = nil,
    refresh: RefreshTerms? = nil
  ) {
    self.scope = scope
    self.isDryRun = isDryRun
    self.list = list
    self.refresh = refresh
  }
}

/// How a shop or a location is rebuilt from a source's list.
public struct RefreshTerms: Hashable, Sendable {
  /// True where a person has said that the list may be much smaller than what its source has reported.
  public var allowsShrink: Bool
  /// True where it is done at once; else every row waits for a yes.
  public var isApplied: Bool

  /// Terms.
  public init(allowsShrink: Bool = false, isApplied: Bool = false) {
    self.allowsShrink = allowsShrink
    self.isApplied = isApplied
  }
}

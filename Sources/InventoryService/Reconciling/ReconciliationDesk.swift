public import Reconciliation

/// The reconcilers of a service, by shop.
public struct ReconciliationDesk: Sendable {
  private let reconcilers: [String: Reconciler]

  /// Where lists that people send wait.
  let lists: SentLists

  /// A desk; its service runs the reconcilers.
  public init(_ reconcilers: [Reconciler], lists: SentLists = SentLists()) {
    self.lists = lists
    self.reconcilers = Dictionary(reconcilers.map { ($0.shop, $0) }) { first, _ in first }
  }

  /// The reconciler of a shop; nil where nobody looks at it.
  func reconciler(of shop: String) -> Reconciler? { reconcilers[shop] }

  /// Looks, on time and where it is asked to, until it is cancelled.
  ///
  /// - Parameter silence: Who knows which sources should have spoken.
  func run(watching silence: any SilenceWatch) async {
    // What cannot be removed is in nobody's way.
    try? await lists.empty()
    await withDiscardingTaskGroup { group in
      for (_, reconciler) in reconcilers.sorted(by: { $0.key < $1.key }) {
        group.addTask {
          await reconciler.watch(silence)
          await reconciler.run()
        }
      }
    }
  }
}

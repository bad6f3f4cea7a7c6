public import Reconciliation

/// The reconcilers of a service, by shop.
public struct ReconciliationDesk: Sendable {
  private let reconcilers: [String: Reconciler]

  /// A desk; its service runs the reconcilers.
  public init(_ reconcilers: [Reconciler]) {
    self.reconcilers = Dictionary(reconcilers.map { ($0.shop, $0) }) { first, _ in first }
  }

  /// The reconciler of a shop; nil where nobody looks at it.
  func reconciler(of shop: String) -> Reconciler? { reconcilers[shop] }

  /// Looks, on time and where it is asked to, until it is cancelled.
  ///
  /// - Parameter silence: Who knows which sources should have spoken.
  func run(watching silence: any SilenceWatch) async {
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

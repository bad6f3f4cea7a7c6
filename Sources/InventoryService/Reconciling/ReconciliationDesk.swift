public import Reconciliation

/// The reconcilers of a service, by shop.
public struct ReconciliationDesk: Sendable {
  /// Reports that are read at a start, to know since when what is open has been so: eight hours of looks.
  private static let rememberedMax = 32

  private let reconcilers: [String: Reconciler]
  /// What they found.
  let board = LookBoard()
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
  /// - Parameters:
  ///   - silence: Who knows which sources should have spoken.
  ///   - alerts: Who tells people of what is found; nil where nobody does.
  func run(watching silence: any SilenceWatch, telling alerts: AlertDesk?) async {
    // What cannot be removed is in nobody's way.
    try? await lists.empty()
    await withDiscardingTaskGroup { group in
      for (_, reconciler) in reconcilers.sorted(by: { $0.key < $1.key }) {
        group.addTask {
          await reconciler.watch(silence)
          await remember(reconciler)
          await reconciler.observe(LookWitness(board: board, alerts: alerts))
          await reconciler.run()
        }
      }
    }
  }

  /// Takes over what was open before this start. Reports that cannot be read are left out: the looks to come say again
  /// what is open.
  private func remember(_ reconciler: Reconciler) async {
    let reports = try? await reconciler.latest(Self.rememberedMax)
    for report in (reports ?? []).reversed() { board.remember(report) }
  }
}

/// Who notes what comes of looks, and has people told.
private struct LookWitness: LookObserver {
  let board: LookBoard
  let alerts: AlertDesk?

  func ended(_ report: DriftReport, compared: [String: Int]) async {
    let new = board.ended(report, compared: compared)
    await alerts?.tell(report, new: new)
  }

  func changed(_ report: DriftReport) async { board.changed(report) }

  func failed(shop: String) async { board.failed() }
}

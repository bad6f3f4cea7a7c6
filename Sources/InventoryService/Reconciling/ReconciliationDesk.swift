public import Reconciliation
import Synchronization

/// The reconcilers of a service, by shop: those of shops that are written to a channel, and one for every other shop
/// that somebody asks about or that has stock.
public final class ReconciliationDesk: Sendable {
  /// Who looks at shops that are written nowhere.
  public struct Others: Sendable {
    /// The shops that have stock now.
    let shops: @Sendable () -> [String]
    /// A reconciler of a shop.
    let reconciler: @Sendable (String) -> Reconciler

    /// Who looks at them; each shop's reconciler is made once.
    public init(shops: @escaping @Sendable () -> [String], reconciler: @escaping @Sendable (String) -> Reconciler) {
      self.shops = shops
      self.reconciler = reconciler
    }
  }

  /// Reports that are read at a start, to know since when what is open has been so: eight hours of looks.
  private static let rememberedMax = 32
  /// How often shops are looked for that are new.
  private static let lookedForEvery = Duration.seconds(10)

  private let reconcilers: Mutex<[String: Reconciler]>
  private let others: Others?
  /// What they found.
  let board = LookBoard()
  /// Where lists that people send wait.
  let lists: SentLists

  /// A desk; its service runs the reconcilers.
  ///
  /// - Parameter others: Nil where only the shops of `reconcilers` are looked at.
  public init(_ reconcilers: [Reconciler], lists: SentLists = SentLists(), others: Others? = nil) {
    self.lists = lists
    self.others = others
    self.reconcilers = Mutex(Dictionary(reconcilers.map { ($0.shop, $0) }) { first, _ in first })
  }

  /// The reconciler of a shop; nil where nobody looks at it.
  func reconciler(of shop: String) -> Reconciler? {
    reconcilers.withLock { reconcilers in
      if let known = reconcilers[shop] { return known }
      guard let others else { return nil }
      let new = others.reconciler(shop)
      reconcilers[shop] = new
      return new
    }
  }

  /// Looks, on time and where it is asked to, until it is cancelled; a shop that is new is looked at seconds later.
  ///
  /// - Parameters:
  ///   - silence: Who knows which sources should have spoken.
  ///   - alerts: Who tells people of what is found; nil where nobody does.
  func run(watching silence: any SilenceWatch, telling alerts: AlertDesk?) async {
    // What cannot be removed is in nobody's way.
    try? await lists.empty()
    await withDiscardingTaskGroup { group in
      var running: Set<String> = []
      while !Task.isCancelled {
        for shop in others?.shops() ?? [] { _ = reconciler(of: shop) }
        let new = reconcilers.withLock { $0 }.filter { running.insert($0.key).inserted }
        for (_, reconciler) in new.sorted(by: { $0.key < $1.key }) {
          group.addTask {
            await reconciler.watch(silence)
            await self.remember(reconciler)
            await reconciler.observe(LookWitness(board: self.board, alerts: alerts))
            await reconciler.run()
          }
        }
        if others == nil { return }
        try? await Task.sleep(for: Self.lookedForEvery)
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

/// Who hears what comes of looks at a shop: what measures, and what tells people.
///
/// The reconciler waits for each answer, so whoever takes long makes its looks rarer.
public protocol LookObserver: Sendable {
  /// A look has ended, and its report is kept.
  ///
  /// - Parameter compared: How many numbers were compared, by location.
  func ended(_ report: DriftReport, compared: [String: Int]) async
  /// Rows of an earlier report stand otherwise now: by a person's word, or because a crash had left them undone.
  func changed(_ report: DriftReport) async
  /// A look ended without a report.
  func failed(shop: String) async
}

import ArgumentParser
import Reconciliation

/// The flags of `serve` for looks at drift.
struct ReconcilingOptions: ParsableArguments {
  @Option(help: "Seconds from one look at a shop to the next, 10 to 86400; 0 looks only when asked.")
  var reconcileEvery = 900

  @Option(help: "Units by which one correction may raise a number without asking; 0 asks about every rise.")
  var reconcileUnits = 10

  @Option(help: "Per cent of the larger side by which one correction may raise a number without asking, 0 to 100.")
  var reconcileShare = 10

  @Option(help: "Corrections of one key within an hour; past them a person is asked.")
  var reconcilePerHour = 3

  func validate() throws {
    if reconcileEvery != 0 && !(10...86_400).contains(reconcileEvery) {
      throw ValidationError("--reconcile-every is 10 to 86400 seconds, or 0")
    }
    if !(0...1_000_000_000).contains(reconcileUnits) {
      throw ValidationError("--reconcile-units is 0 to 1000000000")
    }
    if !(0...100).contains(reconcileShare) { throw ValidationError("--reconcile-share is 0 to 100 per cent") }
    if !(0...1_000).contains(reconcilePerHour) { throw ValidationError("--reconcile-per-hour is 0 to 1000") }
  }

  var settings: ReconciliationSettings {
    var settings = ReconciliationSettings()
    settings.period = reconcileEvery == 0 ? nil : Int64(reconcileEvery) * 1_000
    settings.mending.unitsMax = Int64(reconcileUnits)
    settings.mending.sharePerMille = Int64(reconcileShare) * 10
    settings.mending.correctionsPerHour = reconcilePerHour
    return settings
  }
}

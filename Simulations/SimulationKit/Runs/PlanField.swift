/// One number of a plan that a scenario may set: its name in scenario files, what it means, and its range.
///
/// One table of them is all there is to know of a plan: files are read and checked by it, the schema is written from
/// it, and a failing run is made smaller along it.
public struct PlanField<Plan>: Sendable {
  /// Its name, which is the property's.
  public let name: String
  /// What it means, with its unit.
  public let about: String
  /// What it may be.
  public let range: ClosedRange<Int64>
  /// True where it is a switch: `true` or `false` in a file, 1 or 0 here.
  public let isSwitch: Bool
  /// What a plan says.
  public let get: @Sendable (Plan) -> Int64
  /// Sets it; the value is in ``range``.
  public let set: @Sendable (inout Plan, Int64) -> Void

  init<Number: FixedWidthInteger & SendableMetatype>(
    _ name: String, _ path: any WritableKeyPath<Plan, Number> & Sendable, _ range: ClosedRange<Int64>, _ about: String
  ) {
    self.name = name
    self.about = about
    self.range = range
    isSwitch = false
    get = { Int64(clamping: $0[keyPath: path]) }
    set = { $0[keyPath: path] = Number(clamping: $1) }
  }

  init(_ name: String, _ path: any WritableKeyPath<Plan, Bool> & Sendable, _ about: String) {
    self.name = name
    self.about = about
    range = 0...1
    isSwitch = true
    get = { $0[keyPath: path] ? 1 : 0 }
    set = { $0[keyPath: path] = $1 != 0 }
  }
}

extension StorefrontPlan {
  /// What a scenario may set.
  public static let fields: [PlanField<StorefrontPlan>] = [
    .init("keys", \.keys, 1...8, "stock keys; the fewer, the more often they meet"),
    .init("stockMax", \.stockMax, 0...1_000_000, "units counted on each key at first, at most"),
    .init("shoppers", \.shoppers, 1...64, "tasks that shop at the same time"),
    .init("visits", \.visits, 1...1_000, "what each of them does, one after the other"),
    .init("cartsPerMille", \.cartsPerMille, 0...1_000, "of a thousand visits, those that ask for a cart"),
    .init("batchesPerMille", \.batchesPerMille, 0...1_000, "of a thousand visits, those that submit a batch"),
    .init("repeatsPerMille", \.repeatsPerMille, 0...1_000, "of a thousand holds, those that are asked for once more"),
    .init("adjustments", \.adjustments, 0...1_000, "reports of the ERP: receipts and losses"),
    .init("passivations", \.passivations, 0...100, "times that idle keepers are told to leave memory"),
    .init("snapshots", \.snapshots, 0...100, "times that snapshots are saved"),
    .init("pauses", \.pauses, 0...100, "times that the process stands still for up to 1.5 s"),
    .init("crashes", \.crashes, 0...10, "losses of power; the engine is opened anew on what the disk kept"),
    .init("fullDisks", \.fullDisks, 0...100, "commits that find no room"),
    .init("syncMax", \.syncMax, 0...10_000, "the longest sync of the disk, in milliseconds"),
  ]

  /// The troubles among them: none of them is left without faults, and all are on with every fault.
  mutating func set(_ faults: SimulatedFaults) {
    switch faults {
    case .asPlanned: break
    case .none: (passivations, snapshots, pauses, crashes, fullDisks) = (0, 0, 0, 0, 0)
    case .all:
      (passivations, snapshots, pauses) = (max(passivations, 4), max(snapshots, 2), max(pauses, 2))
      (crashes, fullDisks) = (max(crashes, 2), max(fullDisks, 2))
    }
  }
}

extension ShopifyTradePlan {
  /// What a scenario may set.
  public static let fields: [PlanField<ShopifyTradePlan>] = [
    .init("variants", \.variants, 1...1_000, "variants, each at every location"),
    .init("locations", \.locations, 1...2, "Shopify's locations"),
    .init("units", \.units, 0...1_000_000, "units of each key at the beginning, on both sides"),
    .init("safetyBuffer", \.safetyBuffer, 0...1_000_000, "units of each key that are kept back from every channel"),
    .init("orders", \.orders, 1...100_000, "orders, by Shopify's own checkout or held here"),
    .init("gapMax", \.gapMax, 1...3_600_000, "the longest time between two orders, in milliseconds"),
    .init("travelMax", \.travelMax, 1...60_000, "the longest way of a call, or of its answer, in milliseconds"),
    .init("heldPerMille", \.heldPerMille, 0...1_000, "of a thousand orders, those that are held here first"),
    .init(
      "cancelPerMille", \.cancelPerMille, 0...1_000, "of a thousand, those after which one is cancelled or refunded"),
    .init("shipPerMille", \.shipPerMille, 0...1_000, "of a thousand, those after which one is sent"),
    .init("movePerMille", \.movePerMille, 0...1_000, "of a thousand, those after which one goes to another location"),
    .init(
      "goodsPerMille", \.goodsPerMille, 0...1_000, "of a thousand, those after which the ERP books goods in or out"),
    .init(
      "editPerMille", \.editPerMille, 0...1_000, "of a thousand, those after which a person edits Shopify's number"),
    .init("fullDiskPerMille", \.fullDiskPerMille, 0...1_000, "of a thousand, those after which the disk is full once"),
    .init(
      "goodsLostPerMille", \.goodsLostPerMille, 0...1_000, "of a thousand bookings, those that the ERP never tells"),
    .init("reconciles", \.reconciles, "two reconcilers look at the shop while it trades"),
    .init("crashes", \.crashes, 0...10, "losses of power"),
    .init("isFaulty", \.isFaulty, "Shopify fails calls, and loses, doubles, delays and mixes up webhooks"),
    .init("syncMax", \.syncMax, 0...10_000, "the longest sync of the disk, in milliseconds"),
  ]

  mutating func set(_ faults: SimulatedFaults) {
    switch faults {
    case .asPlanned: break
    case .none: (isFaulty, crashes, fullDiskPerMille, editPerMille, goodsLostPerMille) = (false, 0, 0, 0, 0)
    case .all:
      isFaulty = true
      (crashes, fullDiskPerMille, editPerMille) = (max(crashes, 2), max(fullDiskPerMille, 20), max(editPerMille, 20))
    }
  }
}

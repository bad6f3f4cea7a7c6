public import StockLedger

/// Why two sides say different numbers of a key, as far as it is known.
///
/// The stored number of each is frozen. Source: docs/reconciliation.md.
public enum DriftClass: UInt8, Hashable, Sendable, CaseIterable {
  /// Both say the same.
  case inStep = 0
  /// Ours is the newer number, and on its way to them; no drift.
  case oursIsNewer = 1
  /// They told of something and we never heard: it is fetched and applied by its identity.
  case missedDelivery = 2
  /// A person changed the channel's number.
  case editedByHand = 3
  /// An order that the channel has and we had not.
  case orderUnseen = 4
  /// The same demand counts twice.
  case doubleCounted = 5
  /// A claim whose order is gone or closed.
  case claimOrphaned = 6
  /// A hold that is older than its lifetime allows.
  case holdOverdue = 7
  /// The channel does not know the SKU.
  case unmapped = 8
  /// A count that is older than it should be.
  case staleCount = 9
  /// A source that has not spoken for too long.
  case sourceSilent = 10
  /// Nobody knows.
  case unexplained = 11

  /// Its name in reports and in the API: its case's, which is as frozen as its number.
  public var name: String { "\(self)" }

  /// True for classes whose numbers differ; the others only ask for somebody's eyes.
  public var isDrift: Bool {
    switch self {
    case .inStep, .oursIsNewer, .unmapped, .staleCount, .sourceSilent: false
    default: true
    }
  }
}

/// Who says another number than the engine.
public enum DriftSide: Hashable, Sendable {
  /// The channel that the shop is published to.
  case channel(ChannelID)
  /// A source.
  case source(SourceID)
  /// Nobody: the engine's own books do not fit together.
  case ourselves
}

/// What would bring the two sides together.
public enum Mending: Hashable, Sendable {
  /// Nothing that a machine may do.
  case none
  /// The publisher reads the channel's number again, and writes ours over it by comparing.
  case lookAgain(available: Int64)
  /// The source's own report, which never came or was lost.
  case deliver(Report)
  /// A correction of the key.
  case correct(Correction.Change, CorrectionReason)
}

/// What became of a row's mending.
public enum MendingState: UInt8, Hashable, Sendable, CaseIterable {
  /// There is nothing to do, or a person has to.
  case noted = 0
  /// It will be done: kept before it begins, so that a crash between goes on with it.
  case planned = 1
  /// It is done, durably.
  case mended = 2
  /// It waits for a person's yes or no.
  case held = 3
  /// The key was corrected too often within an hour: a person has to look.
  case parked = 4
  /// Meanwhile something else moved the key: the next look decides anew.
  case overtaken = 5
  /// A person said no.
  case rejected = 6
  /// It was mended, and taken back since.
  case undone = 7

  /// Its name in reports and in the API: its case's, which is as frozen as its number.
  public var name: String { "\(self)" }

  /// True where somebody still has to do something.
  public var isOpen: Bool { self == .planned || self == .held || self == .parked }
}

/// One difference that a look found.
public struct DriftRow: Hashable, Sendable {
  /// Its number within the report, from 1.
  public var number: Int
  /// The key.
  public var key: StockKey
  /// Who says otherwise.
  public var side: DriftSide
  /// What is compared: a component's units; nil for what the channel may sell.
  public var component: Component?
  /// Our number; nil where we have none.
  public var ours: Int64?
  /// Theirs; nil where they have none.
  public var theirs: Int64?
  /// Why.
  public var driftClass: DriftClass
  /// One line for people: what is known of the cause.
  public var cause: String
  /// What would mend it.
  public var mending: Mending
  /// What became of that.
  public var state: MendingState
  /// What a person or the engine said to it; empty where nobody did.
  public var remark: String

  /// A difference.
  public init(
    number: Int = 0, key: StockKey, side: DriftSide, component: Component? = nil, ours: Int64?, theirs: Int64?,
    driftClass: DriftClass, cause: String, mending: Mending = .none, state: MendingState = .noted, remark: String = ""
  ) {
    self.number = number
    self.key = key
    self.side = side
    self.component = component
    self.ours = ours
    self.theirs = theirs
    self.driftClass = driftClass
    self.cause = cause
    self.mending = mending
    self.state = state
    self.remark = remark
  }

  /// Theirs less ours; 0 where one is missing.
  public var difference: Int64 {
    guard let ours, let theirs else { return 0 }
    return theirs - ours
  }
}

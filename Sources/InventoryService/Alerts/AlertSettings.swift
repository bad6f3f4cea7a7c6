/// Where alerts are sent, what is told, and how hard it is tried.
public struct AlertSettings: Sendable {
  /// Who hears them: `https`, or a relay on this machine itself, since a message says how much of what there is.
  public var address: PullAddress
  /// What they are signed with.
  public var secret: SecretText
  /// Variables that stand for secrets, by name.
  public var environment: [String: String]
  /// What is told.
  public var kinds = Set(AlertKind.choices)
  /// Units of a key at or under which its stock is low; nil where nobody wants to hear of it.
  public var lowAt: Int64?
  /// Differences of one look that are told even where all of them were mended.
  public var driftMax = 100
  /// How long what happens is gathered into one message, in milliseconds: an import that sells out a hundred SKUs is
  /// one piece of news.
  public var gatherFor: Int64 = 2_000
  /// For how long a key that was told as low is not told again, in milliseconds: one that swings about its level would
  /// never be silent.
  public var quietFor: Int64 = 900_000
  /// How long one try may take.
  public var patience: Duration = .seconds(10)
  /// From the first try to the second, in milliseconds; each pause is twice the one before, up to ``pauseMax``.
  public var retryFirst: Int64 = 5_000
  /// The longest pause between two tries, in milliseconds.
  public var pauseMax: Int64 = 3_600_000
  /// How long a message is tried, in milliseconds: a receiver that is down overnight gets all of them.
  public var giveUpAfter: Int64 = 86_400_000

  /// Everything is told but low stock.
  public init(address: PullAddress, secret: SecretText, environment: [String: String]) {
    self.address = address
    self.secret = secret
    self.environment = environment
  }

  /// Keys or rows in one message: some 20 kB, which a person still reads.
  static let rowsMax = 100

  /// How a message stands after a try that failed.
  func standing(_ standing: Alert.Standing, after failure: AlertFailure, at now: Int64) -> Alert.Standing {
    var next = standing
    next.tries += 1
    next.triedAt = now
    next.status = failure.status
    next.trouble = failure.words
    let pause = min(retryFirst << Int64(min(standing.tries, 20)), pauseMax)
    next.nextAt = now + max(pause, min(failure.retryAfter, pauseMax))
    if failure.isFinal || next.nextAt > next.begunAt + giveUpAfter { next.state = .dead }
    return next
  }
}

/// Why a try failed.
struct AlertFailure: Error {
  /// What the receiver answered; nil where it did not.
  var status: Int?
  /// One line, for people.
  var words: String
  /// Milliseconds for which it wants to be left alone.
  var retryAfter: Int64 = 0
  /// True where it never wants to hear of this again: 410.
  var isFinal = false
}

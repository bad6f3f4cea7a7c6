public import ChannelIntake

/// One source as the configuration describes it.
public struct SourceSettings: Sendable {
  /// The way its deliveries come.
  public enum Door: Sendable {
    /// It calls `POST /v1/ingest/{source}`.
    case push
    /// Files are left in a folder.
    case drop(DropSettings)
    /// It is asked over HTTP.
    case pull(PullSettings)
  }

  /// The shop and the name under which it reports.
  public var origin: DeliveryOrigin
  /// The way its deliveries come.
  public var door: Door
  /// How often something should come, in milliseconds; longer silence is told. Nil = nobody waits.
  public var expectedEvery: Int64?

  /// A source.
  public init(origin: DeliveryOrigin, door: Door = .push, expectedEvery: Int64? = nil) {
    self.origin = origin
    self.door = door
    self.expectedEvery = expectedEvery
  }
}

extension Duration {
  /// Milliseconds; what is finer is cut off.
  var wholeMilliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}

extension SourceSettings.Door {
  /// The word that configuration and answers have for it.
  var word: String {
    switch self {
    case .push: "push"
    case .drop: "drop"
    case .pull: "pull"
    }
  }
}

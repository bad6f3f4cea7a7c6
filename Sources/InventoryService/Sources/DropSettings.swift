/// A folder in which a source leaves files, by SFTP or a share.
public struct DropSettings: Hashable, Sendable {
  /// The folder. `working`, `done` and `failed` are made in it.
  public var path: String
  /// How long a file must stay as it is before it is taken: a writer that pauses for longer writes under another name
  /// first.
  public var settle: Duration = .seconds(2)
  /// How often the folder is looked at.
  public var every: Duration = .seconds(1)
  /// The most bytes of a file: ten million rows, some minutes of work.
  public var fileMax: Int64 = 1 << 30
  /// Row errors that are written beside a file; of more the sum is.
  public var faultsMax = 10_000

  /// A folder with the bounds written above.
  public init(path: String) { self.path = path }
}

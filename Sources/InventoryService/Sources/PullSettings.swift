public import ChannelIntake
import HTTPTypes
public import StockLedger

/// A system that is asked over HTTP: where, how often, and what its answers mean.
public struct PullSettings: Sendable {
  /// A value of each answer that the next poll sends back, so that it is told only what is new.
  public struct Cursor: Sendable {
    /// Where it stands in an answer.
    public var path: JSONPath
    /// The field of the query that takes it.
    public var parameter: String
    /// What is sent as long as no answer had one; nil sends none.
    public var start: String?

    /// A cursor.
    public init(path: JSONPath, parameter: String, start: String? = nil) {
      self.path = path
      self.parameter = parameter
      self.start = start
    }
  }

  /// The way from one page of a poll to the next. It ends where an answer names no further page.
  public struct Pages: Sendable {
    /// Where an answer names the next page.
    public var path: JSONPath
    /// The field of the query that takes the name; nil where an answer gives a link.
    public var parameter: String?

    /// Pages.
    public init(path: JSONPath, parameter: String? = nil) {
      self.path = path
      self.parameter = parameter
    }
  }

  /// The list of all that the source knows: asked when drift is looked for, in pages as the source has them.
  public struct List: Sendable {
    /// What is asked.
    public var address: PullAddress
    /// Where its first page says when all of it was true; nil = the answer's `Last-Modified` or `Date` does.
    public var asOf: JSONPath?
    /// Components of which it names every line.
    public var complete: Set<Component> = []

    /// A list.
    public init(address: PullAddress) { self.address = address }
  }

  /// What is asked.
  public var address: PullAddress
  /// What each request says beside.
  public var fields: [PullField] = []
  /// What the names of secrets stand for, see ``SecretText``.
  public var environment: [String: String] = [:]
  /// What an answer's rows mean.
  public var mapping: RowMapping
  /// Where the next poll goes on; nil = each asks for everything.
  public var cursor: Cursor?
  /// How an answer goes on; nil = it is one page.
  public var pages: Pages?
  /// Where the source tells all that it knows; nil = nowhere.
  public var list: List?
  /// The file that keeps the cursor over a restart; nil = a restart begins anew.
  public var stateFile: String?
  /// From the start of a poll to the start of the next.
  public var interval: Duration = .seconds(60)
  /// How long one answer may take to its last byte.
  public var patience: Duration = .seconds(30)
  /// How long is waited after a first failure; doubled with each further one, up to five minutes or the interval.
  public var retryFirst: Duration = .seconds(5)
  /// The most bytes of an answer: a hundred thousand rows. It is held whole, and read takes several times its size.
  public var bodyMax = 16 << 20
  /// Answers of one poll: ten million rows. A system that names pages without end is not followed for ever.
  public var answersMax = 1_000

  /// A system that is asked, with the bounds written above.
  public init(address: PullAddress, mapping: RowMapping) {
    self.address = address
    self.mapping = mapping
  }
}

/// A field of a request's head, with the secrets that are in it by name.
public struct PullField: Sendable {
  /// What the poll itself says.
  private static let own: Set<String> = [
    "host", "connection", "content-length", "transfer-encoding", "if-none-match", "if-modified-since",
  ]

  /// As it is sent.
  public let name: String
  /// What is said.
  public let text: SecretText

  /// A field; nil where the name is none, or one that is not to be set.
  public init?(_ name: String, _ text: SecretText) {
    guard HTTPField.Name(name) != nil, !Self.own.contains(name.lowercased()) else { return nil }
    self.name = name
    self.text = text
  }
}

/// What the service takes, and how long it waits. Every bound has its reason; sizes are bytes.
public struct ServiceSettings: Sendable {
  /// A request's body: twenty times the longest cart.
  public var bodyMax = 1 << 20
  /// The body of many commands: 10,000 lines of a kilobyte.
  public var batchBodyMax = 10 << 20
  /// The body of a webhook: an order of Shopify's has some kilobytes, one of many hundred lines a megabyte.
  public var webhookBodyMax = 5 << 20
  /// A body that is read and answered on its connection's own thread: a thousand lines, some milliseconds.
  public var briefBodyMax = 128 << 10
  /// Commands at once: more than that gains nothing, and the first would wait for the last.
  public var linesMax = 10_000
  /// What a page of a list may come to: it ends there, below its limit, where rows are long (carts of a thousand lines,
  /// claims of a large shortfall).
  public var pageBytesMax = 4 << 20
  /// The body of an ingest: a million rows; it is taken as it comes, and never held whole.
  public var ingestBodyMax = 100 << 20
  /// Ingests at once: each holds a batch of rows, some megabytes.
  public var ingestsMax = 32
  /// The body of a signed request: it is held whole until its signature was checked.
  public var signedBodyMax = 10 << 20
  /// How long an ingest may take: its largest body at a megabit a second.
  public var ingestPatience: Duration = .seconds(900)
  /// How long a body may take to come, from its first byte to its last: a phone on a bad line, not a hoarder of
  /// connections.
  public var bodyPatience: Duration = .seconds(10)
  /// How long a connection may be silent.
  public var idleMax: Duration = .seconds(60)
  /// Connections at once; who comes then waits to be accepted. Each costs some 30 kB.
  public var connectionsMax = 10_000
  /// Connections that wait to be accepted: as many as Linux lets wait. One more is not refused but forgotten, and its
  /// client's first request comes seconds later.
  public var backlog = 4_096
  /// Connections at once that ask nothing: the pools of a hundred clients. Past it the one that is idle longest is
  /// closed.
  public var idleConnectionsMax = 4_000
  /// Calls at once that wait for the engine: at 10,000 a second the last of them waits a fifth of a second; who comes
  /// then is told to come back.
  public var callsMax = 2_000
  /// Requests at once that were read and are not answered: at 10,000 a second the last of them waits a tenth of a
  /// second. Who comes then is told to come back, by the connection itself.
  public var waitingMax = 1_000
  /// Bodies in memory at once: six of the largest; read, each takes several times its size.
  public var bodyBytesMax = 64 << 20
  /// A request's fields, all of them: what the common proxies pass on.
  public var fieldsBytesMax = 32 << 10
  /// How many fields a request may have.
  public var fieldsMax = 100
  /// Streams at once: each costs some 30 kB as a connection does, and half of those stay free for calls.
  public var streamsMax = 5_000
  /// Streams of one shop at once: one shop's screens leave room for the others.
  public var streamsPerShopMax = 4_000
  /// Keys that wait for a slow reader of a stream, each once; past it the stream ends. About 2 MB.
  public var streamKeysMax = 10_000

  /// How long new requests are still taken after `/readyz` has said no: so long a balancer needs to hear of it.
  public var drain: Duration = .zero
  /// How long what was asked is waited for at a stop: longer than any answer takes, the slowest body included.
  public var stopPatience: Duration = .seconds(15)

  /// The bounds written above.
  public init() {}
}

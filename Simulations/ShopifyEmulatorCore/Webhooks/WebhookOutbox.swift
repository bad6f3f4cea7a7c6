public import StockLedger

/// An address that is told of a topic.
public struct WebhookSubscription: Hashable, Sendable {
  /// Its number.
  public let id: Int64
  /// What it is told of.
  public let topic: WebhookTopic
  /// Where.
  public let uri: String
  /// The name that its maker gave it.
  public let name: String?
  /// The only members of a body that it is sent; empty for all.
  public let includeFields: [String]
  /// When it was made.
  public let createdAt: Timestamp
}

/// A header of a request or an answer.
public struct HeaderLine: Hashable, Sendable {
  /// Its name.
  public let name: String
  /// Its value.
  public let value: String

  /// A header.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// One attempt to tell a subscriber, as the shell is to make it.
///
/// `X-Shopify-Hmac-Sha256` is not among the headers: the shell signs the bytes, since this room has no cryptography.
public struct WebhookAttempt: Hashable, Sendable {
  /// What answers are told with.
  public let id: Int64
  /// From 1.
  public let number: Int
  /// Where to.
  public let uri: String
  /// What it is about.
  public let topic: WebhookTopic
  /// All headers but the signature.
  public let headers: [HeaderLine]
  /// The bytes to sign and send, the same at each attempt.
  public let body: [UInt8]
}

/// What an event is about.
enum EventSubject: Hashable, Sendable {
  case order(Int64)
  case edit(order: Int64, line: Int64, units: Int64)
  case refund(order: Int64, refund: Int64)
  case fulfillment(Int64)
  case routed(Int64)
  case moved(EmulatedShop.MovedFulfillmentOrder)
  case level(LevelKey)
  case item(Int64)
  case shop
  case bulk(Int64)
}

/// What waits to be sent: a heap by due time, so that a burst of a hundred thousand stays quick.
struct WebhookOutbox: Hashable, Sendable {
  /// One event on its way to one subscriber.
  struct Parcel: Hashable, Sendable {
    let id: Int64
    let subscription: Int64
    let topic: WebhookTopic
    let webhookID: String
    let eventID: String
    let triggeredAt: Timestamp
    let subject: EventSubject
    /// Nil until it is built: at the event, or for a late body at the first attempt.
    var body: [UInt8]?
    /// The step of the audit up to which the body tells.
    var step: Int
    var attempts = 0
    /// How many writes there were before the first attempt that may have arrived; nil while none may have.
    var outSince: Int?
  }

  private struct Due: Hashable, Sendable {
    let at: Timestamp
    let parcel: Int64

    static func < (left: Due, right: Due) -> Bool { (left.at, left.parcel) < (right.at, right.parcel) }
  }

  private var parcels: [Int64: Parcel] = [:]
  private var heap: [Due] = []
  private var lastID: Int64 = 0
  /// Events that chance lost.
  private(set) var lost = 0

  /// When the next attempt is due; nil where nothing waits.
  var nextDue: Timestamp? { heap.first?.at }
  /// Parcels that wait or are out.
  var count: Int { parcels.count }

  subscript(id: Int64) -> Parcel? { parcels[id] }

  mutating func noteLost() { lost += 1 }

  /// A number for a parcel to be added.
  mutating func nextID() -> Int64 {
    lastID += 1
    return lastID
  }

  mutating func add(_ parcel: Parcel, due: Timestamp) {
    parcels[parcel.id] = parcel
    push(Due(at: due, parcel: parcel.id))
  }

  /// The next parcel that is due; it is out until it is `put` back or `drop`ped.
  mutating func popDue(at now: Timestamp) -> Parcel? {
    while let first = heap.first, first.at <= now {
      popFirst()
      if let parcel = parcels[first.parcel] { return parcel }
    }
    return nil
  }

  mutating func keep(_ parcel: Parcel) { parcels[parcel.id] = parcel }

  mutating func retry(_ id: Int64, due: Timestamp) { push(Due(at: due, parcel: id)) }

  mutating func drop(_ id: Int64) { parcels[id] = nil }

  mutating func dropAll(of subscription: Int64) {
    for parcel in parcels.values where parcel.subscription == subscription { parcels[parcel.id] = nil }
  }

  // MARK: Heap

  private mutating func push(_ due: Due) {
    heap.append(due)
    var place = heap.count - 1
    while place > 0, heap[place] < heap[(place - 1) / 2] {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func popFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child] < heap[least] {
        least = child
      }
      guard least != place else { return }
      heap.swapAt(place, least)
      place = least
    }
  }
}

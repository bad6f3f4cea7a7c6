import FoundationEssentials
import StockLedger

/// What somebody is told of by webhook.
public enum AlertKind: String, CaseIterable, Codable, Sendable {
  /// A look found differences that wait for somebody, or very many.
  case drift
  /// More units of a key are promised than there are.
  case shortfall
  /// What may be sold of a key has fallen to the level at which somebody wants to hear of it.
  case lowStock
  /// Nothing came of a source for longer than it should be.
  case sourceSilent
  /// Such a source has spoken again; told where ``sourceSilent`` is.
  case sourceBack
  /// Somebody wants to see whether alerts arrive.
  case test

  /// The kinds that a configuration can choose.
  public static let choices: [AlertKind] = [.drift, .shortfall, .lowStock, .sourceSilent]
}

/// One message on its way out: what is sent, byte for byte the same at each try, and how it stands.
struct Alert: Sendable, Codable {
  /// How a message stands.
  enum State: String, Sendable, Codable { case waiting, delivered, dead }

  /// What became of the tries so far; times are milliseconds since 1970.
  struct Standing: Sendable, Codable {
    var state = State.waiting
    var tries = 0
    /// From when on tries are given up after ``AlertSettings/giveUpAfter``: a retry by hand begins anew.
    var begunAt: Int64
    var triedAt: Int64?
    /// When the next try is due.
    var nextAt: Int64
    /// What the receiver answered last; nil where it did not.
    var status: Int?
    /// Why the last try failed; empty where none did.
    var trouble = ""
  }

  /// Its name, the same over all tries.
  let id: String
  let kind: AlertKind
  let shop: String
  let madeAt: Int64
  let body: Data
  var standing: Standing

  init(id: String, kind: AlertKind, shop: String, madeAt: Timestamp, body: [UInt8]) {
    self.id = id
    self.kind = kind
    self.shop = shop
    self.madeAt = madeAt.milliseconds
    self.body = Data(body)
    standing = Standing(begunAt: madeAt.milliseconds, nextAt: madeAt.milliseconds)
  }
}

/// A line of the file that keeps alerts: each says one thing, later lines win.
enum AlertLine: Sendable, Codable {
  /// A message is to be sent.
  case kept(Alert)
  /// How it stands after a try, or a person's word.
  case stands(id: String, Alert.Standing)
  /// Whatever of stock was written before this time has been told, in milliseconds since 1970.
  case heard(Int64)

  var bytes: [UInt8] {
    get throws { Array(try JSONEncoder().encode(self)) }
  }

  init(_ bytes: [UInt8]) throws { self = try JSONDecoder().decode(AlertLine.self, from: Data(bytes)) }
}

import StockLedger

/// Why a call to Shopify brought nothing, by what may be done about it.
enum ShopifyFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// Nothing was done: Shopify takes no call before a time.
  case throttled(until: Timestamp)
  /// No answer, or a server's failure. Nobody knows whether anything was done.
  case unanswered(String)
  /// Nothing was done: Shopify does not let us in. A person has to act.
  case denied(String)
  /// Nothing was done: the call itself is wrong.
  case refused(String)
  /// Nothing was done: the call would cost more points than one may.
  case tooCostly

  /// One line: what happened and what to do.
  var description: String {
    switch self {
    case .throttled(let until): "Shopify takes no call of this app before \(until): it goes on by itself then"
    case .unanswered(let what): "Shopify did not answer: \(what)"
    case .denied(let what): what
    case .refused(let what): "Shopify refused the call: \(what)"
    case .tooCostly: "Shopify refused the call: it costs more points than one call may"
    }
  }

  /// The scopes that an app needs, by the names under which they are granted.
  static let scopesNeeded = [
    "read_inventory", "write_inventory", "read_products", "read_locations", "read_orders",
  ]

  static let scopeAdvice = "grant the app \(scopesNeeded.joined(separator: ", ")) and install it anew"
}

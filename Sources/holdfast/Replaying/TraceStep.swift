import ChannelIntake
import StockLedger

/// One thing that a trace does, as the replayer takes it.
enum TraceStep: Sendable {
  case order(RetailOrder)
  case cancel(RetailCancel)
  case adjustment(RetailAdjustment)
  /// A row of the neutral form.
  case row(KeyedCommand)

  /// When it happens; nil where a row does not say, and goes with the one before.
  var at: Timestamp? {
    switch self {
    case .order(let order): order.at
    case .cancel(let cancel): cancel.at
    case .adjustment(let adjustment): adjustment.at
    case .row(let row): row.command.tracedAt
    }
  }
}

extension Command {
  /// The time that a row says of itself.
  var tracedAt: Timestamp? {
    switch self {
    case .hold(let request): request.requestedAt
    case .report(let report): report.speaksOf
    default: nil
    }
  }

  /// True for configuration: it may cover any key, so it goes alone.
  var isConfiguration: Bool {
    switch self {
    case .setPolicy, .setScope: true
    default: false
    }
  }

  /// True where the row names a claim: where it goes depends on what came before about that claim.
  var namesClaim: Bool {
    switch self {
    case .confirm: return true
    case .report(let report):
      switch report.body {
      case .demand, .stage, .move: return true
      default: return false
      }
    default: return false
    }
  }
}

/// Whose stock a retail trace is about: its rows name SKUs only.
struct RetailPlace: Sendable {
  var shop = "retail"
  var location = "main"
  var books = Self.identifier("erp")
  var orders = Self.identifier("orders")
  var channel = Self.identifier("web")

  /// A name of this program's own.
  static func identifier(_ text: String) -> Identifier { Identifier(text) ?? .none }

  /// The stock key of a SKU.
  ///
  /// - Throws: ``Complaint`` where the shop or location is none.
  func key(_ sku: String) throws(Complaint) -> StockKey {
    do throws(StockKeyError) {
      return try StockKey(shop: shop, sku: sku, location: location)
    } catch {
      throw Complaint("\(error)", do: "choose others with --shop and --location")
    }
  }
}

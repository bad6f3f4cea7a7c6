/// How an emulated shop behaves. Everything that Shopify does not publish is here, not in the code.
public struct EmulatorSettings: Hashable, Sendable {
  /// The shop's own domain.
  public var shopDomain = "holdfast-test.myshopify.com"
  /// The shop's name.
  public var shopName = "Holdfast Test"
  /// The one version that is served.
  public var apiVersion = "2026-04"
  /// The token that requests must carry; nil lets everyone in.
  public var accessToken: String?
  /// The token of another app of the shop, one that sells. It has points of its own, and what it reads or is answered
  /// tells the writer nothing.
  public var sellerToken: String?
  /// The currency of all prices.
  public var currency = "USD"
  /// The shop's zone, as REST bodies write times: minutes east of UTC.
  public var zoneOffsetMinutes: Int64 = -300
  /// The number of the first thing made. Shopify's own sample order: past 2^53, where a `Double` goes wrong.
  public var firstID: Int64 = 820_982_911_946_154_508
  /// The bucket of points.
  public var plan = EmulatedPlan.plus
  /// The most that one query may ask for.
  public var queryCostMax: Int64 = 1_000
  /// How long an idempotency key is remembered, in milliseconds. Shopify says about a day.
  public var idempotencyWindow: Int64 = 86_400_000
  /// How long an order waits for its routing to be told, in milliseconds.
  public var routingDelay: Int64 = 500
  /// Webhooks.
  public var webhooks = WebhookSettings()
  /// What goes wrong.
  public var faults = FaultSettings()
  /// Bulk reads.
  public var bulk = BulkSettings()

  /// The usual shop: everything works, nothing is late.
  public init() {}

  /// What stands before a path in an address that is answered.
  var addressBase: String { bulk.addressBase ?? "https://\(shopDomain)" }
}

extension EmulatedShop {
  /// True for who may call: with the token of the app, or of the one that sells; everybody where none is set.
  public func opens(to token: String?) -> Bool {
    guard let own = settings.accessToken else { return true }
    return token == own || (token != nil && token == settings.sellerToken)
  }

  /// Other faults from now on; what is on its way already goes on as it was sent.
  public mutating func change(faults: FaultSettings, webhooks: WebhookSettings) {
    settings.faults = faults
    settings.webhooks = webhooks
  }

  /// Where clients reach it, as `http://127.0.0.1:4000`: a shell knows its port only once it listens.
  public mutating func isReached(at base: String) { settings.bulk.addressBase = base }
}

/// How webhooks come. A rate is so many in a thousand.
public struct WebhookSettings: Hashable, Sendable {
  /// How long an event is on its way, in milliseconds. A wide range mixes up their order.
  public var delay: ClosedRange<Int64> = 50...50
  /// How much later the body of `inventory_levels/update` is built, in milliseconds.
  public var lateBody: ClosedRange<Int64> = 0...0
  /// Events that are never sent.
  public var lossPerMille: UInt64 = 0
  /// Events that are sent twice, with the same ids.
  public var duplicatePerMille: UInt64 = 0
  /// Waits between attempts, in milliseconds: eight that make four hours.
  public var retryDelays: [Int64] = [60, 120, 240, 480, 960, 1_920, 3_840, 6_780].map { $0 * 1_000 }

  /// Nothing is lost, doubled or mixed up.
  public init() {}
}

/// What goes wrong on the way of a call. A rate is so many in a thousand; the first that is drawn is the one.
public struct FaultSettings: Hashable, Sendable {
  /// 503 and nothing happened.
  public var errorBeforePerMille: UInt64 = 0
  /// 502 and it happened.
  public var errorAfterPerMille: UInt64 = 0
  /// The connection is cut and nothing happened.
  public var cutBeforePerMille: UInt64 = 0
  /// The connection is cut and it happened; the download of a bulk result, before each piece.
  public var cutAfterPerMille: UInt64 = 0
  /// 429 with Retry-After, at the door.
  public var tooManyPerMille: UInt64 = 0
  /// The answer is late.
  public var slowPerMille: UInt64 = 0
  /// How late, in milliseconds.
  public var slow: ClosedRange<Int64> = 1_000...10_000
  /// A person changes the number of some level by hand, at the time of a call.
  public var handEditPerMille: UInt64 = 0
  /// By how much.
  public var handEdit: ClosedRange<Int64> = -3...3

  /// Nothing goes wrong.
  public init() {}
}

/// How bulk reads go.
public struct BulkSettings: Hashable, Sendable {
  /// Operations of one kind that may run at once; five since version 2026-01.
  public var runningMax = 5
  /// Root objects that are read in a second.
  public var rootsPerSecond: Int64 = 5_000
  /// What stands before the paths of all addresses that it answers: bulk results, next pages. Nil for the shop's own
  /// domain.
  public var addressBase: String?

  /// The usual pace.
  public init() {}
}

/// Chance by seed: SplitMix64 (Steele, Lea, Flood 2014). A seed means the same run for ever.
struct EmulatorChance: Hashable, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// A number of the range; its bias is far below what a rate in a thousand can show.
  mutating func number(in range: ClosedRange<Int64>) -> Int64 {
    let span = UInt64(bitPattern: range.upperBound &- range.lowerBound)
    guard span < .max else { return Int64(bitPattern: next()) }
    return range.lowerBound &+ Int64(bitPattern: next() % (span + 1))
  }

  /// True so many times in a thousand. Draws nothing at 0, so that a fault that is off moves no other chance.
  mutating func chance(perMille: UInt64) -> Bool { perMille > 0 && next() % 1_000 < perMille }

  /// A version 4 UUID (RFC 9562).
  mutating func uuid() -> String {
    let digits = Array("0123456789abcdef".utf8)
    let words = [next() & ~0xF000 | 0x4000, next() & ~(3 << 62) | 2 << 62]
    var text: [UInt8] = []
    for place in 0..<32 {
      if [8, 12, 16, 20].contains(place) { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(words[place / 16] >> (60 - UInt64(place % 16) * 4) & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

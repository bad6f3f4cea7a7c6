import Logging

/// How a shop answers: what troubles its calls, told to the log when it changes and not with each call.
public actor ShopifyStanding {
  private let logger: Logger
  private let versionAsked: String
  private var versionServed: String?
  /// Why the last call brought nothing, in one line; nil where it did, or was only to wait.
  public private(set) var trouble: String?

  init(version: String, logger: Logger) {
    self.logger = logger
    versionAsked = version
    versionServed = version
  }

  func answered(version: String?) {
    if trouble != nil { logger.notice("Shopify answers again") }
    trouble = nil
    guard let version, version != versionServed else { return }
    versionServed = version
    if version == versionAsked { return }
    logger.warning(
      """
      Shopify serves version \(version) of its API in place of \(versionAsked), which it has ended: set apiVersion to \
      one that is tested and served
      """)
  }

  func failed(_ failure: ShopifyFailure) {
    // Who is throttled waits, and who asks too much at once asks for less: neither is trouble.
    if case .throttled = failure { return }
    if case .tooCostly = failure { return }
    let words = failure.description
    guard words != trouble else { return }
    trouble = words
    switch failure {
    case .unanswered: logger.warning("\(words)")
    case .denied, .refused, .tooCostly, .throttled: logger.error("\(words)")
    }
  }
}

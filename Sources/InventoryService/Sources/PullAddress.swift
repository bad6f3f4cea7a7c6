import FoundationEssentials

/// Where a source is asked: an `http` or `https` URL without a user and a fragment.
public struct PullAddress: Hashable, Sendable {
  private var parts: URLComponents

  /// The address of a text; nil where it is none.
  public init?(_ text: String) {
    guard let parts = URLComponents(string: text, encodingInvalidCharacters: false), Self.origin(of: parts) != nil,
      parts.fragment == nil
    else {
      return nil
    }
    self.parts = parts
  }

  /// False where everybody on the way can read what is asked and answered.
  public var isEncrypted: Bool { parts.scheme?.lowercased() == "https" }

  /// The machine, as it was written.
  public var host: String { parts.host ?? "" }

  /// The whole, as it is asked.
  var text: String { parts.string ?? "" }

  /// The same place with a field of its query set, whatever was there of the name.
  func setting(_ field: String, to value: String) -> PullAddress {
    let name = PathText.encoded(field) + "="
    let others = (parts.percentEncodedQuery ?? "").split(separator: "&").filter { !$0.hasPrefix(name) }
    var next = self
    next.parts.percentEncodedQuery = (others.map(String.init) + [name + PathText.encoded(value)])
      .joined(separator: "&")
    return next
  }

  /// Where a link of an answer leads: a whole URL, a path, or a query. Nil where that is another machine, port or
  /// scheme: what the request's head says is for this one alone.
  func following(_ link: String) -> PullAddress? {
    guard var next = URLComponents(string: link) else { return nil }
    if next.host == nil {
      guard next.scheme == nil, next.path.isEmpty || next.path.hasPrefix("/") else { return nil }
      (next.host, next.port) = (parts.host, parts.port)
      if next.path.isEmpty { next.percentEncodedPath = parts.percentEncodedPath }
    }
    next.scheme = next.scheme ?? parts.scheme
    next.fragment = nil
    guard let origin = Self.origin(of: next), origin == Self.origin(of: parts) else { return nil }
    return next.string.flatMap { PullAddress($0) }
  }

  private struct Origin: Equatable {
    let scheme: String
    let host: String
    let port: Int
  }

  private static func origin(of parts: URLComponents) -> Origin? {
    let ports = ["http": 80, "https": 443]
    guard let scheme = parts.scheme?.lowercased(), let usual = ports[scheme], let host = parts.host?.lowercased(),
      !host.isEmpty, parts.user == nil, parts.password == nil
    else { return nil }
    return Origin(scheme: scheme, host: host, port: parts.port ?? usual)
  }
}

extension PullAddress: CustomStringConvertible {
  /// Without the query, in which some systems are shown secrets.
  public var description: String {
    var place = parts
    place.query = nil
    return place.string ?? host
  }
}

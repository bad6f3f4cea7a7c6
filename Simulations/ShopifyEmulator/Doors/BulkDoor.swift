import HTTPTypes
import HummingbirdCore
import NIOCore
import ShopifyEmulatorCore

/// The result of a bulk read at `/bulk/<number>.jsonl`: sent piece by piece, whole or from where a reader was cut off.
///
/// No token is asked for: the real address, too, opens to whoever was told it.
struct BulkDoor: Sendable {
  private let operation: Int64
  private let shop: LiveShop

  /// Nil where the path leads elsewhere.
  init?(path: String, shop: LiveShop) {
    let (root, end) = ("/bulk/", ".jsonl")
    guard path.hasPrefix(root), path.hasSuffix(end), let number = Int64(path.dropFirst(root.count).dropLast(end.count))
    else { return nil }
    operation = number
    self.shop = shop
  }

  func reply(to request: Request) async -> ServerReply {
    guard request.method == .get || request.method == .head else {
      return ServerReply(405, json: ["error": "only GET and HEAD"], [HeaderLine("Allow", "GET, HEAD")])
    }
    guard let size = await shop.turn({ [operation] shop, _ in shop.bulkByteCount(of: operation) }) else {
      return ServerReply(404, json: ["error": "no bulk operation of this number has a result"])
    }
    let fields = [HeaderLine("Content-Type", "application/jsonl"), HeaderLine("Accept-Ranges", "bytes")]
    switch ByteRange(request.headers[.range], of: size) {
    case .whole: return ServerReply(200, fields, body(0..<size))
    case .part(let part):
      let told = HeaderLine("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)")
      return ServerReply(206, fields + [told], body(part))
    case .unsatisfiable:
      return ServerReply(
        416, json: ["error": .string("the result has \(size) bytes")], [HeaderLine("Content-Range", "bytes */\(size)")])
    }
  }

  /// Pieces as the reader takes them: a million rows never stand in memory twice.
  private func body(_ bytes: Range<Int>) -> ResponseBody {
    ResponseBody(contentLength: bytes.count) { [operation, shop] writer in
      var place = bytes.lowerBound
      while place < bytes.upperBound {
        let from = place
        let piece = await shop.turn { shop, _ in
          shop.cutsDownload() ? [] : shop.bulkBytes(of: operation, from: from, to: bytes.upperBound)
        }
        // Cut, or dropped while it was read: the reader sees a body that ends early.
        guard !piece.isEmpty else { throw ConnectionCut() }
        try await writer.write(ByteBuffer(bytes: piece))
        place += piece.count
      }
      try await writer.finish(nil)
    }
  }
}

/// What a `Range` header asks for (RFC 9110, section 14).
enum ByteRange: Equatable {
  /// All of it: there is no header, or one that may be passed over.
  case whole
  /// These bytes, at least one.
  case part(Range<Int>)
  /// It begins behind the end.
  case unsatisfiable

  /// Several ranges at once are passed over, as the RFC allows.
  init(_ header: String?, of size: Int) {
    let unit = "bytes="
    guard let header, header.hasPrefix(unit) else {
      self = .whole
      return
    }
    let ends = header.dropFirst(unit.count).split(separator: "-", omittingEmptySubsequences: false).map { text in
      text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }
    switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
    case (2, let first?, let last) where last.map({ $0 >= first }) ?? header.hasSuffix("-"):
      self = first < size ? .part(first..<(min(size - 1, last ?? size - 1) + 1)) : .unsatisfiable
    case (2, nil, let suffix?) where header.hasPrefix(unit + "-"):
      self = suffix > 0 && size > 0 ? .part(max(0, size - suffix)..<size) : .unsatisfiable
    default: self = .whole
    }
  }
}

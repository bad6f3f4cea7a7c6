import ChannelIntake
import StockLedger
import _NIOFileSystem

/// How far a source was read: where the next poll goes on, and how it says what is known already.
struct PullMark: Hashable, Sendable {
  /// What an answer said about itself, so that the same is not sent again.
  struct Validators: Hashable, Sendable {
    /// What was asked.
    var address: String
    var entityTag: String?
    var lastModified: String?
  }

  var cursor: String?
  var validators: Validators?
}

/// The file that keeps a mark over a restart. One of another shop, source or URL says nothing here.
struct PullMarkFile: Sendable {
  let path: FilePath
  let origin: DeliveryOrigin
  let address: PullAddress

  init(_ path: String, origin: DeliveryOrigin, address: PullAddress) {
    self.path = FilePath(path)
    self.origin = origin
    self.address = address
  }

  /// The mark that is kept. What cannot be understood is none: beginning anew costs time and changes nothing.
  func read() async throws -> PullMark {
    let bytes = try await DurableFile(path).read()
    return (try? mark(of: DeliveryFields(JSONScanner.members(of: bytes, line: 1), line: 1))) ?? PullMark()
  }

  private func mark(of fields: DeliveryFields) throws(RowError) -> PullMark {
    guard try fields.text("shop") == origin.shop, try fields.text("source") == origin.source,
      try fields.text("url") == address.text
    else { return PullMark() }
    func text(_ name: String) throws(RowError) -> String? { fields.has(name) ? try fields.text(name) : nil }
    let validators = try text("asked").map { asked throws(RowError) in
      PullMark.Validators(
        address: asked, entityTag: try text("entityTag"), lastModified: try text("lastModified"))
    }
    return PullMark(cursor: try text("cursor"), validators: validators)
  }

  /// Keeps a mark; it is on the disk when this returns.
  func keep(_ mark: PullMark) async throws {
    try await FileSystem.shared.createDirectory(
      at: path.removingLastComponent(), withIntermediateDirectories: true, permissions: nil)
    try await DurableFile(path).replace(
      with: JSONWriter.object { json in
        json.field("shop", origin.shop)
        json.field("source", origin.source)
        json.field("url", address.text)
        if let cursor = mark.cursor { json.field("cursor", cursor) }
        if let validators = mark.validators {
          json.field("asked", validators.address)
          if let entityTag = validators.entityTag { json.field("entityTag", entityTag) }
          if let lastModified = validators.lastModified { json.field("lastModified", lastModified) }
        }
      })
  }
}

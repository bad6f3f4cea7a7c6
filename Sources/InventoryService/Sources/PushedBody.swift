import HummingbirdCore
import NIOCore

/// A body that may be long: it goes on as long as something comes, and memory holds a piece of it.
///
/// How long a piece may let itself be waited for is the ``ConnectionWatch``'s affair.
struct PushedBody: Sendable {
  let body: RequestBody
  /// The most bytes of it.
  let limit: Int
  /// How long all of it may take.
  let patience: Duration

  /// Gives every piece to `take`, and what has become of them to the caller.
  ///
  /// - Throws: ``Problem/bodyTooLarge(limit:)`` and ``Problem/bodyTooSlow``, beside what `take` throws.
  func read<Taking: Sendable>(
    into start: Taking, _ take: @escaping @Sendable (inout Taking, ByteBuffer) async throws -> Void
  ) async throws -> Taking {
    do {
      return try await withTimeLimit(patience, else: Problem.bodyTooSlow) {
        var taking = start
        var length = 0
        for try await piece in body {
          length += piece.readableBytes
          guard length <= limit else { throw Problem.bodyTooLarge(limit: limit) }
          try await take(&taking, piece)
        }
        return taking
      }
    } catch is ConnectionWatch.BodyTooSlow { throw Problem.bodyTooSlow }
  }
}

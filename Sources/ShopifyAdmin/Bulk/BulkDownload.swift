import AsyncHTTPClient
import InventoryEngine
import NIOCore
import NIOHTTP1
import StockLedger

/// Fetches a bulk result line by line. A download that is cut goes on where it was.
///
/// The result's address is its own key, on a machine that is not the shop's: the access token does not go there.
struct BulkDownload {
  private let url: String
  private let connections: ShopifyConnections
  private let clock: any EngineClock
  private let settings: BulkReadSettings
  private var lines: LineBuffer
  /// Bytes that came so far.
  private var received: Int64 = 0
  private var triesInVain = 0
  /// How often it went on after a cut.
  private(set) var resumes = 0

  init(_ url: String, client: ShopifyClient, settings: BulkReadSettings) throws(ChannelFailure) {
    guard ShopifyAddress.isSafe(url) else {
      throw ChannelFailure("the bulk result is offered at an address that is not encrypted: it is not fetched")
    }
    self.url = url
    connections = client.connections
    clock = client.clock
    self.settings = settings
    lines = LineBuffer(lineMax: settings.lineMax)
  }

  /// Lines that were told.
  var count: Int { lines.count }
  /// The most bytes of the result that were held at once.
  var heldMax: Int { lines.heldMax }

  /// Tells each line of the result; the next one is fetched when `tell` is done with it.
  mutating func run(
    _ tell: ([UInt8], Range<Int>, Int) async throws(ChannelFailure) -> Void
  ) async throws(ChannelFailure) {
    while true {
      let before = received
      do throws(Interruption) {
        try await part(tell)
        return try await finish(tell)
      } catch {
        guard case .cut(let words) = error else { throw error.failure }
        triesInVain = received > before ? 0 : triesInVain + 1
        guard triesInVain < settings.triesMax else {
          throw ChannelFailure("the bulk result broke off after \(received) bytes, again and again: \(words)")
        }
        try await pause()
        resumes += 1
      }
    }
  }

  private func pause() async throws(ChannelFailure) {
    do { try await clock.sleep(until: clock.now + settings.pollFirst * Int64(triesInVain)) } catch {
      throw ChannelFailure("the bulk read was cancelled")
    }
  }

  // MARK: One part

  /// Why a part ended before the result did.
  private enum Interruption: Error {
    case cut(String)
    case final(ChannelFailure)

    var failure: ChannelFailure {
      switch self {
      case .cut(let words): ChannelFailure(words)
      case .final(let failure): failure
      }
    }
  }

  private mutating func finish(
    _ tell: ([UInt8], Range<Int>, Int) async throws(ChannelFailure) -> Void
  ) async throws(Interruption) {
    do throws(ChannelFailure) { try await lines.finish(tell) } catch { throw .final(error) }
  }

  private mutating func part(
    _ tell: ([UInt8], Range<Int>, Int) async throws(ChannelFailure) -> Void
  ) async throws(Interruption) {
    let response = try await response()
    var toSkip = try skipped(response)
    do {
      for try await chunk in response.body {
        let passed = min(toSkip, chunk.readableBytes)
        toSkip -= passed
        received += Int64(chunk.readableBytes - passed)
        try await take(chunk.readableBytesView.dropFirst(passed), tell)
      }
    } catch let error as Interruption { throw error } catch { throw .cut(ShopifyConnections.words(error)) }
    // An end before the place at which the last one was: there is no more of it than that.
    if toSkip > 0 { throw .final(ChannelFailure("the bulk result is shorter than what was read of it: run it again")) }
  }

  private mutating func take(
    _ chunk: some Sequence<UInt8>, _ tell: ([UInt8], Range<Int>, Int) async throws(ChannelFailure) -> Void
  ) async throws(Interruption) {
    do throws(ChannelFailure) {
      guard let fault = try await lines.take(chunk, tell) else { return }
      throw ChannelFailure("line \(fault.line) of the bulk result is longer than \(settings.lineMax) bytes")
    } catch { throw .final(error) }
  }

  private func response() async throws(Interruption) -> HTTPClientResponse {
    var request = HTTPClientRequest(url: url)
    request.headers = ["accept": "*/*", "user-agent": "holdfast"]
    if received > 0 { request.headers.add(name: "range", value: "bytes=\(received)-") }
    do { return try await connections.client.execute(request, timeout: .seconds(30)) } catch {
      throw .cut(ShopifyConnections.words(error))
    }
  }

  /// How many bytes of an answer are known already: who does not know ranges sends all again.
  private func skipped(_ response: HTTPClientResponse) throws(Interruption) -> Int {
    switch response.status.code {
    case 200: return Int(received)
    case 206 where response.headers.first(name: "content-range")?.hasPrefix("bytes \(received)-") == true: return 0
    case 400, 401, 403, 404, 410:
      throw .final(
        ChannelFailure(
          "the bulk result is not there any more (\(response.status.code)): its address ends after a week; run it again"
        ))
    case 408, 429, 500...: throw .cut("status \(response.status.code)")
    default: throw .final(ChannelFailure("the bulk result is answered with \(response.status.code): run it again"))
    }
  }
}

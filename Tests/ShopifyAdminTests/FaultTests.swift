import InventoryEngine
import ShopifyEmulatorCore
import StockLedger
import Testing

@testable import ShopifyAdmin

/// The outbox, the channel and an emulated shop over HTTP, with everything going wrong on the way.
@Suite("A channel with faults")
struct FaultTests {
  /// An outbox whose calls are made one after another, in a time that passes over its waits.
  private struct Publishing {
    let script: ChannelScript
    var outbox = PublicationOutbox()
    private var ahead: Int64 = 0
    private var calls: UInt64 = 0

    init(_ script: ChannelScript) { self.script = script }

    private var now: Timestamp { script.open.client.clock.now + ahead }

    mutating func aim(_ sku: String, at target: Int64) {
      outbox.tell(target: target, of: script.key(sku), at: now)
    }

    /// Makes calls until nothing waits; answers how many.
    mutating func drain(callsMax: UInt64) async throws -> UInt64 {
      let before = calls
      while calls - before < callsMax {
        calls += 1
        _ = outbox.takeEntries()
        if let call = outbox.nextCall(at: now, key: script.name(calls)) {
          try await make(call)
        } else if let next = outbox.nextTime() {
          ahead += max(1, next.milliseconds - now.milliseconds)
        } else {
          return calls - before
        }
      }
      return callsMax
    }

    private mutating func make(_ call: PublicationOutbox.Call) async throws {
      switch call {
      case .write(let key, let rows):
        let answer = await script.channel.write(rows, key: key)
        outbox.take(answer, of: key, at: now)
        if case .throttled = answer { try await Task.sleep(for: .milliseconds(50)) }
      case .read(let number, let keys):
        switch await script.channel.read(keys) {
        case .held(let held): outbox.take(held, ofRead: number, at: now)
        case .unanswered: outbox.failed(read: number, at: now)
        case .throttled(let until):
          outbox.failed(read: number, throttledUntil: until, at: now)
          try await Task.sleep(for: .milliseconds(50))
        }
      }
    }
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func bothSidesAreEqualAtTheEnd(_ seed: UInt64) async throws {
    let skus = (0..<20).map { "SKU-\($0)" }
    try await ChannelScript.run(Dictionary(uniqueKeysWithValues: skus.map { ($0, 50) })) {
      $0.faults.errorBeforePerMille = 80
      $0.faults.errorAfterPerMille = 80
      $0.faults.cutBeforePerMille = 80
      $0.faults.cutAfterPerMille = 80
      $0.faults.tooManyPerMille = 20
    } _: { script in
      var publishing = Publishing(script)
      var state = seed
      for _ in 0..<15 {
        for sku in skus {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          if state >> 62 == 0 { publishing.aim(sku, at: Int64(state >> 40 & 63)) }
        }
        _ = try await publishing.drain(callsMax: 10)
      }
      await script.door.edit { shop, _ in shop.change(faults: FaultSettings(), webhooks: shop.settings.webhooks) }
      for (place, sku) in skus.enumerated() { publishing.aim(sku, at: Int64(place)) }
      let calls = try await publishing.drain(callsMax: 500)
      #expect(calls < 500, "it comes to rest")
      #expect(publishing.outbox.stoppedKeys.isEmpty)
      for (place, sku) in skus.enumerated() { #expect(await script.sold(sku) == Int64(place), "\(sku)") }
    }
  }
}

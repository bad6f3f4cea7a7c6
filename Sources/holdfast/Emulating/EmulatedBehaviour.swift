import ArgumentParser
import ShopifyEmulator
import ShopifyEmulatorCore
import StockLedger

extension Shopify.Emulate {
  /// How the shop behaves: its plan, its secrets, its faults, its chance and its time.
  struct BehaviourOptions: ParsableArguments {
    /// The plans of Shopify, which differ by their points.
    enum Plan: String, ExpressibleByArgument, CaseIterable {
      case standard, advanced, plus, enterprise

      var bucket: EmulatedPlan {
        switch self {
        case .standard: .standard
        case .advanced: .advanced
        case .plus: .plus
        case .enterprise: .enterprise
        }
      }
    }

    @Option(help: "The plan: how many points there are a second.")
    var plan = Plan.plus

    @Option(help: "The access token that calls must carry; without it everybody is let in.")
    var token: String?

    @Option(help: "The token of another app, one that sells: its calls have points of their own.")
    var sellerToken: String?

    @Option(help: "The app's client secret, with which webhooks are signed.")
    var secret = EmulatorServer.Settings().secret

    @Option(help: "The shop's domain, as webhooks say it.")
    var domain = EmulatorSettings().shopDomain

    @Option(help: "Subscribes this address to every topic from the start.")
    var webhooksTo: String?

    @Option(help: "Webhooks on their way at once.")
    var deliveries = EmulatorServer.Settings().deliveriesMax

    @Option(help: "What goes wrong: none, some or all.")
    var faults = "none"

    @Option(
      help: """
        One fault, on top of --faults: a rate in a thousand (errorBefore=20), a range (webhookDelay=10..2000). \
        \(EmulatorFaults.names.joined(separator: ", "))
        """)
    var fault: [String] = []

    @Option(help: "All chance comes from this number.")
    var seed: UInt64 = 1

    @Option(help: "How many times faster its time runs, points, webhooks and retries with it.")
    var speed: Int64 = 1

    func validate() throws {
      if !EmulatorClock.speeds.contains(speed) {
        throw ValidationError("--speed is \(EmulatorClock.speeds.lowerBound) to \(EmulatorClock.speeds.upperBound)")
      }
      if !(1...1_000).contains(deliveries) { throw ValidationError("--deliveries is 1 to 1000") }
      if sellerToken != nil && token == nil { throw ValidationError("--seller-token goes with a --token") }
      do { _ = try settings } catch { throw ValidationError("\(error)") }
    }

    /// The shop's settings.
    var settings: EmulatorSettings {
      get throws(EmulatorFaults.Mistake) {
        let faults = try chosenFaults
        var settings = EmulatorSettings()
        settings.plan = plan.bucket
        settings.accessToken = token
        settings.sellerToken = sellerToken
        settings.shopDomain = domain
        settings.faults = faults.calls
        settings.webhooks = faults.webhooks
        return settings
      }
    }

    private var chosenFaults: EmulatorFaults {
      get throws(EmulatorFaults.Mistake) {
        guard var faults = EmulatorFaults.presets.first(where: { $0.name == self.faults })?.faults else {
          throw .init("--faults is none of \(EmulatorFaults.presets.map(\.name).joined(separator: ", "))")
        }
        for words in fault {
          let parts = words.split(separator: "=", maxSplits: 1)
          let ends = parts.count == 2 ? parts[1].split(separator: "..", maxSplits: 1).map { Int64($0) } : []
          guard let name = parts.first, let first = ends.first ?? nil, let last = ends.last ?? nil else {
            throw .init("--fault \(words) is no name=rate or name=from..to")
          }
          try faults.set(String(name), from: first, to: last)
        }
        return faults
      }
    }

    /// The shell's settings.
    var serverSettings: EmulatorServer.Settings {
      var settings = EmulatorServer.Settings()
      settings.secret = secret
      settings.deliveriesMax = deliveries
      return settings
    }

    /// Subscribes the address that was named to every topic.
    func subscribe(_ shop: inout EmulatedShop, at now: Timestamp) throws {
      guard let webhooksTo else { return }
      for topic in WebhookTopic.allCases {
        do throws(ShopRefusal) { try shop.subscribe(to: topic, uri: webhooksTo, at: now) } catch {
          throw Complaint("--webhooks-to \(webhooksTo): \(error.message)", do: "give an http:// or https:// address")
        }
      }
    }
  }
}

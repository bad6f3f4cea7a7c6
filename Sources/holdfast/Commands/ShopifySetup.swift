import ArgumentParser
import ChannelIntake
import Foundation
import InventoryEngine
import Logging
import ShopifyAdmin

extension Shopify {
  /// A shop that tells us what we have to know.
  struct Setup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Subscribe to a shop's webhooks, and say what does not go together in SKUs, locations and scopes.",
      discussion: """
        What is there already stays. Run it again whenever you like, --dry-run first: that only says what it would do.
        Exit codes: 0 all good; 1 Shopify could not be asked, or did not take a change; 2 somebody should see to
        something.
        """)

    @Option(help: "The file of Shopify shops: docs/shopify.md.")
    var shopifyShops: String

    @Option(help: "Our name of the shop.")
    var shop: String

    @Option(help: "Where the service is reached from outside, as https://stock.example.com.")
    var address: String

    @Flag(help: "Say what would be done, and do nothing.")
    var dryRun = false

    @Flag(help: "End subscriptions of the same topics to other addresses, as after a move.")
    var replace = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await perform(json: output.json) { _ in
        let entry = try ShopifyShopEntry.one(of: shop, in: shopifyShops)
        let access = try entry.access(named: shopifyShops)
        let mapped = try entry.mapped(in: shopifyShops)
        let target = try webhookAddress
        return try await ShopifyConnections.run { connections in
          let client = ShopifyClient(access, connections, clock: SystemClock(), logger: Self.silence)
          return try await work(ShopifySetup(ShopifyCatalogue(shop: mapped, client: client), address: target))
        }
      }
    }

    /// What the client would log is said by the command itself.
    private static let silence = Logger(label: "holdfast") { _ in SwiftLogNoOpLogHandler() }

    private var webhookAddress: WebhookAddress {
      get throws(Complaint) {
        do throws(ShopifyAccessError) { return try WebhookAddress(address) } catch {
          throw Complaint("--address \(address): \(error)", do: "", outcome: .misused)
        }
      }
    }

    private func work(_ setup: ShopifySetup) async throws -> Outcome {
      do {
        let plan = try await setup.plan(replaces: replace)
        let steps = dryRun ? plan.steps.map { SetupStep($0) } : try await done(plan.steps, setup)
        Console.put(output.json ? plan.json(steps).text : plan.text(steps))
        if steps.contains(where: { $0.why != nil }) { return .failed }
        return plan.needsSomebody ? .badRows : .done
      } catch let failure as ChannelFailure {
        throw Complaint(failure.description, do: "")
      }
    }

    private func done(_ steps: [ShopifySetupPlan.Step], _ setup: ShopifySetup) async throws -> [SetupStep] {
      var all: [SetupStep] = []
      for step in steps {
        do throws(ChannelFailure) {
          try await setup.apply(step)
          all.append(SetupStep(step, state: .done))
        } catch { all.append(SetupStep(step, state: .failed, why: error.description)) }
      }
      return all
    }
  }
}

/// A step of a plan and what became of it.
struct SetupStep {
  enum State: String { case planned, done, failed }

  let step: ShopifySetupPlan.Step
  let state: State
  let why: String?

  init(_ step: ShopifySetupPlan.Step, state: State = .planned, why: String? = nil) {
    self.step = step
    self.state = state
    self.why = why
  }

  fileprivate var text: String {
    switch state {
    case .planned: "would \(step)"
    case .done: "done: \(step)"
    case .failed: "failed: \(step): \(why ?? "")"
    }
  }

  fileprivate var json: JSONValue {
    .object([
      ("step", .string(step.description)), ("state", .string(state.rawValue)),
      ("why", why.map { .string($0) } ?? .null),
    ])
  }
}

extension ShopifySetupPlan {
  fileprivate func text(_ steps: [SetupStep]) -> String {
    var lines = ["\(there.count) of \(there.count + missing) topics come already"]
    lines += steps.map(\.text)
    lines += elsewhere.map { "\($0.topic) goes to \($0.address) too; --replace ends that" }
    if !scopesMissing.isEmpty {
      lines.append("the app lacks \(scopesMissing.joined(separator: ", ")); grant them and install it anew")
    }
    return (lines + findings.map(\.description)).joined(separator: "\n")
  }

  private var missing: Int { steps.filter { if case .subscribe = $0 { true } else { false } }.count }

  fileprivate func json(_ steps: [SetupStep]) -> JSONValue {
    .object([
      ("there", .array(there.map { .string($0.rawValue) })), ("steps", .array(steps.map(\.json))),
      (
        "elsewhere",
        .array(elsewhere.map { .object([("topic", .string($0.topic)), ("address", .string($0.address))]) })
      ),
      ("scopesMissing", .array(scopesMissing.map { .string($0) })), ("findings", .array(findings.map(\.json))),
    ])
  }
}

extension ShopifyFinding {
  fileprivate var json: JSONValue {
    .object([
      ("kind", .string(kind.rawValue)), ("count", JSONValue(count)), ("names", .array(names.map { .string($0) })),
      ("needsSomebody", .boolean(needsSomebody)), ("advice", .string(advice)),
    ])
  }
}

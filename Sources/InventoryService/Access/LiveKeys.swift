import StockLedger
import Synchronization

/// The keys that are good now, for a service that runs while the file changes, and what each has asked and holds.
public final class LiveKeys: Sendable {
  private struct State {
    var ring: KeyRing
    /// Of the keys that were used; as many as the file has at most.
    var accounts: [String: KeyAccount] = [:]
  }

  private let state: Mutex<State>
  private let defaults: KeyLimits

  /// The keys to begin with.
  ///
  /// - Parameter defaults: The limits of keys that say nothing of their own.
  public init(_ ring: KeyRing, defaults: KeyLimits = KeyLimits()) {
    state = Mutex(State(ring: ring))
    self.defaults = defaults
  }

  /// Takes the place of what was good before. What keys have asked and hold goes on.
  public func replace(with next: KeyRing) { state.withLock { $0.ring = next } }

  func caller(bearing token: some StringProtocol, at now: Timestamp) -> Caller? {
    let ring = state.withLock { $0.ring }
    guard let key = ring.key(bearing: token, at: now) else { return nil }
    return Caller(shop: key.shop, scopes: key.scopes, account: account(of: key, now: now))
  }

  /// Whether a key has a secret to sign with: where none has, no body is read. Ids are no secrets.
  func maySign(_ id: String, at now: Timestamp) -> Bool { state.withLock { $0.ring }.maySign(id, at: now) }

  func caller(_ id: String, signing body: [UInt8], _ signature: RequestSignature, at now: Timestamp) -> Caller? {
    let ring = state.withLock { $0.ring }
    guard let key = ring.key(id, signing: body, signature, at: now) else { return nil }
    return Caller(shop: key.shop, scopes: key.scopes, account: account(of: key, now: now))
  }

  private func account(of key: AccessKey, now: Timestamp) -> KeyAccount {
    state.withLock { state in
      if let known = state.accounts[key.id] { return known }
      let new = KeyAccount(key.limits.orElse(defaults), now: now)
      state.accounts[key.id] = new
      return new
    }
  }
}

import StockLedger
import Synchronization

/// The keys that are good now, for a service that runs while the file changes, and what each has asked and holds.
public final class LiveKeys: Sendable {
  private struct State {
    var ring: KeyRing
    /// Of the keys that were used; as many as the file has at most.
    var accounts: [String: KeyAccount] = [:]
    /// Keys by tokens that were found to be theirs: a digest is worth more than all else that a call costs the service.
    /// As many as the file has at most. A token that is not here costs its digest, whatever is wrong with it.
    var known: [Substring: AccessKey] = [:]
    /// How often the file has changed.
    var changes = 0
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
  public func replace(with next: KeyRing) {
    state.withLock { state in
      state.ring = next
      state.known = [:]
      state.changes += 1
    }
  }

  func caller(bearing token: Substring, at now: Timestamp) -> Caller? {
    let (ring, known, changes) = state.withLock { ($0.ring, $0.known[token], $0.changes) }
    if let known, known.isGood(at: now) { return caller(known, now: now) }
    guard let key = ring.key(bearing: token, at: now) else { return nil }
    state.withLock { state in
      // The file may have changed meanwhile, and the key with it.
      if state.changes == changes { state.known[Substring(String(token))] = key }
    }
    return caller(key, now: now)
  }

  /// Whether a key has a secret to sign with: where none has, no body is read. Ids are no secrets.
  func maySign(_ id: String, at now: Timestamp) -> Bool { state.withLock { $0.ring }.maySign(id, at: now) }

  func caller(_ id: String, signing body: [UInt8], _ signature: RequestSignature, at now: Timestamp) -> Caller? {
    let ring = state.withLock { $0.ring }
    return ring.key(id, signing: body, signature, at: now).map { caller($0, now: now) }
  }

  private func caller(_ key: AccessKey, now: Timestamp) -> Caller {
    Caller(shop: key.shop, scopes: key.scopes, account: account(of: key, now: now))
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

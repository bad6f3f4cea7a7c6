import Foundation

/// Who we are to Redis: an ACL user, or the default one, and a password that nothing prints.
public struct RedisCredentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  /// The ACL user; nil for the default user.
  public let user: String?
  /// The password, never empty.
  public let password: String

  /// A user, or nil for the default one, and a password.
  public init(user: String? = nil, password: String) {
    self.user = user
    self.password = password
  }

  /// Reads `user`, `user:password` or `:password`; nil where neither it nor the environment names a password.
  init?(login: Substring?, password environment: String?) throws(RedisAddressError) {
    let parts = (login ?? "").cut(at: ":")
    guard let user = parts.before.removingPercentEncoding, let written = (parts.after ?? "").removingPercentEncoding
    else { throw .login }
    let password = written.isEmpty ? environment ?? "" : written
    guard !password.isEmpty else {
      if login != nil { throw .login }
      return nil
    }
    self.init(user: user.isEmpty ? nil : user, password: password)
  }

  /// The user; the password as stars.
  public var description: String { "\(user ?? ""):***" }

  /// What `dump` and a debugger show: the description.
  public var customMirror: Mirror { Mirror(self, children: ["login": description]) }
}

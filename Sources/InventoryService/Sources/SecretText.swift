import NIOCore
import _NIOFileSystem

/// A text with secrets in it that the configuration itself does not hold: `Bearer ${ERP_TOKEN}`.
///
/// `${NAME}` stands for what the variable `NAME_FILE` of the environment names a file of, or else for the variable
/// `NAME`. A file is read anew each time, so that a secret can be renewed while the service runs.
public struct SecretText: Hashable, Sendable {
  private enum Part: Hashable, Sendable {
    case text(String)
    case name(String)
  }

  /// A token of any kind is far smaller: a larger file was named by mistake.
  private static let bytesMax: ByteCount = .kibibytes(64)

  private let parts: [Part]
  private let text: String

  /// The text with its names.
  ///
  /// - Throws: ``SecretError/template(_:)`` where a `${` is not closed, or no name is in it.
  public init(_ text: String) throws(SecretError) {
    self.text = text
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstRange(of: "${") {
      let tail = rest[open.upperBound...]
      guard let end = tail.firstIndex(of: "}"), Self.isName(tail[..<end]) else { throw .template(text) }
      parts += [.text(String(rest[..<open.lowerBound])), .name(String(tail[..<end]))]
      rest = tail[end...].dropFirst()
    }
    self.parts = parts + [.text(String(rest))]
  }

  private static func isName(_ text: Substring) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  /// The names that stand for secrets.
  public var names: [String] {
    parts.compactMap { part in if case .name(let name) = part { name } else { nil } }
  }

  /// The whole text with its secrets, for one line of a request's head: control characters in it are refused.
  ///
  /// - Parameter environment: Variables by name.
  public func value(in environment: [String: String]) async throws(SecretError) -> String {
    var value = ""
    for part in parts {
      switch part {
      case .text(let text): value += text
      case .name(let name): value += try await Self.secret(name, in: environment)
      }
    }
    return value
  }

  private static func secret(_ name: String, in environment: [String: String]) async throws(SecretError) -> String {
    var secret = environment[name] ?? ""
    if let path = environment[name + "_FILE"], !path.isEmpty {
      do {
        let content = try await ByteBuffer(contentsOf: FilePath(path), maximumSizeAllowed: bytesMax)
        secret = String(buffer: content)
      } catch { throw .unreadable(name: name, path: path) }
    }
    // Whoever writes a secret into a file ends it with a line.
    while secret.last?.isNewline == true { secret.removeLast() }
    if secret.isEmpty { throw .missing(name: name) }
    if secret.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { throw .unusable(name: name) }
    return secret
  }
}

extension SecretText: CustomStringConvertible {
  /// As it was written: names, no secrets.
  public var description: String { text }
}

/// Why a text with secrets cannot be used. Says names and paths, never a secret.
public enum SecretError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A name that is not closed, or is none.
  case template(String)
  /// Neither the variable nor its file has anything.
  case missing(name: String)
  /// The file cannot be read.
  case unreadable(name: String, path: String)
  /// A line end or another control character is within the secret.
  case unusable(name: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .template(let text): "\"\(text)\" is not a text with names: write ${NAME}, of letters, digits and _"
    case .missing(let name): "there is no secret \(name): set \(name), or \(name)_FILE to the path of a file with it"
    case .unreadable(let name, let path):
      "\(name)_FILE: \(path) cannot be read: check the path, and whether this user may read it"
    case .unusable(let name): "the secret \(name) has a line end or a control character within it: write it as one line"
    }
  }
}

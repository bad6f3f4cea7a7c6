import NIOCore
import NIOSSL
public import StockLedger
import Synchronization

/// A certificate with its chain and its private key, found to belong together.
public struct ServerCertificate: Sendable {
  /// From when on it is good.
  public let validFrom: Timestamp
  /// When it is good no longer.
  public let expiresAt: Timestamp
  private let chain: [NIOSSLCertificateSource]
  private let key: NIOSSLPrivateKeySource

  /// A certificate from the bytes of two PEM files.
  ///
  /// - Parameters:
  ///   - chain: The service's own certificate first, then those that vouch for it.
  ///   - key: The private key, not encrypted.
  public init(chain: [UInt8], key: [UInt8]) throws(CertificateError) {
    guard let certificates = try? NIOSSLCertificate.fromPEMBytes(chain), let own = certificates.first else {
      throw .noCertificate
    }
    guard let key = try? NIOSSLPrivateKey(bytes: key, format: .pem) else { throw .noKey }
    self.chain = certificates.map { .certificate($0) }
    self.key = .privateKey(key)
    validFrom = Timestamp(milliseconds: Int64(own.notValidBefore) * 1_000)
    expiresAt = Timestamp(milliseconds: Int64(own.notValidAfter) * 1_000)
    do { _ = try NIOSSLContext(configuration: configuration) } catch { throw .keyOfAnother }
  }

  /// TLS 1.2 or newer: what is older has known holes, and no client that still needs it.
  var configuration: TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    return configuration
  }

  var override: NIOSSLContextConfigurationOverride {
    var override = NIOSSLContextConfigurationOverride()
    override.certificateChain = chain
    override.privateKey = key
    return override
  }
}

/// Why a certificate cannot be served with.
public enum CertificateError: Error, CustomStringConvertible {
  /// There is no certificate in PEM form.
  case noCertificate
  /// There is no private key in PEM form, or it is encrypted.
  case noKey
  /// The key is not the first certificate's.
  case keyOfAnother

  /// For people.
  public var description: String {
    switch self {
    case .noCertificate: "the certificate file holds no certificate in PEM form"
    case .noKey: "the key file holds no private key in PEM form, or an encrypted one"
    case .keyOfAnother: "the key is not that of the first certificate in the file"
    }
  }
}

/// The certificate that is shown now, for a service that runs while its files are renewed.
public final class LiveCertificate: Sendable {
  private let current: Mutex<ServerCertificate>

  /// The certificate to begin with.
  public init(_ certificate: ServerCertificate) { current = Mutex(certificate) }

  /// Takes the place of the one before, for connections that are made from now on.
  public func replace(with next: ServerCertificate) { current.withLock { $0 = next } }

  var configuration: TLSConfiguration {
    var configuration = current.withLock { $0.configuration }
    configuration.sslContextCallback = { [self] _, promise in promise.succeed(current.withLock { $0.override }) }
    return configuration
  }
}

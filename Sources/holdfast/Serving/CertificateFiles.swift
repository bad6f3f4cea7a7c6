import Foundation
import InventoryService
import Logging

/// The two files of a certificate, as whoever renews it leaves them.
struct CertificateFiles: Sendable {
  let certificate: String
  let key: String

  /// What is in them now.
  func read() throws(Complaint) -> ServerCertificate {
    let (chain, key) = (try bytes(certificate, "--tls-cert"), try bytes(key, "--tls-key"))
    do throws(CertificateError) { return try ServerCertificate(chain: chain, key: key) } catch {
      throw Complaint("\(certificate), \(self.key): \(error)", do: "check --tls-cert and --tls-key")
    }
  }

  /// The certificate to begin with; a service must not start with one that nobody accepts.
  func live() throws(Complaint) -> LiveCertificate { LiveCertificate(try read()) }

  private func bytes(_ path: String, _ flag: String) throws(Complaint) -> [UInt8] {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw Complaint("\(path) cannot be read", do: "check \(flag), and whether this user may read it")
    }
    return Array(content)
  }

  /// Takes over what changes in the files, until it is cancelled. While only one of them is renewed the two do not go
  /// together: the certificate stays as it was until they do.
  func watch(_ live: LiveCertificate, logger: Logger) async {
    await FileWatch(certificate, key).run {
      do throws(Complaint) {
        live.replace(with: try read())
        logger.notice("the certificate was renewed")
      } catch {
        logger.error("the certificate stays as it was: \(error.line)")
      }
    }
  }
}

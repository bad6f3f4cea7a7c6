import Foundation
import InventoryService
import StockLedger
import Testing

extension ServiceTests {
  /// HTTPS, with certificates that openssl makes here.
  @Suite struct TLSTests {
    private let place: ScratchPlace
    private var certificate: String { place.path + "/cert.pem" }
    private var key: String { place.path + "/key.pem" }

    init() throws { place = try ScratchPlace() }

    /// A certificate for this machine, signed by itself.
    private func make(_ name: String, into path: (certificate: String, key: String)? = nil) async throws {
      try await Self.run([
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1", "-out", path?.certificate ?? certificate,
        "-keyout", path?.key ?? key,
      ])
    }

    /// Runs a program of the system; what it says.
    @discardableResult
    private static func run(_ arguments: [String]) async throws -> (code: Int32, out: String) {
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = arguments
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = pipe
      process.standardError = FileHandle.nullDevice
      let (ended, end) = AsyncStream.makeStream(of: Void.self)
      process.terminationHandler = { _ in end.finish() }
      try process.run()
      let out = try pipe.fileHandleForReading.readToEnd() ?? Data()
      for await _ in ended {}
      return (process.terminationStatus, String(decoding: out, as: UTF8.self))
    }

    /// The status of an answer that curl got over TLS, trusting a certificate.
    private func status(_ port: Int, _ options: String...) async throws -> String {
      let plain = ["curl", "-s", "-o", place.path + "/body", "-w", "%{http_code}", "--cacert", certificate]
      return try await Self.run(plain + options + ["https://127.0.0.1:\(port)/livez"]).out
    }

    private func serve(_ arguments: String...) async throws -> (ServeProcess, Int) {
      let process = try ServeProcess(
        ["serve", "--data", place.data, "--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key]
          + arguments, in: place)
      while true {
        let words = try process.text(of: process.errors)
        if let found = words.firstMatch(of: /listening on https:\/\/127\.0\.0\.1:(\d+)\n/) {
          return (process, try #require(Int(found.output.1)))
        }
        guard process.isRunning else { throw ServeProcess.Failed(words: words) }
        try await Task.sleep(for: .milliseconds(20))
      }
    }

    @Test func itSpeaksTLSAndNothingElse() async throws {
      try await make("first")
      let (process, port) = try await serve()
      #expect(try await status(port) == "200")
      #expect(try await status(port, "--tls-max", "1.1") == "000")
      await #expect(throws: HTTPCaller.Cut.self) { try await HTTPCaller(port: port).get("/livez") }
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
    }

    @Test func aRenewedCertificateIsTakenOver() async throws {
      try await make("first")
      let (process, port) = try await serve()
      #expect(try await status(port) == "200")
      // One file alone does not go with the other: the old certificate is still shown.
      let next = (place.path + "/next.pem", place.path + "/next-key.pem")
      try await make("second", into: next)
      #expect(rename(next.1, key) == 0)
      while !(try process.text(of: process.errors).contains("the certificate stays as it was")) {
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(try await status(port) == "200")
      #expect(rename(next.0, certificate) == 0)
      // curl trusts the new file alone, and so answers once the service shows it.
      while try await status(port) != "200" { try await Task.sleep(for: .milliseconds(50)) }
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
    }

    @Test func whatIsNoCertificateStopsTheStart() async throws {
      try await make("first")
      try await make("other", into: (place.path + "/other.pem", place.path + "/other-key.pem"))
      let empty = place.path + "/empty"
      try Data().write(to: URL(fileURLWithPath: empty))
      let wrong: [(certificate: String, key: String, words: String)] = [
        (certificate, place.path + "/other-key.pem", "not that of the first certificate"),
        (empty, key, "no certificate in PEM form"), (certificate, empty, "no private key in PEM form"),
        (certificate, certificate, "no private key in PEM form"), ("nowhere", key, "nowhere cannot be read"),
      ]
      for (certificate, key, words) in wrong {
        let run = try await Holdfast.run(
          "serve", "--data", place.data, "--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key,
          in: place)
        #expect(run.code == 1)
        #expect(run.errors.contains(words), "\(run.errors)")
      }
      let half = try await Holdfast.run("serve", "--data", place.data, "--tls-cert", certificate, in: place)
      #expect(half.code == 64)
      #expect(!FileManager.default.fileExists(atPath: place.data))
    }

    @Test func otherMachinesNeedTLSOrAWord() async throws {
      _ = try await place.key("s", "read")
      let clear = try await Holdfast.run(
        "serve", "--data", place.data, "--listen", "0.0.0.0:0", "--keys", place.keys, in: place)
      #expect(clear.code == 64)
      #expect(clear.errors.contains("give --tls-cert and --tls-key"))
      let accepted = try await Holdfast.run(
        "serve", "--data", place.data, "--listen", "0.0.0.0:0", "--keys", place.keys, "--plaintext", "--print-config",
        in: place)
      #expect(accepted.code == 0)
    }
  }
}

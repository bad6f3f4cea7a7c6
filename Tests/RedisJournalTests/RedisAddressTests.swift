import RedisJournal
import Testing

/// What an address may say, and what it says of itself.
@Suite struct RedisAddressTests {
  private static func tcp(_ host: String, _ port: Int) -> RedisEndpoint { .tcp(host: host, port: port) }

  @Test(arguments: [
    ("redis://127.0.0.1", [tcp("127.0.0.1", 6379)], 0),
    ("redis://localhost:6380/", [tcp("localhost", 6380)], 0),
    ("REDIS://LocalHost/15", [tcp("LocalHost", 6379)], 15),
    ("redis://127.9.9.9:65535/65535", [tcp("127.9.9.9", 65_535)], 65_535),
    ("redis://[::1]", [tcp("::1", 6379)], 0),
    ("redis://[::1]:1/2", [tcp("::1", 1)], 2),
    (
      "redis://127.0.0.1:7000,127.0.0.1:7001,[::1]/3",
      [tcp("127.0.0.1", 7000), tcp("127.0.0.1", 7001), tcp("::1", 6379)], 3
    ),
    ("unix:///run/redis.sock", [RedisEndpoint.socket(path: "/run/redis.sock")], 0),
    ("unix:///run/a%20b@c%3F.sock?db=4", [.socket(path: "/run/a b@c?.sock")], 4),
  ])
  func places(_ text: String, _ endpoints: [RedisEndpoint], _ database: Int) throws {
    let address = try RedisAddress(text)
    #expect(address.endpoints == endpoints)
    #expect(address.database == database)
    #expect(address.credentials == nil)
  }

  @Test(arguments: [
    ("redis://:secret@localhost", nil, "secret"),
    ("redis://holdfast:secret@localhost/1", "holdfast", "secret"),
    ("redis://a%40b:p%3Aq%2Fr%25@localhost", "a@b", "p:q/r%"),
    ("redis://u:with:@colons@localhost", "u", "with:@colons"),
    ("unix://u:secret@/run/redis.sock", "u", "secret"),
  ])
  func logins(_ text: String, _ user: String?, _ password: String) throws {
    let address = try RedisAddress(text, password: "of the environment")
    #expect(address.credentials == RedisCredentials(user: user, password: password))
  }

  @Test func thePasswordOfTheEnvironment() throws {
    #expect(try RedisAddress("redis://localhost", password: "p").credentials == RedisCredentials(password: "p"))
    #expect(
      try RedisAddress("redis://u@localhost", password: "p").credentials == RedisCredentials(user: "u", password: "p"))
    #expect(
      try RedisAddress("redis://u:@localhost", password: "p").credentials == RedisCredentials(user: "u", password: "p"))
    #expect(try RedisAddress("redis://localhost", password: "").credentials == nil)
  }

  @Test(arguments: [
    ("127.0.0.1:6379", RedisAddressError.scheme), ("http://localhost", .scheme), ("", .scheme),
    ("rediss://localhost", .encrypted),
    ("redis://", .host), ("redis://:6379", .host), ("redis://localhost,", .host), ("redis://,localhost", .host),
    ("redis://local host", .host), ("redis://[::1", .host), ("redis://[localhost]", .host), ("redis://[]", .host),
    ("redis://localhost:", .port), ("redis://localhost:0", .port), ("redis://localhost:65536", .port),
    ("redis://localhost:+1", .port), ("redis://localhost:6379x", .port), ("redis://::1", .host),
    ("redis://[::1]6379", .port), ("redis://localhost:99999999999999999999", .port),
    ("redis://localhost/65536", .database), ("redis://localhost/-1", .database), ("redis://localhost/a", .database),
    ("redis://localhost/1/2", .database), ("redis://localhost/1?x=y", .database),
    ("redis://user@localhost", .login), ("redis://@localhost", .login), ("redis://u:%zz@localhost", .login),
    ("unix://", .socket), ("unix:///", .socket), ("unix://run/redis.sock", .socket), ("unix:///a%00b", .socket),
    ("unix:///" + String(repeating: "a", count: 107), .socket),
    ("unix:///a?db=", .database), ("unix:///a?x=1", .database), ("unix:///a?db=65536", .database),
  ])
  func whatIsRefused(_ text: String, _ error: RedisAddressError) {
    #expect(throws: error) { try RedisAddress(text) }
  }

  @Test(arguments: [
    "redis.example.com", "10.0.0.1", "128.0.0.1", "127.1", "127.0.0.1.example.com", "localhost.example.com", "[::2]",
  ])
  func otherMachinesNeedLeave(_ host: String) throws {
    let shown = "\(host):6379"
    #expect(throws: RedisAddressError.plaintext(shown)) { try RedisAddress("redis://localhost,\(host)") }
    #expect(try RedisAddress("redis://\(host)", allowsPlaintext: true).endpoints.first?.description == shown)
  }

  @Test(arguments: [
    ("redis://:secret@localhost", "redis://:***@localhost:6379/0"),
    ("redis://u:secret@127.0.0.1:1,[::1]:2/3", "redis://u:***@127.0.0.1:1,[::1]:2/3"),
    ("unix://u:secret@/run/redis.sock", "unix://u:***@/run/redis.sock?db=0"),
    ("redis://localhost", "redis://localhost:6379/0"),
  ])
  func passwordsAreNotShown(_ text: String, _ shown: String) throws {
    let address = try RedisAddress(text)
    #expect("\(address)" == shown)
    var dumped = ""
    dump(address, to: &dumped)
    for text in [dumped, String(reflecting: address), "\(address.credentials as Any)"] {
      #expect(!text.contains("secret"))
    }
  }

  @Test func errorsSayWhatToWriteAndNoPassword() {
    for text in ["redis://u:secret", "redis://u:%secret@h", "redis://u:secret/secret", "redis://h:secret/1"] {
      let error = #expect(throws: RedisAddressError.self) { try RedisAddress(text) }
      #expect(error?.description.contains("secret") == false)
    }
    #expect(RedisAddressError.encrypted.description.contains("stunnel"))
    #expect(RedisAddressError.plaintext("h:1").description.contains("--redis-plaintext"))
    #expect(!RedisAddressError.plaintext("h:1").description.contains("\n"))
  }
}

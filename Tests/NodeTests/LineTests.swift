import RedisRig
import Testing

extension NodeTests {
  @Suite("What a node reads") struct LineTests {
    @Test("a line that cannot be carried out is answered with its ref where that can be read, and the next is taken")
    func badLines() async throws {
      let redis = try await RedisServer.start()
      let ring = try await NodeRing.start(1, on: redis.address)
      let node = ring[1]
      let key = #""shop":"s","sku":"a","location":"m""#
      let malformed = [
        #"{"ref":"1"}"#, #"{"ref":"2","do":"hold"}"#, #"{"ref":"3","do":"dance",\#(key)}"#,
        #"{"ref":"4","do":"hold",\#(key)}"#, #"{"ref":"5","do":"hold",\#(key),"reservation":"r","units":"2"}"#,
        #"{"ref":"6","do":"hold",\#(key),"reservation":"r","units":0}"#,
        #"{"ref":"7","do":"hold",\#(key),"reservation":"r","units":1e308}"#,
        #"{"ref":"8","do":"count",\#(key),"units":5}"#, #"{"ref":"9","do":"hold",\#(key),"reservation":""}"#,
        #"{"ref":"10","do":"stock","shop":"","sku":"a","location":"m"}"#,
        #"{"ref":11,"do":"dance"}"#, #"{"ref":"12","do":"hold",\#(key),"reservation":7}"#,
      ]
      for (index, line) in malformed.enumerated() {
        let answer = await node.answer(to: line, ref: "\(index + 1)")
        #expect(answer?.answer == "malformed", "\(line): \(answer as Any)")
        #expect(answer?.reason?.isEmpty == false, "\(line)")
      }
      for line in ["", "no JSON", "[1,2]", #"{"ref":"#, "\u{0}", #"{"do":"stock","ref":{}}"#] {
        #expect(await node.answer(to: line, ref: "")?.answer == "malformed", "\(line)")
      }
      // A number is a ref too, and comes back.
      #expect(await node.answer(to: #"{"ref":21,"do":"stock",\#(key)}"#, ref: "21")?.answer == "stock")
    }

    @Test("numbers at the ends of their ranges are refused, and trap nothing")
    func extremes() async throws {
      let redis = try await RedisServer.start()
      let ring = try await NodeRing.start(1, on: redis.address)
      let key = #""shop":"s","sku":"a","location":"m""#
      let node = ring[1]
      var ref = 0
      for number in [Int64.min, Int64.min + 1, -1, 0, 1, 1 << 53, Int64.max - 1, Int64.max] {
        for line in [
          #""do":"count",\#(key),"delivery":"d\#(number)","units":5,"asOf":\#(number)"#,
          #""do":"count",\#(key),"delivery":"u\#(number)","units":\#(number),"asOf":1"#,
          #""do":"hold",\#(key),"reservation":"l\#(number)","units":1,"lifetime":\#(number)"#,
          #""do":"hold",\#(key),"reservation":"u\#(number)","units":\#(number)"#,
          #""do":"release",\#(key),"reservation":"l\#(number)","units":\#(number)"#,
        ] {
          ref += 1
          #expect(await node.answer(to: #"{"ref":"\#(ref)",\#(line)}"#, ref: "\(ref)")?.answer != nil, "\(line)")
        }
      }
      #expect(!node.hasEnded)
    }
  }
}

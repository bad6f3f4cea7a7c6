import InventoryService
import Testing

@Suite struct TraceParentTests {
  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
  private static let span = "00f067aa0ba902b7"

  @Test func whatIsWrittenIsRead() throws {
    let text = "00-\(Self.trace)-\(Self.span)-01"
    let parent = try #require(TraceParent(text))
    #expect(parent.isSampled && parent.trace == Self.trace && parent.span == Self.span)
    #expect(parent.text == text)
    #expect(TraceParent("00-\(Self.trace)-\(Self.span)-02")?.isSampled == false)
    #expect(TraceParent("cc-\(Self.trace)-\(Self.span)-01-what-is-to-come") != nil)
  }

  @Test(arguments: [
    "", "00", "00-\(trace)-\(span)", "ff-\(trace)-\(span)-01", "00-\(trace)-\(span)-01-more", "00-\(trace)-\(span)-1",
    "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
    "00-\(trace.uppercased())-\(span)-01", "00-\(trace.dropLast())-\(span)-01", "00-\(trace)-\(span)-0g",
  ])
  func whatIsNoneIsNotTakenForOne(_ text: String) { #expect(TraceParent(text) == nil) }
}

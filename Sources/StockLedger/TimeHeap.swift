/// A binary min-heap of (time, subject): what is due next. Elements are plain words, without a reference in sight.
///
/// Pushes in time order, as equal lifetimes give them, cost one comparison. Elements are not removed when what they
/// point at changes; the owner checks each one that it pops, and rebuilds when most are dead.
struct TimeHeap<Subject: Comparable & Sendable>: Sendable {
  struct Element: Sendable {
    let time: Int64
    let subject: Subject
  }

  private(set) var elements: [Element] = []

  var count: Int { elements.count }
  var first: Element? { elements.first }

  /// Ties go to the lower subject, so that equal histories pop in equal order.
  private static func precedes(_ left: Element, _ right: Element) -> Bool {
    left.time != right.time ? left.time < right.time : left.subject < right.subject
  }

  mutating func push(_ time: Timestamp, _ subject: Subject) {
    let element = Element(time: time.milliseconds, subject: subject)
    elements.append(element)
    var index = elements.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      guard Self.precedes(element, elements[parent]) else { break }
      elements[index] = elements[parent]
      index = parent
    }
    elements[index] = element
  }

  mutating func popFirst() {
    let last = elements.removeLast()
    guard !elements.isEmpty else { return }
    var index = 0
    while true {
      var child = 2 * index + 1
      guard child < elements.count else { break }
      if child + 1 < elements.count && Self.precedes(elements[child + 1], elements[child]) { child += 1 }
      guard Self.precedes(elements[child], last) else { break }
      elements[index] = elements[child]
      index = child
    }
    elements[index] = last
  }

  mutating func removeAll() { elements.removeAll(keepingCapacity: true) }
}

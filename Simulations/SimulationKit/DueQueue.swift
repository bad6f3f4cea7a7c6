import StockLedger

/// Elements by the time they are due, the earliest first; equal times in the order they were put in.
struct DueQueue<Element: Sendable>: Sendable {
  private struct Slot: Sendable {
    var due: Timestamp
    var order: UInt64
    var element: Element

    func comes(before other: Slot) -> Bool { due != other.due ? due < other.due : order < other.order }
  }

  // A binary heap in an array; the room above ground that owns a heap type is out of bounds for this one.
  private var slots: [Slot] = []
  private var nextOrder: UInt64 = 0

  var isEmpty: Bool { slots.isEmpty }
  var count: Int { slots.count }
  var firstDue: Timestamp? { slots.first?.due }

  mutating func insert(_ element: Element, due: Timestamp) {
    slots.append(Slot(due: due, order: nextOrder, element: element))
    nextOrder += 1
    var child = slots.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard slots[child].comes(before: slots[parent]) else { break }
      slots.swapAt(child, parent)
      child = parent
    }
  }

  /// The earliest element, if it is due at or before a time.
  mutating func popFirst(dueBy limit: Timestamp) -> Element? {
    guard let first = slots.first, first.due <= limit else { return nil }
    slots.swapAt(0, slots.count - 1)
    slots.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < slots.count {
        if slots[child].comes(before: slots[least]) { least = child }
      }
      if least == parent { break }
      slots.swapAt(parent, least)
      parent = least
    }
    return first.element
  }
}

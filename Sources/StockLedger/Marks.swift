/// The last absolute report of each (component, source): what is not newer is stale. Marks never expire.
struct Marks: Hashable, Sendable {
  /// The last seen of one component and source.
  struct Mark: Hashable, Sendable {
    var component: Component
    var source: SourceID
    /// Of the last absolute report; nil while only other reports carried numbers, or after a reset.
    var absolute: Place?
    /// The largest running number of any report, for gaps.
    var seen: Seen?
  }

  /// A place in a source's order.
  struct Place: Hashable, Sendable {
    var incarnation: Int64
    var number: Int64?
    var asOf: Timestamp
  }

  /// The largest number of the newest incarnation.
  struct Seen: Hashable, Sendable {
    var incarnation: Int64
    var number: Int64
  }

  /// By component and source.
  private(set) var marks: [Mark] = []

  private func place(_ component: Component, _ source: SourceID) -> (index: Int, isKnown: Bool) {
    for index in marks.indices {
      let mark = marks[index]
      if mark.component == component && mark.source == source { return (index, true) }
      if (component.rawValue, source) < (mark.component.rawValue, mark.source) { return (index, false) }
    }
    return (marks.endIndex, false)
  }

  func mark(_ component: Component, _ source: SourceID) -> Mark? {
    let (index, isKnown) = place(component, source)
    return isKnown ? marks[index] : nil
  }

  /// True for an absolute report that is not newer than the last. A running number goes before the as-of; a larger
  /// incarnation starts anew.
  func isStale(_ new: Place, _ component: Component, _ source: SourceID) -> Bool {
    guard let last = mark(component, source)?.absolute else { return false }
    if new.incarnation != last.incarnation { return new.incarnation < last.incarnation }
    if let number = new.number, let lastNumber = last.number { return number <= lastNumber }
    return new.asOf <= last.asOf
  }

  /// True where numbers are missing before this one.
  func hasGap(_ report: Report, _ component: Component) -> Bool {
    guard let number = report.number, let seen = mark(component, report.source)?.seen else { return false }
    // `number - 1` cannot overflow: it is only taken of the larger of two.
    return seen.incarnation == report.incarnation && number > seen.number && number - 1 > seen.number
  }

  /// Notes an accepted report; `asOf` only for absolute ones.
  mutating func note(_ report: Report, _ component: Component, asOf: Timestamp?) {
    if report.number == nil && asOf == nil { return }
    let (index, isKnown) = place(component, report.source)
    if !isKnown { marks.insert(Mark(component: component, source: report.source), at: index) }
    if let asOf {
      marks[index].absolute = Place(incarnation: report.incarnation, number: report.number, asOf: asOf)
    }
    guard let number = report.number else { return }
    if let seen = marks[index].seen {
      if (report.incarnation, number) <= (seen.incarnation, seen.number) { return }
    }
    marks[index].seen = Seen(incarnation: report.incarnation, number: number)
  }

  /// Forgets the last absolute report of a source: the next one is accepted whatever its time.
  mutating func reset(_ component: Component, _ source: SourceID) {
    let (index, isKnown) = place(component, source)
    if isKnown { marks.remove(at: index) }
  }
}

extension Marks {
  func write(to writer: inout ByteWriter) {
    writer.write(list: marks) { writer, mark in
      writer.write(byte: mark.component.rawValue)
      writer.write(mark.source)
      writer.write(optional: mark.absolute) { writer, place in
        writer.write(signed: place.incarnation)
        writer.write(optional: place.number) { $0.write(signed: $1) }
        writer.write(place.asOf)
      }
      writer.write(optional: mark.seen) { writer, seen in
        writer.write(signed: seen.incarnation)
        writer.write(signed: seen.number)
      }
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    marks = try reader.readList { (reader: inout ByteReader) throws(ByteError) in
      let component = try reader.readCase(Component.self)
      let source = try reader.readIdentifier()
      let absolute = try reader.readOptional { (reader: inout ByteReader) throws(ByteError) in
        Place(
          incarnation: try reader.readSigned(),
          number: try reader.readOptional { (reader: inout ByteReader) throws(ByteError) in try reader.readSigned() },
          asOf: try reader.readReportedTime())
      }
      let seen = try reader.readOptional { (reader: inout ByteReader) throws(ByteError) in
        Seen(incarnation: try reader.readSigned(), number: try reader.readSigned())
      }
      return Mark(component: component, source: source, absolute: absolute, seen: seen)
    }
    for (left, right) in zip(marks, marks.dropFirst())
    where (left.component.rawValue, left.source) >= (right.component.rawValue, right.source) {
      throw ByteError(offset: start, expected: "marks in their order")
    }
  }
}

/// The publications of one key, by channel: part of its level, so that snapshots, recovery and replay have them.
///
/// Without any it is one empty array.
struct ChannelPublications: Hashable, Sendable {
  private struct Place: Hashable {
    let channel: ChannelID
    var publication: Publication
  }

  /// Sorted by channel; few.
  private var places: [Place] = []

  var isEmpty: Bool { places.isEmpty }

  subscript(channel: ChannelID) -> Publication? { places.first { $0.channel == channel }?.publication }

  mutating func apply(_ entry: PublicationEntry, channel: ChannelID, at: Timestamp) {
    let place = places.firstIndex { $0.channel >= channel } ?? places.endIndex
    if place == places.endIndex || places[place].channel != channel {
      places.insert(Place(channel: channel, publication: Publication()), at: place)
    }
    places[place].publication.apply(entry, at: at)
  }

  /// A correction that ended a claim without a name was wrong.
  mutating func reopen(_ number: Int64, units: Int64, channel: ChannelID, at: Timestamp) {
    guard let place = places.firstIndex(where: { $0.channel == channel }) else { return }
    places[place].publication.mirror.reopen(number, units: units, at: at)
  }

  func checkInvariants() {
    for place in places { place.publication.checkInvariants() }
  }

  func write(to writer: inout ByteWriter) {
    writer.write(list: places) { writer, place in
      writer.write(place.channel)
      writer.write(counted: place.publication.image)
    }
  }

  init() {}

  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    places = try reader.readList { reader throws(ByteError) in
      Place(channel: try reader.readIdentifier(), publication: try Publication(image: try reader.readCounted()))
    }
    guard !places.isEmpty, zip(places, places.dropFirst()).allSatisfy({ $0.channel < $1.channel }) else {
      throw ByteError(offset: start, expected: "publications by channel")
    }
  }
}

extension StockLevel {
  /// This key's publication at a channel, aimed at what that channel may sell now.
  public func publication(at channel: ChannelID) -> Publication {
    var publication = publications[channel] ?? Publication()
    publication.aim(at: available(to: channel))
    return publication
  }

  /// True where something of this key was published at a channel, or read there.
  public func isPublished(at channel: ChannelID) -> Bool { publications[channel] != nil }
}

import NIOCore
import Synchronization

/// The connections that nobody asks anything over, longest first. There is a bound on them: past it the one that has
/// been idle longest is closed, so that hoarders of connections keep nobody out.
final class IdleConnections: Sendable {
  /// Where a connection stands in the line.
  typealias Place = Int

  private let limit: Int
  private let line = Mutex(Line())

  /// - Parameter limit: At least 1.
  init(max limit: Int) { self.limit = max(1, limit) }

  /// A connection has nothing to do.
  func add(_ channel: any Channel) -> Place {
    let (place, surplus) = line.withLock { line in
      let place = line.append(channel)
      return (place, line.count > limit ? line.first(line.count - limit) : [])
    }
    // Its end removes it from the line; until then others who come close it again, which does nothing.
    for channel in surplus { channel.close(promise: nil) }
    return place
  }

  /// It has something to do, or is gone.
  func remove(_ place: Place) { line.withLock { $0.remove(place) } }

  /// How many there are.
  var count: Int { line.withLock { $0.count } }

  /// A list that is linked both ways, in one array: every step takes the same time however long it is.
  private struct Line {
    private struct Seat {
      var channel: (any Channel)?
      var before: Place
      var after: Place
    }

    // Before the first and after the last is seat 0, which is nobody's.
    private var seats = [Seat(channel: nil, before: 0, after: 0)]
    private var free: [Place] = []

    var count: Int { seats.count - 1 - free.count }

    func first(_ count: Int) -> [any Channel] {
      var found: [any Channel] = []
      var seat = seats[0]
      while found.count < count, seat.after != 0 {
        seat = seats[seat.after]
        if let channel = seat.channel { found.append(channel) }
      }
      return found
    }

    mutating func append(_ channel: any Channel) -> Place {
      let last = seats[0].before
      let seat = Seat(channel: channel, before: last, after: 0)
      let place = free.popLast() ?? seats.count
      if place == seats.count { seats.append(seat) } else { seats[place] = seat }
      seats[last].after = place
      seats[0].before = place
      return place
    }

    mutating func remove(_ place: Place) {
      let seat = seats[place]
      seats[seat.before].after = seat.after
      seats[seat.after].before = seat.before
      seats[place].channel = nil
      free.append(place)
    }
  }
}

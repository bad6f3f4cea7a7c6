import ChannelIntake

/// The way through the answers of one poll. A pure machine: it is told what an answer said once its rows are durable,
/// and says what to ask next and what may be kept.
///
/// Where answers have pages, the cursor moves when the last of them was taken: it speaks of all of them. Without pages
/// the cursor itself is followed, and moves with every answer, until one has no rows or no other cursor.
struct PullWalk: Sendable {
  private let settings: PullSettings
  /// The cursor that was asked with, then the last that was told.
  private var cursor: String?
  private var answers = 0
  /// What to ask; nil at the end.
  private(set) var next: PullAddress?
  /// What may be kept.
  private(set) var mark: PullMark

  init(_ settings: PullSettings, from mark: PullMark) {
    self.settings = settings
    self.mark = mark
    cursor = mark.cursor
    next = Self.start(settings, mark.cursor)
  }

  /// What a poll asks first.
  private static func start(_ settings: PullSettings, _ cursor: String?) -> PullAddress {
    guard let field = settings.cursor, let cursor = cursor ?? field.start else { return settings.address }
    return settings.address.setting(field.parameter, to: cursor)
  }

  /// What the request for ``next`` may say that we know already.
  var known: PullMark.Validators? { mark.validators?.address == next?.text ? mark.validators : nil }

  /// Goes on after an answer.
  ///
  /// - Parameters:
  ///   - rows: How many rows it had.
  ///   - validators: What it said about itself; nil where some of its rows must be asked for again.
  /// - Throws: ``PullFailure`` where the way has no end, or leads away.
  mutating func take(
    _ answer: ForeignAnswer, rows: Int, validators: PullMark.Validators?
  ) throws(PullFailure) {
    answers += 1
    let asked = next
    let before = cursor
    if let told = settings.cursor.flatMap({ answer.text(at: $0.path) }) { cursor = told }
    if let pages = settings.pages {
      let name = answer.text(at: pages.path)
      next = if let name, let asked { try page(name, after: asked, pages) } else { nil }
    } else {
      next = rows > 0 && cursor != before ? Self.start(settings, cursor) : nil
    }
    if answers >= settings.answersMax, next != nil {
      guard settings.pages == nil else {
        throw PullFailure("more than \(settings.answersMax) pages: let it answer with larger ones, or with a cursor")
      }
      // The rest waits for the next poll, which goes on where this one stands.
      next = nil
    }
    if next != nil && settings.pages != nil { return }
    mark.cursor = cursor
    mark.validators = validators?.address == Self.start(settings, cursor).text ? validators : nil
  }

  /// The next page; nil where it is the same again, which some systems answer at their end.
  private func page(
    _ name: String, after asked: PullAddress, _ pages: PullSettings.Pages
  ) throws(PullFailure) -> PullAddress? {
    let next = pages.parameter.map { asked.setting($0, to: name) } ?? asked.following(name)
    guard let next else {
      throw PullFailure("the next page is on another machine, or no link: pages.path must lead to a page of \(asked)")
    }
    return next == asked ? nil : next
  }
}

/// Why a poll came to nothing, in words for whoever looks after the source.
struct PullFailure: Error, CustomStringConvertible {
  let description: String
  /// How long the other system wants to be left alone, in milliseconds.
  var retryAfter: Int64 = 0

  init(_ words: String, retryAfter: Int64 = 0) {
    description = words
    self.retryAfter = retryAfter
  }
}

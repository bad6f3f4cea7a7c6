import Reconciliation
import StockLedger

// A report's rows in words for people, wherever they are shown.

extension DriftSide {
  /// Who says otherwise.
  var words: String {
    switch self {
    case .channel(let channel): "\(channel)"
    case .source(let source): "\(source)"
    case .ourselves: "our own books"
    }
  }
}

extension Mending {
  /// What would be done, as one word.
  var name: String {
    switch self {
    case .none: "none"
    case .lookAgain: "lookAgain"
    case .deliver: "deliver"
    case .correct: "correct"
    }
  }

  /// What would be done; empty where nothing can be.
  var words: String {
    switch self {
    case .none: ""
    case .lookAgain(let available): "read the channel again, and write \(available) by comparing"
    case .deliver(let report): "take in that \(EntryWords.sentence(.reported(report)))"
    case .correct(let change, _): "correct: \(EntryWords.words(change))"
    }
  }
}

extension DriftClass {
  /// The class as people call it.
  var words: String {
    switch self {
    case .inStep: "in step"
    case .oursIsNewer: "ours is newer, and on its way"
    case .missedDelivery: "missed delivery"
    case .editedByHand: "edited by a person at the channel"
    case .orderUnseen: "order unseen"
    case .doubleCounted: "double counted"
    case .claimOrphaned: "claim orphaned"
    case .holdOverdue: "hold older than its time"
    case .unmapped: "SKU unmapped"
    case .staleCount: "count stale"
    case .sourceSilent: "source silent"
    case .unexplained: "unexplained"
    }
  }
}

extension ReadList {
  /// What was read, and of when.
  var words: String {
    let time = asOf.map { "as of \($0)" } ?? "of no stated time"
    return "The list of \(source), \(time): \(rows) rows\(isBelieved ? "." : ", of which nothing counted.")"
  }
}

extension RefreshTerms {
  /// How it was rebuilt.
  var words: String {
    "refresh\(isApplied ? ", applied at once" : ", shown first")\(allowsShrink ? ", shrink allowed" : "")"
  }
}

extension ReconciliationScope {
  /// What was looked at.
  var words: String {
    switch self {
    case .shop: "the whole shop"
    case .location(let location): "location \(location)"
    case .key(let key): "\(key.sku) in \(key.location)"
    }
  }
}

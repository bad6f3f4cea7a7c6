import Foundation
import GRDB
import StockJournal

/// Ours, not GRDB's type of the same name.
typealias RecordError = StockJournal.RecordError

/// What SQLite and the system say, as the port's failures.
enum SQLiteFailure {
  /// The failure that an error is. Any I/O error but that of a read is a failed sync: what reached the disk is unknown.
  static func failure(_ error: any Error) -> StoreFailure {
    if let failure = error as? StoreFailure { return failure }
    guard let error = error as? DatabaseError else { return .other("\(error)") }
    let text = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL: return .full(text)
    case .SQLITE_IOERR:
      switch error.extendedResultCode {
      case .SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ: return .unavailable("reading journal.sqlite: \(text)")
      default: return .syncFailed("\(text) (\(error.extendedResultCode.rawValue))")
      }
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      return .damaged("journal.sqlite: \(text); restore the directory from a copy")
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .owned("journal.sqlite: \(text)")
    default: return .other("journal.sqlite: \(text)")
    }
  }
}

extension [UInt8] {
  /// As GRDB binds it.
  var databaseBlob: DatabaseValue { Data(self).databaseValue }
}

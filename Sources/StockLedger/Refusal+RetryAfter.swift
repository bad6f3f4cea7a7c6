extension Refusal {
  /// How long to wait before asking again, in milliseconds, where the refusal says so.
  public var retryAfter: Int64? {
    switch self {
    case .tooManyIds(let milliseconds), .overloaded(let milliseconds), .storeUnavailable(let milliseconds): milliseconds
    default: nil
    }
  }
}

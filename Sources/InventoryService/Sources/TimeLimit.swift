/// Does some work, for so long at most: then the work is cancelled, and `error` is thrown.
func withTimeLimit<Result: Sendable>(
  _ limit: Duration, else error: any Error, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try await Task.sleep(for: limit)
      throw error
    }
    defer { group.cancelAll() }
    guard let result = try await group.next() else { throw error }
    return result
  }
}

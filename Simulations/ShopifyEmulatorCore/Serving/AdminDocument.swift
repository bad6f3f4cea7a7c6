/// Checks documents of the Admin API without a shop: what a client sends can be held against the schema in a test.
public enum AdminDocument {
  /// What is wrong with a document by the served part of the schema of version 2026-04; empty where it may be sent.
  public static func problems(in text: String) -> [GraphQLProblem] {
    do throws(GraphQLProblem) {
      return DocumentCheck.problems(of: try GraphQLParser.parse(text), in: .admin)
    } catch {
      return [error]
    }
  }

  /// The most points that a call may cost, as it is counted before it runs; nil where the call may not run.
  public static func cost(of text: String, variables: JSON = .null) -> Int64? {
    guard case .success(let call) = Planner.plan(text, variables: variables, schema: .admin) else { return nil }
    return QueryCost.requested(by: call)
  }
}

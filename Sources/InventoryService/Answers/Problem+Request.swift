import ChannelIntake
import HTTPTypes
import StockLedger

// What is wrong with a request before the engine is asked.
extension Problem {
  /// What a route threw, as an answer; nil where it is a failure of ours.
  init?(of error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let error as RowError: self.init(error)
    default: return nil
    }
  }

  /// A body, or a line of it, that cannot be taken.
  ///
  /// 400 where it is not JSON as this service reads it, 422 where a field is not what it should be.
  init(_ error: RowError) {
    switch error.reason {
    case .notUTF8, .notJSON, .tooDeep, .tooManyFields, .tooManyElements, .duplicateField, .tooLong:
      self.init(.badRequest, "malformedBody", "The body is not JSON as this service reads it")
    case .outOfRange:
      self.init(.unprocessableContent, "outOfRange", "A number or time is outside its range")
    default:
      self.init(.unprocessableContent, "invalidField", "A field is not what it should be")
    }
    detail = error.reason.description
    if let field = error.field { members.append(("field", .text(field))) }
    members.append(("reason", .text(error.reason.code)))
    // Of a body that is no JSON there is nothing more to say.
    if status == .unprocessableContent { members.append(("whatToDo", .text(error.whatToDo))) }
    if let column = error.column { members.append(("column", .integer(Int64(column)))) }
  }

  /// A key is needed, and none that is good was shown. Says nothing about which part was wrong.
  static var unauthorized: Problem {
    var problem = Problem(
      .unauthorized, "unauthorized", "A key that is good is needed", detail: "show it as Authorization: Bearer hf_…")
    problem.fields[.wwwAuthenticate] = "Bearer"
    return problem
  }

  static func forbidden(_ scope: Scope) -> Problem {
    Problem(
      .forbidden, "missingScope", "The key does not allow this", members: [("scope", .text(scope.description))])
  }

  static let unknownKey = Problem(.notFound, "unknownKey", "No such SKU is known at this location")

  static let noSuchRoute = Problem(.notFound, "noSuchRoute", "There is nothing here")

  static func wrongMethod(allowed: [HTTPRequest.Method]) -> Problem {
    var problem = Problem(.methodNotAllowed, "wrongMethod", "The method does not go with this path")
    problem.fields[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
    return problem
  }

  static func malformedPath(_ detail: String) -> Problem {
    Problem(.badRequest, "malformedPath", "A part of the path is not what it should be", detail: detail)
  }

  /// A query that is not what the route knows: names and values both.
  static func malformedQuery(_ field: String, _ detail: String) -> Problem {
    Problem(
      .badRequest, "malformedQuery", "The query is not what it should be", detail: detail,
      members: [("field", .text(field))])
  }

  static func malformedField(_ field: String, _ detail: String) -> Problem {
    Problem(
      .badRequest, "malformedHeader", "A header is not what it should be", detail: detail,
      members: [("field", .text(field))])
  }

  static let unknownSource = Problem(.notFound, "unknownSource", "No such source has reported here")

  static func unsupportedType(known: [String]) -> Problem {
    var problem = Problem(
      .unsupportedMediaType, "unsupportedType", "The body's type is none that is read here",
      detail: "send \(known.joined(separator: ", ")) in UTF-8, not compressed")
    problem.fields[.accept] = known.joined(separator: ", ")
    return problem
  }

  static func bodyTooLarge(limit: Int) -> Problem {
    Problem(.contentTooLarge, "bodyTooLarge", "The body is too large", members: [("limit", .integer(Int64(limit)))])
  }

  static func tooManyLines(limit: Int) -> Problem {
    Problem(.contentTooLarge, "tooManyLines", "Too many lines at once", members: [("limit", .integer(Int64(limit)))])
  }

  /// The service has as much under way as it takes at once.
  static let overloaded = Problem(.overloaded(retryAfter: 1_000))

  static var bodyTooSlow: Problem {
    var problem = Problem(.requestTimeout, "bodyTooSlow", "The body did not come in time")
    problem.closesConnection = true
    return problem
  }

  /// Something of ours went wrong: its words are in the log, never in the answer.
  static let internalFailure = Problem(.internalServerError, "internalFailure", "The service failed")
}

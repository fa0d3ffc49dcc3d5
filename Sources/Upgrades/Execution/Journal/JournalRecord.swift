import Interchange

/// One line of a journal: what is about to happen, or what has happened.
public struct JournalRecord: Sendable, Equatable {
  /// What a record says.
  public enum Kind: String, Sendable {
    /// An attempt begins: with which command, at which manifest.
    case opened
    /// A step is about to be done.
    case begin
    /// A step is over.
    case end
    /// The walk takes another road, and why.
    case turn
    /// The attempt is over.
    case closed
  }

  /// What it says.
  public var kind: Kind
  /// The step, for `begin` and `end`; the road for `turn`; the final state for `closed`; the manifest's id for `opened`.
  public var subject: String
  /// Wall-clock time.
  public var time: Timestamp
  /// For `end`: whether the step succeeded.
  public var succeeded: Bool?
  /// One sentence for people.
  public var detail: String
  /// Findings that later steps and the report need.
  public var facts: [JSONValue.Member]

  /// A record.
  public init(
    _ kind: Kind, _ subject: String, time: Timestamp, succeeded: Bool? = nil, detail: String = "", facts: [JSONValue.Member] = []
  ) {
    self.kind = kind
    self.subject = subject
    self.time = time
    self.succeeded = succeeded
    self.detail = detail
    self.facts = facts
  }

  /// The line, chained to the one before it, without the newline.
  func line(previous: String) -> [UInt8] {
    var members: [JSONValue.Member] = [
      .init("record", .string(kind.rawValue)), .init("previous", .string(previous)), .init("time", .string(time.rfc3339)),
      .init("subject", .string(subject)),
    ]
    if let succeeded { members.append(.init("succeeded", .bool(succeeded))) }
    if !detail.isEmpty { members.append(.init("detail", .string(detail))) }
    if !facts.isEmpty { members.append(.init("facts", .object(facts))) }
    return JSONValue.object(members).compactBytes
  }

  /// Reads a line and what it says of the line before it.
  static func read(_ line: [UInt8]) throws(DocumentError) -> (record: JournalRecord, previous: String) {
    var reader = try DocumentReader(try JSONValue(parsing: line), path: "record")
    let record = JournalRecord(
      try reader.required("record", "a kind of record") { $0.string.flatMap(Kind.init) }, try reader.string("subject"),
      time: try reader.required("time", "an RFC 3339 time") { $0.string.flatMap { Timestamp(rfc3339: $0) } },
      succeeded: try reader.optional("succeeded", "true or false") { $0.bool }, detail: try reader.optionalString("detail") ?? "",
      facts: try reader.optional("facts", "an object") { $0.object } ?? [])
    return (record, try reader.string("previous"))
  }

  /// A finding by its name.
  public func fact(_ name: String) -> JSONValue? { facts.first { $0.key == name }?.value }
}

import Interchange

/// What a journal says of the last attempt.
public struct History: Sendable {
  /// How often the manifest was begun.
  public private(set) var attempt = 0
  /// The records of the last attempt.
  public private(set) var records: [JournalRecord] = []
  /// The road that was taken last.
  public private(set) var road = Road.forward
  /// Whether an operator asked for the restore after an upgrade that went well.
  public private(set) var isRollback = false
  /// How it ended; nil while it has not.
  public private(set) var closed: Report.State?
  private var outcomes: [String: Bool] = [:]
  private var begun: Set<String> = []

  /// Reads a journal's records.
  public init(_ records: [JournalRecord]) { for record in records { take(record) } }

  mutating func take(_ record: JournalRecord) {
    if record.kind == .opened { self = History([], attempt: attempt + 1) }
    records.append(record)
    switch record.kind {
    case .opened: break
    case .begin:
      begun.insert(record.subject)
      outcomes[record.subject] = nil
    case .end: outcomes[record.subject] = record.succeeded
    case .turn:
      road = Road(rawValue: record.subject) ?? road
      isRollback = isRollback || record.fact("rollback")?.bool == true
      closed = nil
    case .closed: closed = Report.State(rawValue: record.subject)
    }
  }

  /// Whether `apply` would begin it, for the first time or anew.
  public var mayBegin: Bool { attempt == 0 || closed == .notStarted }
  /// When the last attempt was begun.
  public var opened: Timestamp? { records.first { $0.kind == .opened }?.time }
  /// Whether it was begun and has yet to be finished or put back.
  public var isUnfinished: Bool { attempt > 0 && (closed == nil || closed == .restoreIncomplete) }

  private init(_ records: [JournalRecord], attempt: Int) {
    self.records = records
    self.attempt = attempt
  }

  /// Whether a step was begun.
  public func hasBegun(_ step: String) -> Bool { begun.contains(step) }
  /// Whether a step succeeded; nil where it was not begun or its end is not known.
  public func outcome(_ step: String) -> Bool? { outcomes[step] }
  /// The command that the attempt was begun with.
  public var command: [String] { records.first { $0.kind == .opened }?.fact("command")?.array?.compactMap(\.string) ?? [] }
}

/// The exit codes that all tools share; snapexec adds three of its own.
public enum ExitStatus: Int32, Sendable {
  case done = 0
  case failed = 1
  /// Done, but part of the input was unreadable.
  case partlyUnreadable = 3
  /// The upgrade failed and everything was restored (snapexec).
  case restored = 10
  /// The restore is incomplete, a person is needed (snapexec).
  case restoreIncomplete = 11
  /// Not started: the snapshots could not be taken (snapexec).
  case notStarted = 12
  case usage = 64
  case unusableInput = 65
  case missingInput = 66
  /// A needed service or driver is unavailable.
  case unavailable = 69
  case internalError = 70
  case cannotWriteOutput = 73
  case inputOutputError = 74
  /// Stopped, can be resumed.
  case canBeResumed = 75
  /// Not allowed, or a bad signature.
  case notAllowed = 77
  case interrupted = 130
}

/// A failure that ends a tool, with the exit code it ends with.
public struct ToolFailure: Error, Sendable {
  /// What the tool exits with.
  public var status: ExitStatus
  /// What is said on standard error; nil where everything has been said.
  public var message: String?

  /// A failure with its code and message.
  public init(_ status: ExitStatus, _ message: String? = nil) {
    self.status = status
    self.message = message
  }
}

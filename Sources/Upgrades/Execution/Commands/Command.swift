/// A command as it is run: no shell, an absolute path, a clean environment, a limit of time.
public struct Command: Sendable, Equatable {
  /// The absolute path and the arguments.
  public var argv: [String]
  /// After how many seconds it is ended and counts as failed.
  public var timeoutSeconds: UInt64
  /// Further variables of its environment.
  public var variables: [String: String]

  /// A command with its limit.
  public init(argv: [String], timeoutSeconds: UInt64, variables: [String: String] = [:]) {
    self.argv = argv
    self.timeoutSeconds = timeoutSeconds
    self.variables = variables
  }

  /// The only folders in which a name without a slash is looked for, and the `PATH` of every command.
  public static let searchPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

  /// The argv with its first word as an absolute path: a bare name is looked for in `searchPath`, never in the caller's `PATH`.
  ///
  /// Nil where the word is a relative path, or no such file can be executed.
  public static func resolve(_ argv: [String], isExecutable: (String) -> Bool) -> [String]? {
    guard let word = argv.first, !word.isEmpty else { return nil }
    if word.hasPrefix("/") { return isExecutable(word) ? argv : nil }
    guard !word.contains("/"), let folder = searchPath.first(where: { isExecutable("\($0)/\(word)") }) else { return nil }
    return ["\(folder)/\(word)"] + argv.dropFirst()
  }
}

/// How a command ended.
public struct CommandResult: Sendable, Equatable {
  /// What ended it.
  public enum Ending: Sendable, Equatable {
    /// It ended by itself with this code.
    case exited(Int32)
    /// A signal ended it.
    case signalled(Int32)
    /// It took too long and was ended.
    case timedOut
    /// It was ended because the operator asked twice to stop.
    case interrupted
    /// It could not be started.
    case notStarted(String)
    /// It was not run: a dry run took it for one that ends well.
    case recorded
  }

  /// What ended it.
  public var ending: Ending
  /// The end of what it wrote to standard output and standard error.
  public var outputTail: String

  /// A result.
  public init(_ ending: Ending, outputTail: String = "") {
    self.ending = ending
    self.outputTail = outputTail
  }

  /// Whether it ended with 0, or was only recorded.
  public var succeeded: Bool { ending == .exited(0) || ending == .recorded }

  /// How it ended, in words.
  public var text: String {
    switch ending {
    case .exited(let code): "ended with \(code)"
    case .signalled(let signal): "was ended by signal \(signal)"
    case .timedOut: "took too long and was ended"
    case .interrupted: "was ended on request"
    case .notStarted(let why): "could not be started: \(why)"
    case .recorded: "was not run (dry run)"
    }
  }
}

/// Runs commands, or pretends to.
public protocol CommandRunner: Sendable {
  /// Runs a command to its end.
  func run(_ command: Command, interruption: Interruption) async -> CommandResult
  /// Whether a file is there and can be executed.
  func isExecutable(_ path: String) -> Bool
  /// Ends what commands of this runner left running, and every process whose environment holds all of these variables.
  func endLeftovers(with variables: [String: String]) async -> Leftovers
}

/// Processes that a command left behind, as names and ids for people.
public struct Leftovers: Sendable, Equatable {
  /// Those that were ended.
  public var ended: [String]
  /// Those that could not be.
  public var remaining: [String]

  /// Ended and remaining ones.
  public init(ended: [String], remaining: [String]) {
    self.ended = ended
    self.remaining = remaining
  }
}

/// A runner that runs nothing and remembers: every command ends well unless `answer` says otherwise.
public final class RecordingRunner: CommandRunner, @unchecked Sendable {
  /// What was asked, in order. Unsynchronised: a walk asks from one place only, the main actor.
  public private(set) var commands: [Command] = []
  private let answer: @Sendable (Command) -> CommandResult

  /// A recording runner.
  public init(answer: @escaping @Sendable (Command) -> CommandResult = { _ in CommandResult(.recorded) }) { self.answer = answer }

  public func run(_ command: Command, interruption: Interruption) async -> CommandResult {
    commands.append(command)
    return answer(command)
  }

  public func isExecutable(_ path: String) -> Bool { true }

  public func endLeftovers(with variables: [String: String]) async -> Leftovers { Leftovers(ended: [], remaining: []) }
}

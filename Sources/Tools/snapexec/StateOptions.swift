import ArgumentParser
import ContentDigests
import Execution
import Interchange
import ToolSupport

/// Where journals are, and what every subcommand does with a manifest's folder.
struct StateOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The folder of journals and manifests; 0700, an absolute path.", valueName: "dir"))
  var state = StateOptions.defaultState
  private static let defaultState = "/var/lib/holdfast"

  /// Opens the folder, or makes it.
  func open() throws -> StateFolder { try mapped { try StateFolder(path: state) } }

  /// Opens the folder where it is there: a mistyped one is not made.
  func openExisting() throws -> StateFolder {
    try mapped {
      guard let folder = try StateFolder(existing: state) else {
        throw ToolFailure(.missingInput, "«\(state)»: there is no such state folder; nothing was done")
      }
      return folder
    }
  }

  /// The command by which a manifest is taken up again.
  func resumption(_ digits: String) -> String {
    "snapexec resume \(digits)" + (state == Self.defaultState ? "" : " --state \(state)")
  }
}

/// The drivers that this program has.
func realDrivers() -> [any SnapshotDriver] { [BtrfsDriver()] }

/// Errors of the state folder and of the system, as exit codes.
func mapped<Result>(_ body: () throws -> Result) throws -> Result {
  do { return try body() } catch { throw failure(for: error) }
}

/// The same for a body that waits.
@MainActor func mapped<Result>(_ body: () async throws -> Result) async throws -> Result {
  do { return try await body() } catch { throw failure(for: error) }
}

private func failure(for error: any Error) -> any Error {
  switch error {
  case StateError.notAllowed(let text): ToolFailure(.notAllowed, text)
  case StateError.busy(let text): ToolFailure(.canBeResumed, text)
  case StateError.superseded(let text): ToolFailure(.failed, text)
  case StateError.notFound(let text): ToolFailure(.usage, text)
  case let failure as SystemFailure: ToolFailure(failure.isDenied ? .notAllowed : .inputOutputError, failure.description)
  default: error
  }
}

extension ExitStatus {
  /// What snapexec exits with when a manifest has come that far.
  @MainActor init(_ state: Report.State, of walk: Walk) {
    self =
      switch state {
      case .accepted: .done
      case .restored, .rolledBack: .restored
      case .restoreIncomplete: .restoreIncomplete
      case .notStarted: walk.wasUnavailable ? .unavailable : .notStarted
      case .unfinished: .canBeResumed
      }
  }
}

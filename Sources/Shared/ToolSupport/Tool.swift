import ArgumentParser
import ByteStreams
import Glibc
import Interchange

/// The version of all tools.
public let holdfastVersion = "0.1.0"

/// Runs a command's body and turns whatever it throws into a message and the exit code of DESIGN §7: the one place where that is decided.
public func runTool(_ diagnostics: Diagnostics, _ body: () throws -> ExitStatus) throws {
  // A closed pipe shall be an error of the write, not a signal.
  _ = signal(SIGPIPE, SIG_IGN)
  let status: ExitStatus
  do { status = try body() } catch { status = report(error, to: diagnostics) }
  throw ExitCode(status.rawValue)
}

/// The same for a command that waits for other things, on the caller's actor.
public func runTool(
  _ diagnostics: Diagnostics, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> ExitStatus
) async throws {
  _ = signal(SIGPIPE, SIG_IGN)
  let status: ExitStatus
  do { status = try await body() } catch { status = report(error, to: diagnostics) }
  throw ExitCode(status.rawValue)
}

private func report(_ error: any Error, to diagnostics: Diagnostics) -> ExitStatus {
  switch error {
  case let failure as ToolFailure:
    if let message = failure.message { diagnostics.error(message) }
    return failure.status
  case let failure as DocumentError:
    diagnostics.error("\(failure); the document was refused")
    return .unusableInput
  case let failure as OutputError:
    // Whoever read our output has enough: that is no error.
    if case .system(EPIPE) = failure.cause.kind { return .done }
    diagnostics.error("\(failure.cause)")
    return .cannotWriteOutput
  case let failure as StreamError:
    diagnostics.error("\(failure)")
    switch failure.kind {
    case .missing: return .missingInput
    case .damaged, .cutShort: return .unusableInput
    case .system(let code): return code == EACCES || code == EPERM ? .notAllowed : .inputOutputError
    }
  default:
    diagnostics.error("internal error: \(error)")
    return .internalError
  }
}

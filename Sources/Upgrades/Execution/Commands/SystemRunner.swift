import Glibc
import Subprocess
import SystemPackage

/// Runs commands for real: in a session of their own, with a fixed environment, the end of their output kept.
///
/// Unsafe: the package lends its output buffer for a closure, and stat(2) takes a zero-terminated path; bound: the buffer's own length, and
/// Swift's string storage for the call.
public struct SystemRunner: CommandRunner {
  /// How much of a command's output is kept.
  public static let outputByteCountMax = 8 * 1024
  private static let graceSeconds = 5

  /// The runner.
  public init() {}

  private enum First { case finished(CommandResult), timedOut, interrupted }

  public func run(_ command: Command, interruption: Interruption) async -> CommandResult {
    guard let executable = command.argv.first, executable.hasPrefix("/") else {
      return CommandResult(.notStarted("expected an absolute path"))
    }
    return await withTaskGroup(of: First.self) { group in
      group.addTask { .finished(await start(executable, command)) }
      group.addTask {
        do { try await Task.sleep(for: .seconds(Int64(clamping: command.timeoutSeconds))) } catch { return .timedOut }
        return .timedOut
      }
      group.addTask {
        await interruption.wait(until: 2)
        return .interrupted
      }
      let first = await group.next()
      // Cancelling the task that waits for the command ends the command by its teardown sequence.
      group.cancelAll()
      if case .finished(let result) = first { return result }
      var tail = ""
      while let other = await group.next() { if case .finished(let result) = other { tail = result.outputTail } }
      if case .interrupted = first { return CommandResult(.interrupted, outputTail: tail) }
      return CommandResult(.timedOut, outputTail: tail)
    }
  }

  private func start(_ executable: String, _ command: Command) async -> CommandResult {
    var environment: [Environment.Key: String] = ["PATH": Command.searchPath.joined(separator: ":"), "LANG": "C", "HOME": "/"]
    for (key, value) in command.variables { environment[Environment.Key(stringLiteral: key)] = value }
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(Self.graceSeconds))]
    let configuration = Configuration(
      executable: .path(FilePath(executable)), arguments: Arguments(Array(command.argv.dropFirst())), environment: .custom(environment),
      workingDirectory: "/", platformOptions: options)
    do {
      let result = try await Subprocess.run(configuration, input: .none, output: .sequence, error: .combinedWithOutput) { execution in
        var tail: [UInt8] = []
        for try await buffer in execution.standardOutput {
          unsafe buffer.withUnsafeBytes { unsafe tail.append(contentsOf: $0) }
          if tail.count > 2 * Self.outputByteCountMax { tail.removeFirst(tail.count - Self.outputByteCountMax) }
        }
        return Array(tail.suffix(Self.outputByteCountMax))
      }
      let tail = String(decoding: result.closureResult, as: UTF8.self)
      switch result.terminationStatus {
      case .exited(let code): return CommandResult(.exited(code), outputTail: tail)
      case .signaled(let signal): return CommandResult(.signalled(signal), outputTail: tail)
      }
    } catch { return CommandResult(.notStarted("\(error)")) }
  }

  public func isExecutable(_ path: String) -> Bool {
    var status = stat()
    return unsafe path.hasPrefix("/") && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  public func endProcesses(with variables: [String: String]) async -> [String] {
    var ended: [String] = []
    for (signal, seconds) in [(SIGTERM, Self.graceSeconds), (SIGKILL, Self.graceSeconds)] {
      var waited = 0
      while waited <= seconds * 10 {
        let found = ProcessTable.processes(with: variables)
        if found.isEmpty { return ended }
        for process in found {
          if waited == 0 { kill(process.id, signal) }
          if !ended.contains(process.text) { ended.append(process.text) }
        }
        try? await Task.sleep(for: .milliseconds(100))
        waited += 1
      }
    }
    return ended
  }
}

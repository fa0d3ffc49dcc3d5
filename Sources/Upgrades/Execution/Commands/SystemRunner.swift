import CLinux
import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// Runs commands for real: in a session of their own, with a fixed environment, the end of their output kept.
///
/// What a command leaves running becomes a child of this process once its own parent has ended, so that it can be found.
///
/// Unsafe: the package lends its output buffer for a closure, and stat(2) takes a zero-terminated path; bound: the buffer's own length, and
/// Swift's string storage for the call.
public struct SystemRunner: CommandRunner {
  /// How much of a command's output is kept.
  public static let outputByteCountMax = 8 * 1024
  private static let graceSeconds = 5

  /// Descendants that were there before any command was run, such as what a shell began before it became this process: not ours to end.
  private let strangers: Set<pid_t>

  /// The runner; from now on this process is the parent of orphaned descendants.
  public init() {
    strangers = Set(ProcessTable.descendants(of: getpid()).map(\.id))
    _ = linux_adopt_orphans()
  }

  private enum First { case finished(CommandResult), timedOut, interrupted }

  public func run(_ command: Command, interruption: Interruption) async -> CommandResult {
    guard let executable = command.argv.first, executable.hasPrefix("/") else {
      return CommandResult(.notStarted("expected an absolute path"))
    }
    let running = RunningCommand()
    return await withTaskGroup(of: First.self) { group in
      group.addTask { .finished(await start(executable, command, running)) }
      group.addTask {
        // Whoever waits for an adopted process to be gone (a stop command, say) would wait in vain while nobody takes its end.
        while !Task.isCancelled {
          let id = running.id.load(ordering: .acquiring)
          if id != 0 { linux_reap_others(id) }
          try? await Task.sleep(for: .milliseconds(100))
        }
        return .timedOut
      }
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

  private func start(_ executable: String, _ command: Command, _ running: RunningCommand) async -> CommandResult {
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
        running.id.store(execution.processIdentifier.value, ordering: .releasing)
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

  public func endLeftovers(with variables: [String: String]) async -> Leftovers {
    var ended: [String] = []
    var asked: Set<pid_t> = []
    for signal in [SIGTERM, SIGKILL] {
      for _ in 0...Self.graceSeconds * 10 {
        linux_reap_others(0)
        let found = leftovers(variables)
        // A process that forks and ends between two looks at the table could hide its child from one of them.
        if found.isEmpty, leftovers(variables).isEmpty { return Leftovers(ended: ended, remaining: []) }
        for process in found {
          if signal == SIGKILL || asked.insert(process.id).inserted { kill(process.id, signal) }
          if !ended.contains(process.text) { ended.append(process.text) }
        }
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    let remaining = leftovers(variables).map(\.text)
    return Leftovers(ended: ended.filter { !remaining.contains($0) }, remaining: remaining)
  }

  private func leftovers(_ variables: [String: String]) -> [ProcessTable.Entry] {
    let below = ProcessTable.descendants(of: getpid(), excluding: strangers)
    let known = Set(below.map(\.id))
    return below + ProcessTable.processes(with: variables).filter { !known.contains($0.id) }
  }
}

/// Whether a command runs, for whoever must not take its end from the one who waits for it.
private final class RunningCommand: Sendable {
  let id = Atomic<pid_t>(0)
}

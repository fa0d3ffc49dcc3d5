import ArgumentParser
import ByteStreams
import ContentDigests
import Execution
import Interchange
import ToolSupport

struct Apply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Save, upgrade, check; restore on failure.",
    discussion: "COMMAND runs without a shell. Unless the manifest allows any command it must be the one that the manifest names.")

  @Flag(name: .long, help: "Change nothing: walk the same steps with a driver that records, and report them.")
  var dryRun = false

  @Argument(help: ArgumentHelp("The manifest; - is standard input.", valueName: "manifest"))
  var path: String

  @Argument(parsing: .postTerminator, help: ArgumentHelp("The upgrade and its arguments, after --.", valueName: "command"))
  var command: [String] = []

  @OptionGroup var stateOptions: StateOptions
  @OptionGroup var common: CommonOptions

  @MainActor func run() async throws {
    let diagnostics = common.diagnostics(tool: "snapexec")
    try await runTool(diagnostics) {
      let manifest = try read()
      if dryRun { diagnostics.note("dry run: the steps are recorded; nothing is looked at, run or changed") }
      let runner: any CommandRunner = dryRun ? RecordingRunner() : SystemRunner()
      if let expires = manifest.manifest.expires, expires < Walk.wallClock() {
        diagnostics.warning("the plan was good until \(expires); going on, but dependencies may have changed since: plan again")
      }
      let command = try allowedCommand(manifest, runner)
      let output = try common.openOutput()
      let folder = dryRun ? nil : try mapped { try stateOptions.open().enter(manifest) }
      let journal: any Journal = try folder.map { folder in try mapped { try folder.journal() } } ?? MemoryJournal()
      let drivers: [any SnapshotDriver] =
        dryRun ? realDrivers().map { RecordingDriver(name: $0.name, freezes: $0.freezes) } : realDrivers()
      let walk = Walk(
        manifest: manifest, drivers: drivers, runner: runner, journal: journal, interruption: .ofSignals(), say: { diagnostics.note($0) },
        holding: folder, dryRun: dryRun)
      return try await finish(walk, dryRun: dryRun, stateOptions, output: output, diagnostics: diagnostics) {
        try await walk.apply(command: command)
      }
    }
  }

  private func read() throws -> SealedManifest {
    let bytes = try readDocument(path: path)
    do { return try SealedManifest(sealed: bytes) } catch { throw error.naming(path) }
  }

  /// The command with an absolute path, if the manifest allows it.
  private func allowedCommand(_ manifest: SealedManifest, _ runner: any CommandRunner) throws -> [String] {
    let upgrade = manifest.manifest.upgrade
    guard !command.isEmpty else { throw ToolFailure(.usage, "no command: expected -- and the upgrade after the manifest") }
    guard upgrade.command == .any || command == upgrade.argv else {
      throw ToolFailure(
        .notAllowed,
        "the manifest names the command «\(upgrade.argv.joined(separator: " "))», found «\(command.joined(separator: " "))»; nothing was done"
      )
    }
    guard let resolved = Command.resolve(command, isExecutable: runner.isExecutable) else {
      throw ToolFailure(
        .usage,
        "«\(command.first ?? "")»: expected an absolute path of a program, or the name of one in \(Command.searchPath.joined(separator: ":")); nothing was done"
      )
    }
    return resolved
  }
}

@MainActor private func sayHowToGoOn(_ state: Report.State, _ walk: Walk, _ stateOptions: StateOptions, _ diagnostics: Diagnostics) {
  switch state {
  case .unfinished: diagnostics.note("stopped; go on with: \(stateOptions.resumption(walk.digits))")
  case .restored, .rolledBack:
    diagnostics.note(
      "to try again, plan again with a newer topology; or delete what «snapexec status» lists and remove \(stateOptions.state)/\(walk.digits)"
    )
  case .accepted, .restoreIncomplete, .notStarted: break
  }
}

/// Walks, writes the report and says how it ended.
@MainActor func finish(
  _ walk: Walk, dryRun: Bool = false, _ stateOptions: StateOptions, output: any ByteSink, diagnostics: Diagnostics,
  _ body: () async throws -> Report.State
) async throws -> ExitStatus {
  let before = walk.recordCount
  let state = try await mapped(body)
  if walk.recordCount == before, state != .unfinished { diagnostics.note("nothing to do: the manifest is \(state.rawValue) already") }
  if !dryRun { sayHowToGoOn(state, walk, stateOptions, diagnostics) }
  do {
    try output.write(walk.report(dryRun: dryRun).json.prettyBytes)
    try output.finish()
  } catch { throw OutputError(error) }
  return ExitStatus(state, of: walk)
}

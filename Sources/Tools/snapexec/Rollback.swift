import ArgumentParser
import ContentDigests
import Execution
import Interchange
import ToolSupport

struct Rollback: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put everything back after an upgrade that was accepted.",
    discussion: "What was written since the snapshots were taken is lost to the volumes; it is kept aside as failed-…, as after a failure.")

  @Argument(help: ArgumentHelp("The beginning of a manifest's id.", valueName: "id"))
  var id: String

  @OptionGroup var stateOptions: StateOptions
  @OptionGroup var common: CommonOptions

  @MainActor func run() async throws {
    let diagnostics = common.diagnostics(tool: "snapexec")
    try await runTool(diagnostics) {
      let state = try stateOptions.openExisting()
      let digits = try mapped { try state.manifest(named: id) }
      let output = try common.openOutput()
      let walk = try openWalk(state, digits, diagnostics)
      // Once this one is locked, no other one can begin.
      try mapped { try state.requireNewest(try state.look(digits).manifest) }
      let status = try await finish(walk, stateOptions, output: output, diagnostics: diagnostics) { try await walk.rollBack() }
      // Here the restore is what was asked for.
      return status == .restored ? .done : status
    }
  }
}

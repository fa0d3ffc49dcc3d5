import ArgumentParser
import ContentDigests
import Execution
import Interchange
import ToolSupport

struct Resume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Finish or undo what was cut off.",
    discussion: """
      Before the upgrade began, what was done is undone. An upgrade that was cut off counts as failed and everything is put back: it is never \
      run again. After an upgrade that ended well the check goes on.
      """)

  @Argument(
    help: ArgumentHelp(
      "The beginning of a manifest's id; without it, the only one that is unfinished or whose restore is incomplete.", valueName: "id"))
  var id: String?

  @OptionGroup var stateOptions: StateOptions
  @OptionGroup var common: CommonOptions

  @MainActor func run() async throws {
    let diagnostics = common.diagnostics(tool: "snapexec")
    try await runTool(diagnostics) {
      let state = try stateOptions.openExisting()
      guard let digits = try mapped({ try id.map(state.manifest(named:)) ?? onlyUnfinished(state) }) else {
        diagnostics.note("nothing is unfinished")
        return .done
      }
      let output = try common.openOutput()
      let walk = try openWalk(state, digits, diagnostics)
      return try await finish(walk, stateOptions, output: output, diagnostics: diagnostics) { try await walk.resume() }
    }
  }

  private func onlyUnfinished(_ state: StateFolder) throws -> String? {
    let unfinished = try state.manifests().filter { digits in
      History(try state.look(digits).records).isUnfinished
    }
    guard unfinished.count <= 1 else {
      throw StateError.notFound(
        "\(unfinished.count) manifests are unfinished, expected the id of one: \(unfinished.joined(separator: " "))")
    }
    return unfinished.first
  }
}

/// A walk over a manifest that was begun before.
@MainActor func openWalk(_ state: StateFolder, _ digits: String, _ diagnostics: Diagnostics) throws -> Walk {
  try mapped {
    let folder = try state.open(digits)
    return Walk(
      manifest: try folder.manifest(), drivers: realDrivers(), runner: SystemRunner(), journal: try folder.journal(),
      interruption: .ofSignals(),
      say: { diagnostics.note($0) }, holding: folder)
  }
}

import ArgumentParser
import ContentDigests
import Execution
import Interchange
import ToolSupport

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List manifests, how far each came, and what is kept of it.")

  @OptionGroup var stateOptions: StateOptions
  @OptionGroup var common: CommonOptions

  @MainActor func run() async throws {
    let diagnostics = common.diagnostics(tool: "snapexec")
    try runTool(diagnostics) {
      let state = try stateOptions.openExisting()
      var text = ""
      for digits in try mapped({ try state.manifests() }) {
        let (manifest, records) = try mapped { try state.look(digits) }
        let walk = Walk(manifest: manifest, drivers: realDrivers(), runner: RecordingRunner(), journal: MemoryJournal(records))
        text += describe(manifest, walk.report(dryRun: false), stateOptions.resumption)
      }
      try common.write(Array((text.isEmpty ? "no manifests\n" : text).utf8))
      return .done
    }
  }

  private func describe(_ manifest: SealedManifest, _ report: Report, _ resumption: (String) -> String) -> String {
    let targets = manifest.manifest.change.targets.joined(separator: " ")
    var lines = ["\(manifest.digits)  \(report.state.rawValue)  \(targets)"]
    if !report.detail.isEmpty { lines.append("  \(report.detail)") }
    // What is kept may still be needed to put everything back.
    let isNeeded = report.state == .unfinished || report.state == .restoreIncomplete
    if isNeeded { lines.append("  go on with: \(resumption(manifest.digits))") }
    for snapshot in report.snapshots {
      lines.append("  snapshot of \(snapshot.node) \(snapshot.volume) at \(snapshot.taken): \(snapshot.path)")
      if !isNeeded { lines.append("    delete it with: \(snapshot.deletion)") }
    }
    for kept in report.kept {
      lines.append("  failed state of \(kept.node): \(kept.path)")
      if !isNeeded { lines.append("    delete it with: \(kept.deletion)") }
    }
    return lines.map { printable($0) + "\n" }.joined()
  }
}

import ArgumentParser
import Metering
import ToolSupport

/// `flowagg flows`: single flows instead of the edges of windows.
struct Flows: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flowagg flows",
    abstract: "Write finished flows instead of edges: who talked to whom, from when to when, how much, and how it ended.",
    discussion: """
      Writes holdfast.flows/1 (NDJSON): one line for each flow, from its first packet to its last, by the same rules as the edges. A file \
      named like a command is given with its folder: ./flows.

      Examples:
        flowagg flows capture.pcap | jq -r 'select(.record == "flow") | [.client, .server, .port, .ended_by] | @tsv'
      """,
    version: holdfastVersion)

  /// The options of the edges mean the same for flows.
  @OptionGroup var options: Aggregate

  func validate() throws {
    try options.validate()
    if options.partial { throw ValidationError("--partial is for edges: flows are not merged.") }
  }

  func run() throws {
    let diagnostics = options.common.diagnostics(tool: "flowagg")
    try runTool(diagnostics) {
      if let library = FlowNeeds.missingLibrary {
        throw ToolFailure(.unavailable, "flows carry community ids, which need \(library) (Debian: libmd0); this machine does not have it")
      }
      return try options.aggregate(diagnostics, writesFlows: true)
    }
  }
}

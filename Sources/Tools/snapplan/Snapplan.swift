import ArgumentParser
import ToolSupport

/// Finds what an upgrade touches and writes down how to save it and put it back.
@main struct Snapplan: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapplan", abstract: "Plan what to save before an upgrade, and in which order.",
    discussion: """
      Example: depgraph edges.ndjson | snapplan --target db1 --inventory inventory.yaml > manifest.json

      Exit codes: 0 done; 64 usage, such as a target that nobody knows; 65 unusable input; 66 missing input.
      """, version: holdfastVersion, subcommands: [Plan.self, Explain.self], defaultSubcommand: Plan.self)
}

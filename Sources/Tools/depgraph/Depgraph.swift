import ArgumentParser
import ToolSupport

/// Edge streams in, a topology out.
@main struct Depgraph: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "depgraph", abstract: "Scores who depends on whom, from the edge streams of flowagg.", version: holdfastVersion,
    subcommands: [BuildGraph.self, Explain.self], defaultSubcommand: BuildGraph.self)
}

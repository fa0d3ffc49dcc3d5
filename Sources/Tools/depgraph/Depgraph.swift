import ArgumentParser

/// Chooses between the graph and its explanation by the first word: the list of streams would else take `explain` for one of them.
@main enum Depgraph {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "explain": Explain.main(Array(arguments.dropFirst()))
    case "help": arguments.dropFirst().first == "explain" ? Explain.main(["--help"]) : BuildGraph.main(["--help"])
    default: BuildGraph.main(arguments)
    }
  }
}

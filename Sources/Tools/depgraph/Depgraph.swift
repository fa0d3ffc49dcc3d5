import ArgumentParser

/// Chooses between the graph and its explanation by the first word: the list of streams would else take `explain` for one of them.
@main enum Depgraph {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == "explain" { Explain.main(Array(arguments.dropFirst())) } else { BuildGraph.main(arguments) }
  }
}

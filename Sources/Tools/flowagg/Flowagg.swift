import ArgumentParser

/// Chooses by the first word: the list of captures would else take `merge` for one of them.
@main enum Flowagg {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "merge": MergeStreams.main(Array(arguments.dropFirst()))
    case "help": arguments.dropFirst().first == "merge" ? MergeStreams.main(["--help"]) : Aggregate.main(["--help"])
    default: Aggregate.main(arguments)
    }
  }
}

import ArgumentParser

/// Chooses by the first word: the list of captures would else take `merge` for one of them.
@main enum Flowagg {
  private static let commands: [String: any ParsableCommand.Type] = ["merge": MergeStreams.self, "flows": Flows.self]

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let rest = Array(arguments.dropFirst())
    switch arguments.first {
    case "help": (rest.first.flatMap { commands[$0] } ?? Aggregate.self).main(["--help"])
    case let word?: commands[word]?.main(rest) ?? Aggregate.main(arguments)
    case nil: Aggregate.main(arguments)
    }
  }
}

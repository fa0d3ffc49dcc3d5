import ArgumentParser
import ContentDigests
import Interchange
import Rendering
import ToolSupport

/// `depgraph explain A B`: why A depends on B, or that it does not.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "depgraph explain", abstract: "Says why A depends on B: the criteria, their figures and the windows behind each.",
    discussion: "A and B are ids, labels or addresses of nodes or services. Exits with 1 where no dependency leads from A to B.",
    version: holdfastVersion)

  @OptionGroup var common: CommonOptions
  @OptionGroup var inputs: GraphInputs

  @Option(name: .long, help: ArgumentHelp("Read a topology document (- is standard input) instead of edge streams.", valueName: "file"))
  var topology: String?

  @Argument(help: ArgumentHelp("The one that depends.", valueName: "a"))
  var dependent: String

  @Argument(help: ArgumentHelp("What it depends on.", valueName: "b"))
  var dependency: String

  @Argument(help: "Edge streams; none or - is standard input.")
  var streams: [String] = []

  func validate() throws {
    if topology != nil, !streams.isEmpty { throw ValidationError("Give either --topology or edge streams.") }
    if topology != nil, inputs.isGiven {
      throw ValidationError("A topology is judged already: the options of edge streams do not go with it.")
    }
  }

  func run() throws {
    let diagnostics = common.diagnostics(tool: "depgraph")
    try runTool(diagnostics) {
      let graph: Topology
      var isIncomplete = false
      if let topology {
        let bytes = try readDocument(path: topology)
        do throws(DocumentError) { graph = try Topology(sealed: bytes) } catch { throw error.naming(topology) }
      } else {
        (graph, isIncomplete) = try inputs.topology(streams: streams, diagnostics: diagnostics)
      }
      let explanation: Explanation
      do throws(DocumentError) { explanation = try Explanation(from: dependent, to: dependency, in: graph) } catch {
        throw ToolFailure(.failed, "\(error.naming(topology ?? "the graph"))")
      }
      try common.write(Array(printable(explanation.text, keepingLines: true).utf8))
      guard explanation.isFound else { return .failed }
      return isIncomplete ? .partlyUnreadable : .done
    }
  }
}

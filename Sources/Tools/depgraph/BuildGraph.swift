import ArgumentParser
import ContentDigests
import Interchange
import Rendering
import ToolSupport

/// `depgraph [STREAM…]`: the graph itself.
struct BuildGraph: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case json, dot, svg }

  static let configuration = CommandConfiguration(
    commandName: "graph", abstract: "Writes the topology of edge streams (the default).",
    discussion: "Nothing is written unless every stream was read to a correct end.", shouldDisplay: false)

  @OptionGroup var common: CommonOptions
  @OptionGroup var inputs: GraphInputs

  @Option(name: .long, help: "Write json (holdfast.topology/1), dot or svg.")
  var format: Format = .json

  @Flag(name: .long, help: "Draw weak dependencies too (dot and svg; json always holds them).")
  var weak = false

  @Argument(help: "Edge streams; none or - is standard input.")
  var streams: [String] = []

  func run() throws {
    let diagnostics = common.diagnostics(tool: "depgraph")
    try runTool(diagnostics) {
      let (topology, isIncomplete) = try inputs.topology(streams: streams, diagnostics: diagnostics)
      let bytes: [UInt8]
      switch format {
      case .json: bytes = topology.sealedJSON.prettyBytes
      case .dot: bytes = DOTDocument(showsWeak: weak).bytes(of: topology)
      case .svg:
        do { bytes = try SVGDrawing.bytes(dot: DOTDocument(showsWeak: weak).bytes(of: topology)) } catch {
          throw ToolFailure(.unavailable, "\(error); nothing was written")
        }
      }
      try common.write(bytes)
      return isIncomplete ? .partlyUnreadable : .done
    }
  }
}

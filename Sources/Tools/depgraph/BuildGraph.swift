import ArgumentParser
import ContentDigests
import Interchange
import Rendering
import ToolSupport

/// `depgraph [STREAM…]`: edge streams in, a topology out.
struct BuildGraph: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case json, dot, svg }

  static let configuration = CommandConfiguration(
    commandName: "depgraph", abstract: "Scores who depends on whom, from the edge streams of flowagg.",
    discussion: """
      Nothing is written unless every stream was read to a correct end.
      `depgraph explain A B` says why A depends on B; see `depgraph explain --help`.
      """, version: holdfastVersion)

  @OptionGroup var common: CommonOptions
  @OptionGroup var inputs: GraphInputs

  @Option(name: .long, help: "Write json (holdfast.topology/1), dot or svg.")
  var format: Format = .json

  @Flag(name: .long, help: "Draw weak dependencies too (dot and svg; json always holds them).")
  var weak = false

  @Argument(help: ArgumentHelp("Edge streams; none or - is standard input.", valueName: "stream"))
  var streams: [String] = []

  func run() throws {
    let diagnostics = common.diagnostics(tool: "depgraph")
    try runTool(diagnostics) {
      let (topology, isIncomplete) = try inputs.topology(streams: streams, diagnostics: diagnostics)
      try common.write(try bytes(of: topology))
      return isIncomplete ? .partlyUnreadable : .done
    }
  }

  private func bytes(of topology: Topology) throws -> [UInt8] {
    switch format {
    case .json: return topology.sealedJSON.prettyBytes
    case .dot: return DOTDocument(showsWeak: weak).bytes(of: topology)
    case .svg:
      do throws(DrawingError) { return try SVGDrawing.bytes(dot: DOTDocument(showsWeak: weak).bytes(of: topology)) } catch {
        throw ToolFailure(.unavailable, "\(error); nothing was written")
      }
    }
  }
}

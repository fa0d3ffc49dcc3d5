import ArgumentParser
import ByteStreams
import Interchange
import Metering
import ToolSupport

/// `flowagg merge STREAM…`: partial streams in, the stream of edges of all their captures out.
struct MergeStreams: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flowagg merge",
    abstract: "Merge the partial streams of several captures into the stream of edges that one run over all of them writes.",
    discussion: """
      The streams come from flowagg --partial with the same options, or from flowagg merge --partial; their order and grouping do not \
      matter. The result is that of one run, byte for byte, where nothing came late and nothing was given up for want of memory.

      Exit codes: 0 done, 65 a stream is not partial, not whole, or of other options, 66 no such stream.

      Examples:
        flowagg --partial monday.pcap -o monday.part.zst
        flowagg --partial tuesday.pcap -o tuesday.part.zst
        flowagg merge monday.part.zst tuesday.part.zst | depgraph
      """,
    version: holdfastVersion)

  @Argument(help: ArgumentHelp("Partial streams; none or - is standard input.", valueName: "stream"))
  var streams: [String] = ["-"]

  @Flag(name: .long, help: "Write the partial stream of all captures, to be merged with others.")
  var partial = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "How much memory flows may use: 256M, 2G; one window of all streams comes on top. What has to be given up is counted as evicted.",
      valueName: "size"))
  var memory = ByteSizeOption(byteCount: 4 << 30)

  @OptionGroup var common: CommonOptions

  func validate() throws {
    try memory.require(in: (64 << 20)...(1 << 50), option: "--memory")
    guard streams.filter({ $0 == "-" }).count <= 1 else { throw ValidationError("Standard input (-) can be read only once.") }
  }

  func run() throws {
    let diagnostics = common.diagnostics(tool: "flowagg")
    try runTool(diagnostics) {
      try common.refuseOverwriting(streams)
      let sink = try common.openOutput()
      do {
        let sources =
          try partial
          ? StreamMerge.union(paths: streams, to: sink) : StreamMerge.run(paths: streams, memoryByteCount: memory.byteCount, to: sink)
        do throws(StreamError) { try sink.finish() } catch { throw OutputError(error) }
        for (place, source) in sources.enumerated() where source.packets > 0 && sources[..<place].contains(source) {
          diagnostics.warning(
            "\(source.name): two captures of this name say the same in all they counted; if they are one, it counts twice")
        }
        for source in sources where source.inexactRuns > 0 {
          diagnostics.warning(
            "\(source.name): \(source.inexactRuns) SYNs began flows within runs of packets of other captures; what belongs to the flow before "
              + "and what to theirs is not known, and their durations and answers are not exact")
        }
        return .done
      } catch MeterFailure.output(let cause) {
        throw OutputError(cause)
      }
    }
  }
}

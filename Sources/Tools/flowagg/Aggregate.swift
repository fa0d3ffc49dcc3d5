import ArgumentParser
import ByteStreams
import Capture
import Interchange
import Metering
import ToolSupport

/// `flowagg [INPUT…]`: captures in, a stream of edges out.
struct Aggregate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flowagg",
    abstract: "Aggregate packet captures into an edge stream: per time window, who used which service and how.",
    discussion: """
      Reads pcap, pcapng and snoop, plain or in gzip, Zstandard, lz4 or xz, told from their content, from files, folders (every file beneath them) and standard \
      input, several at once in time order. Writes holdfast.edges/1 (NDJSON) to standard output.

      Exit codes: 0 done, 3 done but part of the input was unreadable, 65 nothing in the input could be used, 66 no such input.

      Examples:
        flowagg capture/*.pcap.zst -o yesterday.edges.zst
        tcpdump -i any -w - | flowagg --window 60s | depgraph
        flowagg --partial monday.pcap -o monday.part.zst      (see flowagg merge --help)

      flowagg flows writes single flows, flowagg merge the edges of partial streams (see their --help). A capture that is called flows or \
      merge is given as ./flows or ./merge.
      """,
    version: holdfastVersion)

  @Argument(help: ArgumentHelp("Captures: files, folders, or - for standard input.", valueName: "input"))
  var inputs: [String] = ["-"]

  @OptionGroup(title: "Windows") var windows: WindowOptions
  @OptionGroup(title: "What is looked at") var selected: SelectionOptions
  @OptionGroup(title: "Means") var resources: ResourceOptions

  @Flag(name: .long, help: "Say at the end what was read, what was not used and why; counts conversations, which takes memory.")
  var stats = false

  @Flag(name: .long, help: "Write a partial stream: flowagg merge makes the edges of all pieces from the partial streams of each.")
  var partial = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard inputs.filter({ $0 == "-" }).count <= 1 else { throw ValidationError("Standard input (-) can be read only once.") }
    guard !partial || selected.canBeMerged else {
      throw ValidationError("--partial goes with none of --dedup, --hosts and --tunnels both: these need all captures in one run.")
    }
  }

  func run() throws {
    let diagnostics = common.diagnostics(tool: "flowagg")
    try runTool(diagnostics) { try aggregate(diagnostics) }
  }

  /// Reads the captures and writes their edges, or their flows.
  func aggregate(_ diagnostics: Diagnostics, writesFlows: Bool = false) throws -> ExitStatus {
    var paths: [String] = []
    var inFolders: Set<String> = []
    for input in inputs {
      let (files, isFolder) = try CaptureFiles.expand(input)
      if isFolder, files.isEmpty { diagnostics.warning("\(input): the folder holds no files") }
      if isFolder { inFolders.formUnion(files) }
      paths += files
    }
    for path in Set(paths.filter { path in paths.count { $0 == path } > 1 }).sorted() {
      diagnostics.warning("\(path) is given more than once, and counts as often")
    }
    if paths.isEmpty { throw ToolFailure(.missingInput, "no captures: \(inputs.joined(separator: ", ")) hold no files") }
    let hosts = try selected.hostSelection()
    var header = windows.header
    header.selection = selected.headerSelection(hosts: hosts)
    var options = MeterOptions()
    options.hosts = hosts
    options.tunnels = selected.tunnels
    options.networks = selected.networks
    options.countsConversations = stats
    options.isPartial = partial
    options.writesFlows = writesFlows
    resources.apply(to: &options)
    let selection = try selected.packetSelection(memoryByteCount: options.memoryByteCount)
    let start = ContinuousClock.now
    let progress = ProgressLine(mode: common.progress, label: "flowagg", byteCount: InputSize.sum(of: paths))
    try common.refuseOverwriting(paths)
    let sink = try common.openOutput()
    do {
      let meter = try Meter.open(
        try selected.inputs(paths, named: inputs), passingOver: inFolders, header: header, options: options, selection: selection, to: sink)
      let result = try meter.run { progress.show(bytes: $0) }
      progress.clear()
      do { try sink.finish() } catch { throw OutputError(error) }
      for record in result.passedOver { diagnostics.note("\(place(record)); passed over") }
      for message in result.filterRefusals { diagnostics.warning(message) }
      warnOfEvictions(result.sources, diagnostics)
      if stats {
        let took = (ContinuousClock.now - start) / .seconds(1)
        let screen = StatsScreen(result: result, seconds: took, byteCount: InputSize.sum(of: paths), writesFlows: writesFlows)
        for line in screen.lines { diagnostics.say(line) }
      }
      return report(result.sources, diagnostics)
    } catch let failure as MeterFailure {
      progress.clear()
      switch failure {
      case .input(let cause): throw cause
      case .output(let cause): throw OutputError(cause)
      case .nothingUsable(let records):
        _ = report(records, diagnostics)
        throw ToolFailure(.unusableInput, "nothing of the input could be used; the stream was not ended")
      }
    }
  }

  /// Says what was given up for want of memory: who reads the stream sees it in its sources alone.
  private func warnOfEvictions(_ sources: [SourceRecord], _ diagnostics: Diagnostics) {
    for source in sources {
      let packets = source.notInEdges.first { $0.reason == "evicted" }?.packets ?? 0
      guard packets > 0 || source.evictedFlows > 0 else { continue }
      diagnostics.warning(
        "\(source.name): \(grouped(packets)) of \(grouped(source.packets)) packets were given up, and \(grouped(source.evictedFlows)) flows "
          + "forgotten early, to stay within --memory \(resources.memory)")
    }
  }

  /// Says what of the sources could not be used, and gives the exit code that this means.
  private func report(_ records: [SourceRecord], _ diagnostics: Diagnostics) -> ExitStatus {
    let damaged = records.filter { $0.damage != nil }
    for record in damaged {
      let used = record.skippedBlocks == 0 ? "the \(record.packets) packets before it" : "the \(record.packets) packets that are whole"
      diagnostics.warning("\(place(record)); \(record.packets == 0 ? "nothing of it was used" : "\(used) were counted")")
    }
    return damaged.isEmpty ? .done : .partlyUnreadable
  }

  /// Which file, where in it, and what was found there.
  private func place(_ record: SourceRecord) -> String {
    guard let damage = record.damage else { return record.name }
    return "\(record.name): byte \(damage.offset)\(damage.inCompressed ? " of the compressed file" : ""): \(damage.reason)"
  }
}

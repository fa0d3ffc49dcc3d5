import ArgumentParser
import ByteStreams
import Capture
import Interchange
import Metering
import ToolSupport

@main
struct Flowagg: ParsableCommand {
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
      """,
    version: holdfastVersion)

  @Argument(help: ArgumentHelp("Captures: files, folders, or - for standard input.", valueName: "input"))
  var inputs: [String] = ["-"]

  @OptionGroup(title: "Windows") var windows: WindowOptions
  @OptionGroup(title: "What is looked at") var selected: SelectionOptions
  @OptionGroup(title: "Means") var resources: ResourceOptions

  @Flag(name: .long, help: "Say at the end what was read, what was not used and why; counts conversations, which takes memory.")
  var stats = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard inputs.filter({ $0 == "-" }).count <= 1 else { throw ValidationError("Standard input (-) can be read only once.") }
  }

  func run() throws {
    let diagnostics = common.diagnostics(tool: "flowagg")
    try runTool(diagnostics) { try aggregate(diagnostics) }
  }

  private func aggregate(_ diagnostics: Diagnostics) throws -> ExitStatus {
    var paths: [String] = []
    var inFolders: Set<String> = []
    for input in inputs {
      let (files, isFolder) = try CaptureFiles.expand(input)
      if isFolder, files.isEmpty { diagnostics.warning("\(input): the folder holds no files") }
      if isFolder { inFolders.formUnion(files) }
      paths += files
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
      if stats {
        let took = (ContinuousClock.now - start) / .seconds(1)
        for line in StatsScreen(result: result, seconds: took, byteCount: InputSize.sum(of: paths)).lines { diagnostics.say(line) }
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

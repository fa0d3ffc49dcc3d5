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
      Reads pcap and pcapng, plain, gzip or Zstandard, told from their content, from files, folders (every file beneath them) and standard \
      input, several at once in time order. Writes holdfast.edges/1 (NDJSON) to standard output.

      Exit codes: 0 done, 3 done but part of the input was unreadable, 65 nothing in the input could be used, 66 no such input.

      Examples:
        flowagg capture/*.pcap.zst -o yesterday.edges.zst
        tcpdump -i any -w - | flowagg --window 60s | depgraph
      """,
    version: holdfastVersion, subcommands: [Edges.self, Flows.self], defaultSubcommand: Edges.self)
}

/// What `flowagg` does unless told otherwise.
struct Edges: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edges", abstract: "Write an edge stream: per time window, who used which service and how (the default).")

  @Argument(help: ArgumentHelp("Captures: files, folders, or - for standard input.", valueName: "input"))
  var inputs: [String] = ["-"]

  @Option(name: .long, help: "Length of a window: 60s, 5m, 1h; whole seconds, at most 366d. Windows are aligned to the epoch.")
  var window = DurationOption(seconds: 300)

  @Option(name: .long, help: "How long a window stays open for packets that come late.")
  var lateness = DurationOption(seconds: 5)

  @Option(name: .long, help: "After how much silence a TCP flow ends.")
  var idleTCP = DurationOption(seconds: 300)

  @Option(name: .long, help: "After how much silence any other flow ends.")
  var idleOther = DurationOption(seconds: 60)

  @Option(
    name: .long,
    help: "How many threads may work. What is written does not depend on it. (default: as many as there are processors, at most 3)")
  var threads: Int?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard window.nanoseconds % 1_000_000_000 == 0, (1...31_622_400).contains(window.nanoseconds / 1_000_000_000) else {
      throw ValidationError("--window takes whole seconds from 1s to 366d.")
    }
    guard inputs.filter({ $0 == "-" }).count <= 1 else { throw ValidationError("Standard input (-) can be read only once.") }
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
    if paths.isEmpty { throw ToolFailure(.missingInput, "no captures: \(inputs.joined(separator: ", ")) hold no files") }
    let header = EdgeStreamHeader(
      windowSeconds: window.nanoseconds / 1_000_000_000, latenessNanoseconds: lateness.nanoseconds, idleTCPNanoseconds: idleTCP.nanoseconds,
      idleOtherNanoseconds: idleOther.nanoseconds)
    let progress = ProgressLine(mode: common.progress, label: "flowagg", byteCount: InputSize.sum(of: paths))
    try common.refuseOverwriting(paths)
    let sink = try common.openOutput()
    do {
      var options = MeterOptions()
      if let threads { options.threadCount = threads }
      options.writesFlows = writesFlows
      let meter = try Meter.open(paths: paths, passingOver: inFolders, header: header, options: options, to: sink)
      let (sources, passedOver) = try meter.run { progress.show(bytes: $0) }
      progress.clear()
      do { try sink.finish() } catch { throw OutputError(error) }
      for record in passedOver { diagnostics.note("\(place(record)); passed over") }
      return report(sources, diagnostics)
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
      diagnostics.warning(
        "\(place(record)); \(record.packets == 0 ? "nothing of it was used" : "the \(record.packets) packets before it were counted")")
    }
    return damaged.isEmpty ? .done : .partlyUnreadable
  }

  /// Which file, where in it, and what was found there.
  private func place(_ record: SourceRecord) -> String {
    guard let damage = record.damage else { return record.name }
    return "\(record.name): byte \(damage.offset)\(damage.inCompressed ? " of the compressed file" : ""): \(damage.reason)"
  }
}

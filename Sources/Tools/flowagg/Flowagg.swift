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
    version: holdfastVersion)

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
    let header = EdgeStreamHeader(
      windowSeconds: window.nanoseconds / 1_000_000_000, latenessNanoseconds: lateness.nanoseconds, idleTCPNanoseconds: idleTCP.nanoseconds,
      idleOtherNanoseconds: idleOther.nanoseconds)
    let progress = ProgressLine(mode: common.progress, label: "flowagg", byteCount: InputSize.sum(of: paths))
    let sink = try common.openOutput()
    let records: [SourceRecord]
    do {
      let meter = try Meter.open(paths: paths, header: header, to: sink)
      records = try meter.run { progress.show(bytes: $0) }
      progress.clear()
      do { try sink.finish() } catch { throw OutputError(error) }
    } catch let failure as MeterFailure {
      progress.clear()
      switch failure {
      case .input(let cause): throw cause
      case .output(let cause): throw OutputError(cause)
      }
    }
    return report(records, inFolders: inFolders, diagnostics)
  }

  /// Says what could not be used, and what that means for the exit code. Files of a folder that are no captures are no input.
  private func report(_ records: [SourceRecord], inFolders: Set<String>, _ diagnostics: Diagnostics) -> ExitStatus {
    var damaged = 0
    for record in records {
      guard let damage = record.damage else { continue }
      let place = damage.inCompressed ? "byte \(damage.offset) of the compressed file" : "byte \(damage.offset)"
      if record.kind == CaptureReader.Container.unknown.rawValue, inFolders.contains(record.name) {
        diagnostics.note("\(record.name): \(place): \(damage.reason); left out")
        continue
      }
      damaged += 1
      let used = record.packets == 0 ? "nothing of it was used" : "the \(record.packets) packets before it were counted"
      diagnostics.warning("\(record.name): \(place): \(damage.reason); \(used)")
    }
    guard records.contains(where: { $0.complete || $0.packets > 0 }) else { return .unusableInput }
    return damaged == 0 ? .done : .partlyUnreadable
  }
}

import ArgumentParser
import Capture
import Interchange
import Metering
import Selection
import ToolSupport

extension MeterOptions.TunnelEnds: ExpressibleByArgument {}
extension MeterOptions.Networks: ExpressibleByArgument {}

/// What of the traffic is looked at, and whose it is.
struct SelectionOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only packets that this expression chooses, in tcpdump's language; as there, it sees the outermost headers.", valueName: "expression")
  )
  var filter: String?

  @Option(name: .long, help: ArgumentHelp("Only packets from this moment on: \(TimeOption.syntax).", valueName: "time"))
  var since: TimeOption?

  @Option(name: .long, help: ArgumentHelp("Only packets before this moment.", valueName: "time"))
  var until: TimeOption?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only edges with an end among these addresses (inside tunnels): 10.0.0.0/8,2001:db8::1, or @FILE with one a line.",
      valueName: "addresses"))
  var hosts: String?

  @Flag(
    name: .long,
    help: "Count a packet once that several taps (inputs, interfaces) saw; within one tap only IPv4 packets that their sender numbered.")
  var dedup = false

  @Option(
    name: .long, help: "With --dedup: how far apart in time several taps may have seen one packet. (default: 100ms)")
  var dedupWindow: DurationOption?

  @Option(name: .long, help: "Whose conversation a packet in a tunnel is: inner (the ends inside), outer (the carrier's), both.")
  var tunnels = MeterOptions.TunnelEnds.inner

  @Option(name: .long, help: "What keeps hosts of the same address apart: vni (overlays), vlan (VLANs too), none.")
  var networks = MeterOptions.Networks.vni

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Add to the times of an input, named as on the command line, because its clock was off: \(ClockOffsetOption.syntax).",
      valueName: "offset"))
  var clockOffset: [ClockOffsetOption] = []

  private static let dedupWindowNanoseconds: UInt64 = 100_000_000

  private var dedupNanoseconds: UInt64? {
    dedup ? dedupWindow?.nanoseconds ?? Self.dedupWindowNanoseconds : nil
  }

  /// Whether pieces of the traffic that were read with these options can be merged exactly.
  var canBeMerged: Bool { dedupNanoseconds == nil && tunnels != .both && hosts == nil }

  func validate() throws {
    if dedupWindow != nil, !dedup { throw ValidationError("--dedup-window says how --dedup works, which is not given.") }
    if filter?.isEmpty == true { throw ValidationError("--filter is empty: leave it out to look at everything.") }
    if let since, let until, TimeSelection(since: since.timestamp, until: until.timestamp) == nil {
      throw ValidationError("--since \(since) is not before --until \(until): no time is left to look at.")
    }
  }

  /// What the header says of it; hosts in a file as they stand there.
  func headerSelection(hosts: HostSelection?) -> EdgeStreamHeader.Selection {
    var selection = EdgeStreamHeader.Selection()
    if tunnels != .inner { selection.tunnels = tunnels.rawValue }
    if networks != .vni { selection.networks = networks.rawValue }
    selection.filter = filter
    selection.since = since?.timestamp
    selection.until = until?.timestamp
    selection.hosts = hosts?.description
    selection.dedupNanoseconds = dedupNanoseconds
    return selection
  }

  /// The captures with what is added to their clocks: an offset for a folder is one for every file beneath it.
  func inputs(_ paths: [String], named names: [String]) throws -> [CaptureInput] {
    for offset in clockOffset where !names.contains(offset.name) {
      throw ToolFailure(.usage, "--clock-offset \(offset.name): no input of that name; the inputs are \(names.joined(separator: ", "))")
    }
    return paths.map { path in
      let offset = clockOffset.last { offset in
        path == offset.name || path.hasPrefix(offset.name.hasSuffix("/") ? offset.name : offset.name + "/")
      }
      return CaptureInput(path: path, clockOffsetNanoseconds: offset?.nanoseconds ?? 0)
    }
  }

  /// The hosts that were named.
  func hostSelection() throws -> HostSelection? {
    guard let hosts else { return nil }
    do {
      guard hosts.hasPrefix("@") else { return try HostSelection(list: hosts) }
      let path = String(hosts.dropFirst())
      return try HostSelection(lines: try readDocument(path: path), name: path)
    } catch let error as DocumentError {
      throw ToolFailure(.usage, "\(error)")
    }
  }

  /// The choice of packets, ready to be asked; memory for duplicates is a quarter of all at most.
  func packetSelection(memoryByteCount: UInt64) throws -> PacketSelection {
    var selection = PacketSelection()
    if since != nil || until != nil { selection.times = TimeSelection(since: since?.timestamp, until: until?.timestamp) }
    if let dedupNanoseconds {
      let entryLimit = memoryByteCount / 4 / UInt64(Deduplicator.entryByteCount * 3 / 2)
      selection.deduplicator = Deduplicator(windowNanoseconds: dedupNanoseconds, entryLimit: Int(clamping: min(entryLimit, 1 << 20)))
    }
    if let filter {
      do { selection.filter = try PacketFilter(filter) } catch {
        throw ToolFailure(error.isLibraryMissing ? .unavailable : .usage, "--filter: \(error.reason)")
      }
    }
    return selection
  }
}

import Capture
import Flows
import Interchange
import Packets
import Windows

/// What is counted of one input while its packets pass.
struct SourceTally {
  /// What nearly every packet changes.
  struct Hot {
    var packets: UInt64 = 0
    /// Packets that have an IP header and are in an edge.
    var commonPackets: UInt64 = 0
    var commonBytes: UInt64 = 0
    var timeWentBack: UInt64 = 0
    var firstNanoseconds = Int64.max
    var lastNanoseconds = Int64.min
    var previousNanoseconds = Int64.min

    @inline(__always)
    mutating func count(timeNanoseconds time: Int64) {
      packets &+= 1
      timeWentBack &+= time < previousNanoseconds ? 1 : 0
      previousNanoseconds = time
      firstNanoseconds = min(firstNanoseconds, time)
      lastNanoseconds = max(lastNanoseconds, time)
    }

    /// Counts a packet of an IP header that goes into an edge.
    @inline(__always)
    mutating func countCommon(_ packet: PacketSummary) {
      count(timeNanoseconds: packet.timeNanoseconds)
      commonPackets &+= 1
      commonBytes &+= UInt64(packet.ipByteCount)
    }
  }

  var hot = Hot()
  private var ipPackets: UInt64 = 0
  private var ipBytes: UInt64 = 0
  private var edgePackets: UInt64 = 0
  private var edgeBytes: UInt64 = 0
  private var late: UInt64 = 0
  private var noTime: UInt64 = 0
  private var nonIP: UInt64 = 0
  private var unsupportedLink: UInt64 = 0
  private var malformed = Loss()
  private var cutHeader = Loss()
  private var fragments = Loss()
  private var evicted = Loss()
  private var evictedFlows: UInt64 = 0
  private var filtered = Loss()
  private var duplicates = Loss()
  private var repeated = Loss()
  private var overheadBytes: UInt64 = 0

  private struct Loss {
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
  }

  /// Counts a packet of the container.
  mutating func count(_ record: PacketRecord) {
    hot.count(timeNanoseconds: record.timeNanoseconds)
    if record.hasNoTime { noTime &+= 1 }
  }

  /// Counts an IP header's length.
  @inline(__always)
  mutating func countIP(_ packet: PacketSummary) {
    ipPackets &+= 1
    ipBytes &+= UInt64(packet.ipByteCount)
  }

  /// Counts a packet that goes into an edge.
  @inline(__always)
  mutating func countEdge(_ packet: PacketSummary) {
    edgePackets &+= 1
    edgeBytes &+= UInt64(packet.ipByteCount)
  }

  /// Counts a packet whose bytes are in an edge already, that of its carrier.
  mutating func countRepeated(_ packet: PacketSummary) { add(packet, to: &repeated) }

  /// Counts bytes of carriers around what goes into edges.
  mutating func countOverhead(byteCount: UInt32) { overheadBytes += UInt64(byteCount) }

  /// Counts a packet that was not asked for.
  mutating func countFiltered(_ packet: PacketSummary) { add(packet, to: &filtered) }

  /// Counts a packet that was seen before.
  mutating func countDuplicate(_ packet: PacketSummary) { add(packet, to: &duplicates) }

  /// Counts a packet that goes into none.
  mutating func countLost(_ packet: PacketSummary) {
    switch packet.kind {
    case .nonIP: nonIP += 1
    case .unsupportedLink: unsupportedLink += 1
    case .malformed: add(packet, to: &malformed)
    case .cutTransportHeader: add(packet, to: &cutHeader)
    // No length of theirs is in `ip_bytes`.
    case .notIPHeader: malformed.packets += 1
    case .cutIPHeader: cutHeader.packets += 1
    case .laterFragment: add(packet, to: &fragments)
    case .flow, .firstFragment, .quotedAsRefused, .quotedAsUnreachable: break
    }
  }

  /// Takes what became of its packets after they were handed on.
  mutating func take(_ afterwards: WindowAggregator.Afterwards, source: Int) {
    if source < afterwards.late.count { late += afterwards.late[source] }
    let lost = afterwards.evictions[source]
    evicted = Loss(packets: lost.packets, bytes: lost.bytes)
    evictedFlows = lost.flows
  }

  private func add(_ packet: PacketSummary, to loss: inout Loss) {
    loss.packets += 1
    // No length of a header that is none is in `ip_bytes`.
    if packet.hasIP { loss.bytes += UInt64(packet.ipByteCount) }
  }

  /// The document's record of it.
  func record(name: String, ending: CaptureMerge.Ending) -> SourceRecord {
    var record = SourceRecord(name: name, kind: ending.container.rawValue)
    record.links = Set(ending.links.map(LinkType.name)).sorted()
    record.packets = hot.packets
    record.ipPackets = hot.commonPackets + ipPackets
    record.ipBytes = hot.commonBytes + ipBytes
    record.edgePackets = hot.commonPackets + edgePackets - evicted.packets
    record.edgeBytes = hot.commonBytes + edgeBytes - evicted.bytes
    record.tunnelOverheadBytes = overheadBytes
    record.evictedFlows = evictedFlows
    record.repeated = (repeated.packets, repeated.bytes)
    record.notInEdges = [
      .init(reason: "cut_header", packets: cutHeader.packets, bytes: cutHeader.bytes),
      .init(reason: "duplicate", packets: duplicates.packets, bytes: duplicates.bytes),
      .init(reason: "evicted", packets: evicted.packets, bytes: evicted.bytes),
      .init(reason: "filtered", packets: filtered.packets, bytes: filtered.bytes),
      .init(reason: "fragment_without_first", packets: fragments.packets, bytes: fragments.bytes),
      .init(reason: "malformed", packets: malformed.packets, bytes: malformed.bytes),
      .init(reason: "non_ip", packets: nonIP, bytes: 0), .init(reason: "unsupported_link", packets: unsupportedLink, bytes: 0),
    ].filter { $0.packets > 0 }
    record.late = late
    record.timeWentBack = hot.timeWentBack
    record.noTime = noTime
    record.received = ending.losses.received
    record.dropped = ending.losses.dropped
    record.clockOffsetNanoseconds = ending.clockOffsetNanoseconds
    record.skippedBlocks = ending.skippedBlockCount
    if hot.packets > 0 {
      record.first = Timestamp(nanoseconds: hot.firstNanoseconds)
      record.last = Timestamp(nanoseconds: hot.lastNanoseconds)
    }
    record.complete = ending.damage == nil
    if let damage = ending.damage {
      record.damage = SourceRecord.Damage(offset: damage.offset, inCompressed: damage.inCompressed, reason: damage.reason)
    }
    return record
  }
}

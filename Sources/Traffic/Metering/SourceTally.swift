import Capture
import Interchange
import Packets

/// What is counted of one input while its packets pass.
struct SourceTally {
  var packets: UInt64 = 0
  var ipPackets: UInt64 = 0
  var ipBytes: UInt64 = 0
  var edgePackets: UInt64 = 0
  var edgeBytes: UInt64 = 0
  var late: UInt64 = 0
  var timeWentBack: UInt64 = 0
  var noTime: UInt64 = 0
  var firstNanoseconds = Int64.max
  var lastNanoseconds = Int64.min
  private var previousNanoseconds = Int64.min
  private var nonIP: UInt64 = 0
  private var unsupportedLink: UInt64 = 0
  private var malformed = Loss()
  private var cutHeader = Loss()
  private var fragments = Loss()

  private struct Loss {
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
  }

  /// Counts a packet of the container.
  @inline(__always)
  mutating func count(_ record: PacketRecord) {
    packets &+= 1
    let time = record.timeNanoseconds
    if time < previousNanoseconds { timeWentBack &+= 1 }
    previousNanoseconds = time
    firstNanoseconds = min(firstNanoseconds, time)
    lastNanoseconds = max(lastNanoseconds, time)
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
    case .flow, .firstFragment: break
    }
  }

  private func add(_ packet: PacketSummary, to loss: inout Loss) {
    loss.packets += 1
    loss.bytes += UInt64(packet.ipByteCount)
  }

  /// The document's record of it.
  func record(name: String, ending: CaptureMerge.Ending) -> SourceRecord {
    var record = SourceRecord(name: name, kind: ending.container.rawValue)
    record.links = Set(ending.links.map(LinkType.name)).sorted()
    record.packets = packets
    record.ipPackets = ipPackets
    record.ipBytes = ipBytes
    record.edgePackets = edgePackets
    record.edgeBytes = edgeBytes
    record.notInEdges = [
      .init(reason: "cut_header", packets: cutHeader.packets, bytes: cutHeader.bytes),
      .init(reason: "fragment_without_first", packets: fragments.packets, bytes: fragments.bytes),
      .init(reason: "malformed", packets: malformed.packets, bytes: malformed.bytes),
      .init(reason: "non_ip", packets: nonIP, bytes: 0), .init(reason: "unsupported_link", packets: unsupportedLink, bytes: 0),
    ].filter { $0.packets > 0 }
    record.late = late
    record.timeWentBack = timeWentBack
    record.noTime = noTime
    record.received = ending.losses.received
    record.dropped = ending.losses.dropped
    record.clockOffsetNanoseconds = ending.clockOffsetNanoseconds
    record.skippedBlocks = ending.skippedBlockCount
    if packets > 0 {
      record.first = Timestamp(nanoseconds: firstNanoseconds)
      record.last = Timestamp(nanoseconds: lastNanoseconds)
    }
    record.complete = ending.damage == nil
    if let damage = ending.damage {
      record.damage = SourceRecord.Damage(offset: damage.offset, inCompressed: damage.inCompressed, reason: damage.reason)
    }
    return record
  }
}

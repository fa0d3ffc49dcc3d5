import Flows
import Interchange
import Packets

/// What has been read of partial streams and not been joined yet, and the order in which it came.
struct JoinedItems {
  /// Something that happens at one place in the order.
  enum Event {
    /// A run, a control packet or an ICMP error, as the first packet of it comes.
    case item(PartItem, FlowPacket)
    /// The first packet of a run's other side.
    case answer(FlowPacket)
    /// A fragment, and what it carries as the first of a carrier.
    case fragment(PacketSummary, carried: PacketSummary?)
  }

  /// A happening and its place in the order: by the time for which it stands, then by source, then as it came.
  struct Happening {
    var arrival: Int64
    var rank: UInt32
    var source: Int
    /// Start of the window that it counts in.
    var window: Int64
    var event: Event
  }

  private var happenings: [Happening] = []
  /// How much of each window has not been handed out, by the window's start.
  private var waiting: [Int64: Int] = [:]

  /// The start of the earliest window of which something has not been handed out; nil if there is none.
  var earliestWindow: Int64? { waiting.keys.min() }

  /// Takes in a record; `numbers` says which sources those of its stream are. Throws where it names a network in a way that is not known.
  mutating func add(_ record: EdgeStreamRecord, numbers: [Int]) throws(DocumentError) {
    switch record {
    case .part(let part):
      let key = FlowKey(
        a: (part.a.high, part.a.low, part.aPort), b: (part.b.high, part.b.low, part.bPort), proto: part.proto.number, isIPv6: part.a.isIPv6,
        network: try Self.network(part.network))
      var packet = FlowPacket()
      packet.key = key
      packet.hash = key.hash(seed: FlowPacket.seed)
      packet.source = UInt16(truncatingIfNeeded: numbers[part.source])
      for item in part.items { add(item, packet, part.window.nanoseconds) }
    case .fragments(let fragments):
      let network = try Self.network(fragments.network)
      let carried = try fragments.carried.map { (inside) throws(DocumentError) in try Self.packet(inside) }
      for item in fragments.items {
        var packet = PacketSummary()
        packet.network = network
        (packet.sourceHigh, packet.sourceLow, packet.isIPv6) = (fragments.from.high, fragments.from.low, fragments.from.isIPv6)
        (packet.destinationHigh, packet.destinationLow) = (fragments.to.high, fragments.to.low)
        (packet.proto, packet.identification) = (fragments.proto.number, item.identification)
        (packet.timeNanoseconds, packet.ipByteCount) = (item.timeNanoseconds, item.bytes)
        (packet.sourcePort, packet.destinationPort) = item.ports ?? (0, 0)
        packet.kind = item.ports == nil ? .laterFragment : .firstFragment
        packet.transportOffset = UInt16(truncatingIfNeeded: item.headerBytes)
        add(
          Happening(
            arrival: item.timeNanoseconds + item.arrival.lagNanoseconds, rank: item.arrival.rank, source: numbers[fragments.source],
            window: fragments.window.nanoseconds, event: .fragment(packet, carried: carried)))
      }
    case .edge, .nesting, .name, .source: break
    }
  }

  /// What a first fragment carries, as a packet.
  private static func packet(_ inside: FragmentsRecord.Carried) throws(DocumentError) -> PacketSummary {
    var packet = PacketSummary()
    packet.network = try network(inside.network)
    (packet.sourceHigh, packet.sourceLow, packet.isIPv6) = (inside.from.high, inside.from.low, inside.from.isIPv6)
    (packet.destinationHigh, packet.destinationLow) = (inside.to.high, inside.to.low)
    (packet.sourcePort, packet.destinationPort, packet.proto) = (inside.fromPort, inside.toPort, inside.proto.number)
    packet.kind = .flow
    return packet
  }

  private static func network(_ name: String?) throws(DocumentError) -> UInt64 {
    guard let name else { return 0 }
    guard let number = Overlay.number(name) else {
      throw DocumentError(at: .path("network"), found: "«\(name)»", expected: "a network's name, such as vni:4096")
    }
    return number
  }

  private mutating func add(_ item: PartItem, _ flow: FlowPacket, _ window: Int64) {
    var packet = flow
    packet.timeNanoseconds = item.timeNanoseconds
    packet.isFromA = !item.isFromB
    packet.tcpFlags = item.flags
    packet.sequence = item.sequence
    switch item.kind {
    case .refused: packet.kind = .quotedAsRefused
    case .unreachable: packet.kind = .quotedAsUnreachable
    case .echoRequest: packet.icmpType = flow.key.proto == 58 ? 128 : 8
    case .echoReply: packet.icmpType = flow.key.proto == 58 ? 129 : 0
    case .run, .control: break
    }
    let source = Int(packet.source)
    add(
      Happening(
        arrival: item.timeNanoseconds + item.arrival.lagNanoseconds, rank: item.arrival.rank, source: source, window: window,
        event: .item(item, packet)))
    guard item.answerPackets > 0 else { return }
    packet.icmpType = 255
    packet.isFromA.toggle()
    packet.timeNanoseconds = item.answerNanoseconds
    let arrival = item.answerNanoseconds + item.answerArrival.lagNanoseconds
    add(Happening(arrival: arrival, rank: item.answerArrival.rank, source: source, window: window, event: .answer(packet)))
  }

  private mutating func add(_ happening: Happening) {
    var happening = happening
    // What came late for its own window counts in one that began after its time.
    happening.arrival = max(happening.arrival, happening.window)
    happenings.append(happening)
    waiting[happening.window, default: 0] += 1
  }

  /// The places of all that stands before a time, in order.
  func order(before limit: Int64) -> [Int] {
    happenings.indices.filter { happenings[$0].arrival < limit }.sorted { isBefore($0, $1) }
  }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    if happenings[a].arrival != happenings[b].arrival { return happenings[a].arrival < happenings[b].arrival }
    if happenings[a].source != happenings[b].source { return happenings[a].source < happenings[b].source }
    return happenings[a].rank != happenings[b].rank ? happenings[a].rank < happenings[b].rank : a < b
  }

  /// Hands out what stands at a place.
  mutating func take(_ place: Int) -> Happening {
    let happening = happenings[place]
    if let count = waiting[happening.window] { waiting[happening.window] = count > 1 ? count - 1 : nil }
    return happening
  }

  /// Forgets what stands before a time, which has been handed out.
  mutating func remove(before limit: Int64) { happenings.removeAll { $0.arrival < limit } }
}

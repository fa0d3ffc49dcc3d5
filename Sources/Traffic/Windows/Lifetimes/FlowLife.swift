import Flows
import Interchange
import Packets
import Recognition

/// What is known of one flow from its first packet on: the sum of its parts in all windows that have closed, and what only single packets say.
struct FlowLife {
  /// Flows are numbered by their first packets.
  let number: UInt64
  private let key: FlowKey
  private let message: CommunityID.Message
  private var sentByA = SentSequence()
  private var sentByB = SentSequence()

  /// The newest closed window that it has a part in; `Flow.noWindow` where none has closed.
  private(set) var lastWindow = Flow.noWindow
  private var clientIsB = false
  private var basis = DirectionBasis.first
  private var events: Flow.Events = []
  private var handshakeNanoseconds: Int64 = 0
  private var startNanoseconds = Int64.max
  private var endNanoseconds = Int64.min
  private var isWithoutPackets = true
  private var bytes: (fromA: UInt64, fromB: UInt64) = (0, 0)
  private var packets: (fromA: UInt64, fromB: UInt64) = (0, 0)
  private var ending = FlowEnding.end

  /// A flow that begins with this packet.
  init(_ packet: FlowPacket, number: UInt64) {
    self.number = number
    key = packet.key
    message = CommunityID.Message(type: packet.icmpType, code: packet.icmpCode, isFromA: packet.isFromA)
  }

  /// Notes what is not in the parts of windows.
  mutating func note(_ packet: FlowPacket) {
    guard packet.headerWordCount > 0, packet.tcpFlags & TCPFlags.rst == 0 else { return }
    let headers = UInt32(packet.headerWordCount) * 4
    let payload = packet.ipByteCount > headers ? packet.ipByteCount - headers : 0
    let (hasSYN, hasFIN) = (packet.tcpFlags & TCPFlags.syn != 0, packet.tcpFlags & TCPFlags.fin != 0)
    if packet.isFromA {
      sentByA.take(sequence: packet.sequence, payloadByteCount: payload, hasSYN: hasSYN, hasFIN: hasFIN)
    } else {
      sentByB.take(sequence: packet.sequence, payloadByteCount: payload, hasSYN: hasSYN, hasFIN: hasFIN)
    }
  }

  /// Adds its part in a window that closes, with the direction that the window's rules give it. Windows close in their order.
  mutating func add(_ part: Flow, clientIsB: Bool, basis: DirectionBasis) {
    lastWindow = part.window
    (self.clientIsB, self.basis) = (clientIsB, basis)
    events.formUnion(part.events)
    if part.events.contains(.handshake) { handshakeNanoseconds = part.handshakeNanoseconds }
    // The time of an ICMP error counts only where there is no packet.
    if part.isWithoutPackets == isWithoutPackets {
      startNanoseconds = min(startNanoseconds, part.firstInWindowNanoseconds)
      endNanoseconds = max(endNanoseconds, part.lastInWindowNanoseconds)
    } else if isWithoutPackets {
      (startNanoseconds, endNanoseconds, isWithoutPackets) = (part.firstInWindowNanoseconds, part.lastInWindowNanoseconds, false)
    }
    bytes = (bytes.fromA &+ part.bytesFromA, bytes.fromB &+ part.bytesFromB)
    packets = (packets.fromA &+ part.packetsFromA, packets.fromB &+ part.packetsFromB)
  }

  /// Ends it as it left the table: by itself, or for the reason given there.
  mutating func end(_ departure: FlowDeparture) {
    if departure.state.contains([.finA, .finB]) { return ending = .fin }
    if departure.state.contains(.ended) { return ending = .reset }
    ending =
      switch departure.reason {
      case .silent: .idle
      case .succeeded: .syn
      case .forgotten, .givenUp: .evicted
      case .inputEnded: .end
      }
  }

  /// The order of flows in the stream: window of the last packet, start, network, client, server, protocol, ports, first packet.
  static func < (a: FlowLife, b: FlowLife) -> Bool {
    if a.lastWindow != b.lastWindow { return a.lastWindow < b.lastWindow }
    if a.startNanoseconds != b.startNanoseconds { return a.startNanoseconds < b.startNanoseconds }
    let (aKey, bKey) = (EdgeTable.Key(a.key, clientIsB: a.clientIsB), EdgeTable.Key(b.key, clientIsB: b.clientIsB))
    if aKey != bKey { return aKey < bKey }
    return a.clientPort != b.clientPort ? a.clientPort < b.clientPort : a.number < b.number
  }

  private var clientPort: UInt16 { clientIsB ? key.bPort : key.aPort }

  /// The document's record of it.
  var record: FlowRecord {
    let ends = EdgeTable.Key(key, clientIsB: clientIsB)
    let proto = TransportProtocol(number: key.proto)
    var record = FlowRecord(
      start: Timestamp(nanoseconds: startNanoseconds), end: Timestamp(nanoseconds: endNanoseconds), client: ends.client,
      server: ends.server,
      proto: proto, direction: basis, endedBy: ending)
    if key.network != 0 { record.network = Overlay.name(key.network) }
    if DirectionRules.hasPorts(key) { (record.clientPort, record.port) = (clientPort, ends.port) }
    record.service = ServiceRegistry.shared.service(proto: proto, port: ends.port)
    (record.volume.bytesToServer, record.volume.bytesToClient) = clientIsB ? (bytes.fromB, bytes.fromA) : bytes
    (record.volume.packetsToServer, record.volume.packetsToClient) = clientIsB ? (packets.fromB, packets.fromA) : packets
    record.outcome.answered = events.contains(.answered) ? 1 : 0
    record.outcome.refused = events.contains(.refused) ? 1 : 0
    record.outcome.reset = events.contains(.reset) ? 1 : 0
    record.outcome.unreachable = events.contains(.unreachable) ? 1 : 0
    record.outcome.midstream = events.contains(.midstream) ? 1 : 0
    if events.contains(.handshake) { record.networkResponseNanoseconds = UInt64(max(0, handshakeNanoseconds)) }
    if key.proto == 6 { record.retransmissions = sentByA.againCount + sentByB.againCount }
    record.communityID = CommunityID.text(key, message: message)
    return record
  }
}

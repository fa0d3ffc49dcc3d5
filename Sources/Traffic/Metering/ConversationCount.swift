import Flows
import Packets

/// How many TCP and UDP conversations an input holds: distinct outermost ends, both directions together, without time-outs.
struct ConversationCount {
  private var tcpKeys: Set<FlowKey> = []
  private var udpKeys: Set<FlowKey> = []

  /// TCP conversations so far.
  var tcp: UInt64 { UInt64(tcpKeys.count) }
  /// UDP conversations so far.
  var udp: UInt64 { UInt64(udpKeys.count) }

  /// Counts the conversation of a packet, read from its outermost IP header. Later fragments have no ports and so none.
  mutating func count(_ packet: PacketSummary) {
    guard packet.kind == .flow || packet.kind == .firstFragment else { return }
    switch packet.proto {
    case 6: tcpKeys.insert(FlowKey(packet))
    case 17: udpKeys.insert(FlowKey(packet))
    default: break
    }
  }
}

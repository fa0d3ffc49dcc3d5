import Flows
import Packets

/// How many TCP and UDP conversations an input holds: distinct outermost ends, both directions together, without time-outs.
struct ConversationCount {
  private var tcpKeys: Set<FlowKey> = []
  private var udpKeys: Set<FlowKey> = []
  private var isGivenUp = false
  private let countMax: Int

  /// At most that many are told apart.
  init(countMax: Int) { self.countMax = countMax }

  /// TCP conversations so far; nil where there were too many to tell apart.
  var tcp: UInt64? { isGivenUp ? nil : UInt64(tcpKeys.count) }
  /// UDP conversations so far; nil where there were too many to tell apart.
  var udp: UInt64? { isGivenUp ? nil : UInt64(udpKeys.count) }

  /// Counts the conversation of a packet, read from its outermost IP header. Later fragments have no ports and so none.
  mutating func count(_ packet: PacketSummary) {
    guard packet.kind == .flow || packet.kind == .firstFragment, !isGivenUp else { return }
    switch packet.proto {
    case 6: tcpKeys.insert(FlowKey(packet))
    case 17: udpKeys.insert(FlowKey(packet))
    default: break
    }
    guard tcpKeys.count + udpKeys.count > countMax else { return }
    (tcpKeys, udpKeys, isGivenUp) = ([], [], true)
  }
}

/// What ended a flow.
public enum FlowEnding: String, Sendable, CaseIterable {
  /// Silence for its idle time.
  case idle
  /// FIN both ways.
  case fin
  /// A RST.
  case reset
  /// A SYN that opened another flow between the same ends.
  case syn
  /// The input ended.
  case end
  /// It was forgotten early to keep within a limit of memory.
  case evicted

  /// The word in documents.
  var text: StaticString {
    switch self {
    case .idle: "idle"
    case .fin: "fin"
    case .reset: "reset"
    case .syn: "syn"
    case .end: "end"
    case .evicted: "evicted"
    }
  }
}

/// One flow from its first packet to its last: what two ends sent each other.
public struct FlowRecord: Sendable, Equatable {
  /// The schema of a stream of flows.
  public static let schema = "holdfast.flows/1"

  /// Earliest time of a packet; of an ICMP error where there was no packet.
  public var start: Timestamp
  /// Latest time of a packet.
  public var end: Timestamp
  /// The overlay's id, nil if there is none.
  public var network: String?
  /// Who asked.
  public var client: IPAddress
  /// The client's port; nil for protocols without ports.
  public var clientPort: UInt16?
  /// Who was asked.
  public var server: IPAddress
  /// The server's port; nil for protocols without ports.
  public var port: UInt16?
  /// The protocol above IP.
  public var proto: TransportProtocol
  /// What the service is, nil where nothing is known of the port.
  public var service: Service?
  /// The rule that decided direction.
  public var direction: DirectionBasis
  /// Bytes and packets of its whole life.
  public var volume = EdgeRecord.Volume()
  /// Each 1 where it was seen, so that the sum over flows is what the edges say.
  public var outcome = EdgeRecord.Outcome()
  /// What ended it.
  public var endedBy: FlowEnding
  /// SYN → SYN-ACK round trip at the tap in nanoseconds, nil where it was not seen.
  public var networkResponseNanoseconds: UInt64?
  /// TCP segments with payload that did not go beyond what their sender had sent; nil for other protocols.
  public var retransmissions: UInt64?
  /// The flow's community id, version 1.
  public var communityID: String?

  /// A flow without traffic.
  public init(
    start: Timestamp, end: Timestamp, client: IPAddress, server: IPAddress, proto: TransportProtocol, direction: DirectionBasis,
    endedBy: FlowEnding
  ) {
    self.start = start
    self.end = end
    self.client = client
    self.server = server
    self.proto = proto
    self.direction = direction
    self.endedBy = endedBy
  }
}

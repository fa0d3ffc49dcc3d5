/// How many flows of one window from a host to a service lay inside the host's own inbound flows (DESIGN §5; NSDMiner, LISA 2011).
public struct NestingRecord: Sendable, Equatable {
  /// Start of the window in which the outbound flows ended.
  public var window: Timestamp
  /// The overlay's id, nil if there is none.
  public var network: String?
  /// The host whose own service answers by asking another.
  public var host: IPAddress
  /// The host's own service.
  public var inbound: (proto: TransportProtocol, port: UInt16)
  /// The service it asks.
  public var outbound: (server: IPAddress, proto: TransportProtocol, port: UInt16)
  /// Flows of the inbound service that ended in the window.
  public var inboundFlows: UInt64
  /// Counts of outbound flows by their number of distinct parent services, ascending.
  public var byParents: [(parents: UInt64, flows: UInt64)]

  /// A record of these counts.
  public init(
    window: Timestamp, network: String? = nil, host: IPAddress, inbound: (proto: TransportProtocol, port: UInt16),
    outbound: (server: IPAddress, proto: TransportProtocol, port: UInt16), inboundFlows: UInt64,
    byParents: [(parents: UInt64, flows: UInt64)]
  ) {
    self.window = window
    self.network = network
    self.host = host
    self.inbound = inbound
    self.outbound = outbound
    self.inboundFlows = inboundFlows
    self.byParents = byParents
  }

  /// Equal where every member is.
  public static func == (a: NestingRecord, b: NestingRecord) -> Bool {
    a.window == b.window && a.network == b.network && a.host == b.host && a.inbound == b.inbound && a.outbound == b.outbound
      && a.inboundFlows == b.inboundFlows && a.byParents.elementsEqual(b.byParents, by: ==)
  }
}

/// Who used which service in one window, and how: the weighted edge.
public struct EdgeRecord: Sendable, Equatable {
  /// Bytes and packets each way: IP bytes as the outermost IP headers say.
  public struct Volume: Sendable, Equatable {
    /// IP bytes from client to server.
    public var bytesToServer: UInt64 = 0
    /// IP bytes from server to client.
    public var bytesToClient: UInt64 = 0
    /// Packets from client to server.
    public var packetsToServer: UInt64 = 0
    /// Packets from server to client.
    public var packetsToClient: UInt64 = 0
    /// No traffic.
    public init() {}
  }

  /// What was seen of how flows began and ended; each counts at most once a flow, in the window in which it was seen.
  public struct Outcome: Sendable, Equatable {
    /// Flows in which the second end was heard for the first time (a RST alone is no answer).
    public var answered: UInt64 = 0
    /// Flows refused: RST in reply to a SYN, or an ICMP port-unreachable.
    public var refused: UInt64 = 0
    /// Flows ended by RST after they were answered.
    public var reset: UInt64 = 0
    /// Flows for which another ICMP destination-unreachable came.
    public var unreachable: UInt64 = 0
    /// TCP flows whose beginning was not seen.
    public var midstream: UInt64 = 0
    /// Nothing seen.
    public init() {}
  }

  /// Start of the window.
  public var window: Timestamp
  /// The overlay's id, nil if there is none.
  public var network: String?
  /// Who asked.
  public var client: IPAddress
  /// Who was asked.
  public var server: IPAddress
  /// The protocol above IP.
  public var proto: TransportProtocol
  /// The server's port; nil for protocols without ports.
  public var port: UInt16?
  /// The client's port, only where direction is not certain and there was only one.
  public var clientPort: UInt16?
  /// What the service is, nil where nothing is known of the port.
  public var service: Service?
  /// The strongest rule that decided direction in a flow of this edge.
  public var direction: DirectionBasis
  /// Bytes and packets.
  public var volume = Volume()
  /// Flows that began in the window.
  public var flows: UInt64 = 0
  /// In how many of the window's slots there was traffic.
  public var activeSlots: UInt64 = 0
  /// How many slots a window has: 60.
  public var slots: UInt64 = 60
  /// Sum over flows of last packet in the window − later of window start and flow start.
  public var durationNanoseconds: UInt64 = 0
  /// SYN→SYN-ACK round trips at the tap.
  public var networkResponse = Distribution()
  /// Last byte of a request → first byte of its response.
  public var applicationResponse = Distribution()
  /// Outcomes.
  public var outcome = Outcome()
  /// Names of the server seen in the traffic, sorted.
  public var names: [String] = []
  /// How many more names there were than `names` holds.
  public var namesMore: UInt64 = 0
  /// Time of the first packet.
  public var first: Timestamp
  /// Time of the last packet.
  public var last: Timestamp

  /// An edge without traffic.
  public init(
    window: Timestamp, network: String? = nil, client: IPAddress, server: IPAddress, proto: TransportProtocol, port: UInt16?,
    direction: DirectionBasis, first: Timestamp, last: Timestamp
  ) {
    self.window = window
    self.network = network
    self.client = client
    self.server = server
    self.proto = proto
    self.port = port
    self.direction = direction
    self.first = first
    self.last = last
  }
}

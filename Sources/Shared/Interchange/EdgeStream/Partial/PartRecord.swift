/// What one input showed of one flow key in one window, as a partial stream holds it: nothing of it is final.
public struct PartRecord: Sendable, Equatable {
  /// Start of the window.
  public var window: Timestamp
  /// The overlay's id, nil if there is none.
  public var network: String?
  /// The smaller end's address and port; port 0 for protocols without.
  public var a: IPAddress
  /// The other end's address.
  public var b: IPAddress
  /// The protocol above IP.
  public var proto: TransportProtocol
  /// The smaller end's port.
  public var aPort: UInt16 = 0
  /// The other end's port.
  public var bPort: UInt16 = 0
  /// The input, by its place in the header's list.
  public var source: Int
  /// What was seen, in the order in which it came.
  public var items: [PartItem] = []

  /// A part in which nothing was seen.
  public init(window: Timestamp, network: String?, a: IPAddress, b: IPAddress, proto: TransportProtocol, source: Int) {
    (self.window, self.network, self.a, self.b, self.proto, self.source) = (window, network, a, b, proto, source)
  }
}

/// Where a packet of one input stands when inputs are merged by time.
///
/// A merge by time takes a packet whose time goes back right behind the one before it.
public struct Arrival: Sendable, Equatable {
  /// How much later than its own time the time is for which it stands: the newest of the input up to it.
  public var lagNanoseconds: Int64
  /// How many packets of the input before it stand for the same time.
  public var rank: UInt32

  /// A place in the order.
  @inlinable
  public init(lagNanoseconds: Int64, rank: UInt32) { (self.lagNanoseconds, self.rank) = (lagNanoseconds, rank) }
}

/// A run of packets that are added up, a packet of TCP that begins or ends something, or an ICMP error.
public struct PartItem: Sendable, Equatable {
  /// What it is; the raw values are those of the document.
  public enum Kind: UInt8, Sendable {
    /// Packets without TCP's SYN, FIN and RST, without silence longer than a flow's idle time or an hour, none earlier than the first.
    case run = 0
    /// A run whose first packet is an ICMP echo request.
    case echoRequest = 1
    /// A run whose first packet is an ICMP echo reply.
    case echoReply = 2
    /// One packet of TCP with SYN, FIN or RST.
    case control = 3
    /// An ICMP error that says that a port was refused.
    case refused = 4
    /// Another ICMP error that says that a packet could not be delivered.
    case unreachable = 5

    /// Whether it is a run of packets.
    @inlinable
    public var isRun: Bool { rawValue <= Kind.echoReply.rawValue }
  }

  /// What it is.
  public var kind: Kind
  /// Whether B sent the first packet.
  public var isFromB: Bool
  /// Time of the first packet.
  public var timeNanoseconds: Int64
  /// Where the first packet stands in the order of its input.
  public var arrival: Arrival
  /// Latest time of a packet.
  public var lastNanoseconds: Int64
  /// How much later than that the time is for which the last packet stands.
  public var tailNanoseconds: Int64 = 0
  /// Packets of the first one's sender.
  public var packets: UInt64 = 0
  /// Their IP bytes.
  public var bytes: UInt64 = 0
  /// One bit for each slot of the window in which there was a packet, the lowest for the slot of the first packet.
  public var slots: UInt64 = 0
  /// Of a control packet its TCP flags.
  public var flags: UInt8 = 0
  /// Of a SYN its sequence number.
  public var sequence: UInt32 = 0
  /// Time of the first packet from the other side, where there was one.
  public var answerNanoseconds: Int64 = 0
  /// Where that one stands in the order of its input.
  public var answerArrival = Arrival(lagNanoseconds: 0, rank: 0)
  /// Packets from the other side.
  public var answerPackets: UInt64 = 0
  /// Their IP bytes.
  public var answerBytes: UInt64 = 0

  /// Something that was seen at a time.
  @inlinable
  public init(_ kind: Kind, isFromB: Bool, at timeNanoseconds: Int64, _ arrival: Arrival) {
    (self.kind, self.isFromB) = (kind, isFromB)
    (self.timeNanoseconds, self.arrival) = (timeNanoseconds, arrival)
    lastNanoseconds = timeNanoseconds
  }
}

/// The fragments of IP datagrams that one host sent another in one window, by one input: which flow they are of is found when all inputs
/// are together.
public struct FragmentsRecord: Sendable, Equatable {
  /// One fragment.
  public struct Item: Sendable, Equatable {
    /// Its time.
    public var timeNanoseconds: Int64
    /// Where it stands in the order of its input.
    public var arrival: Arrival
    /// The datagram's identification.
    public var identification: UInt32
    /// Of a datagram's first fragment the ports; that packet is in a part, too.
    public var ports: (source: UInt16, destination: UInt16)?
    /// Of a later fragment its IP bytes.
    public var bytes: UInt32
    /// Of a later fragment how many of them are its IP header.
    public var headerBytes: UInt32 = 0

    /// The first fragment of a datagram.
    public init(first identification: UInt32, at timeNanoseconds: Int64, _ arrival: Arrival, ports: (UInt16, UInt16)) {
      (self.identification, self.timeNanoseconds, self.arrival) = (identification, timeNanoseconds, arrival)
      self.ports = (ports.0, ports.1)
      bytes = 0
    }

    /// A later fragment.
    public init(later identification: UInt32, at timeNanoseconds: Int64, _ arrival: Arrival, bytes: UInt32, headerBytes: UInt32) {
      (self.identification, self.timeNanoseconds, self.arrival) = (identification, timeNanoseconds, arrival)
      (self.bytes, self.headerBytes) = (bytes, headerBytes)
    }

    public static func == (a: Item, b: Item) -> Bool {
      a.timeNanoseconds == b.timeNanoseconds && a.arrival == b.arrival && a.identification == b.identification
        && a.bytes == b.bytes && a.headerBytes == b.headerBytes && a.ports?.source == b.ports?.source
        && a.ports?.destination == b.ports?.destination
    }
  }

  /// The packet that a first fragment carries: the flow that later fragments are of.
  public struct Carried: Sendable, Equatable {
    /// The overlay's id, nil if there is none.
    public var network: String?
    /// The sender inside.
    public var from: IPAddress
    /// The receiver inside.
    public var to: IPAddress
    /// The protocol above IP inside.
    public var proto: TransportProtocol
    /// The sender's port; 0 for protocols without.
    public var fromPort: UInt16
    /// The receiver's port; 0 for protocols without.
    public var toPort: UInt16

    /// A packet of these ends.
    public init(network: String?, from: IPAddress, to: IPAddress, proto: TransportProtocol, ports: (UInt16, UInt16)) {
      (self.network, self.from, self.to, self.proto) = (network, from, to, proto)
      (fromPort, toPort) = ports
    }
  }

  /// What the first fragments of this record carry; nil where the datagram is no carrier.
  public var carried: Carried?
  /// Start of the window.
  public var window: Timestamp
  /// The overlay's id, nil if there is none.
  public var network: String?
  /// The sender.
  public var from: IPAddress
  /// The receiver.
  public var to: IPAddress
  /// The protocol above IP.
  public var proto: TransportProtocol
  /// The input, by its place in the header's list.
  public var source: Int
  /// The fragments, in the order in which they came.
  public var items: [Item] = []

  /// A record without fragments.
  public init(window: Timestamp, network: String?, from: IPAddress, to: IPAddress, proto: TransportProtocol, source: Int) {
    (self.window, self.network, self.from, self.to, self.proto, self.source) = (window, network, from, to, proto, source)
  }
}

/// An input of a partial stream, as its header names it.
public struct PartialSource: Sendable, Equatable {
  /// The name as given.
  public var name: String
  /// Time of the first packet, nil without packets.
  public var first: Timestamp?

  /// An input.
  public init(name: String, first: Timestamp?) { (self.name, self.first) = (name, first) }
}

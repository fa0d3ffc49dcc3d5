/// What was read of one input, what of it is in the edges, and what is not and why.
///
/// Conservation: Σ edges = `edgePackets`, `edgeBytes` over all sources; `ipBytes` = `edgeBytes` − `repeated` bytes + `tunnelOverheadBytes` +
/// Σ `notInEdges` bytes; `packets` = `edgePackets` − `repeated` packets + Σ `notInEdges` packets.
public struct SourceRecord: Sendable, Equatable {
  /// Packets and IP bytes that are in no edge, for one reason. Frames without IP have 0 bytes.
  public struct Loss: Sendable, Equatable {
    /// Why, as documented in docs/formats/edges.md.
    public var reason: String
    /// How many packets.
    public var packets: UInt64
    /// Their IP bytes.
    public var bytes: UInt64

    /// That many packets lost for that reason.
    public init(reason: String, packets: UInt64, bytes: UInt64) {
      self.reason = reason
      self.packets = packets
      self.bytes = bytes
    }
  }

  /// Damage that ended or interrupted the reading.
  public struct Damage: Sendable, Equatable {
    /// Byte offset, after decompression unless `inCompressed`.
    public var offset: UInt64
    /// Whether the offset counts bytes of the compressed file.
    public var inCompressed: Bool
    /// What was found there.
    public var reason: String

    /// Damage at that byte.
    public init(offset: UInt64, inCompressed: Bool = false, reason: String) {
      self.offset = offset
      self.inCompressed = inCompressed
      self.reason = reason
    }
  }

  /// The name as given.
  public var name: String
  /// `pcap`, `pcapng`, `snoop`, or `unknown` where nothing could be read.
  public var kind: String
  /// Link types that occurred, by name, sorted.
  public var links: [String] = []
  /// Container records of any kind that hold a packet.
  public var packets: UInt64 = 0
  /// Packets with an IP header.
  public var ipPackets: UInt64 = 0
  /// The outermost IP header's length, one per frame.
  public var ipBytes: UInt64 = 0
  /// Packets that are in edges.
  public var edgePackets: UInt64 = 0
  /// Their bytes.
  public var edgeBytes: UInt64 = 0
  /// Bytes of carriers around what is in edges.
  public var tunnelOverheadBytes: UInt64 = 0
  /// What is in an edge of a carrier and in one of the ends inside: packets, and bytes of those inside.
  public var repeated: (packets: UInt64, bytes: UInt64) {
    get { (repeatedPackets, repeatedBytes) }
    set { (repeatedPackets, repeatedBytes) = newValue }
  }
  private var repeatedPackets: UInt64 = 0
  private var repeatedBytes: UInt64 = 0
  /// What is in no edge, by reason, sorted by reason.
  public var notInEdges: [Loss] = []
  /// Packets counted in another window than their own because it had closed.
  public var late: UInt64 = 0
  /// Packets with an earlier time than the one before them.
  public var timeWentBack: UInt64 = 0
  /// Packets without a time of their own.
  public var noTime: UInt64 = 0
  /// Flows that were forgotten early to stay within a limit of memory, when a packet of this input came.
  public var evictedFlows: UInt64 = 0
  /// Distinct TCP conversations by their outermost ends, without time-outs; nil where they were not counted.
  public var tcpConversations: UInt64?
  /// Distinct UDP conversations by their outermost ends, without time-outs; nil where they were not counted.
  public var udpConversations: UInt64?
  /// How many packets the capture was given by its own account (pcapng statistics), nil where it does not say.
  public var received: UInt64?
  /// How many packets the capture lost by its own account, nil where it does not say.
  public var dropped: UInt64?
  /// What was added to every time of the capture.
  public var clockOffsetNanoseconds: Int64 = 0
  /// Earliest time of a packet, nil without packets.
  public var first: Timestamp?
  /// Latest time of a packet, nil without packets.
  public var last: Timestamp?
  /// Whether the input was read to its end without damage.
  public var complete = true
  /// What was damaged, the first of it; nil if nothing was.
  public var damage: Damage?
  /// How many damaged parts of the container were passed over while reading went on behind them.
  public var skippedBlocks: UInt64 = 0

  /// The record of an input of which nothing has been read.
  public init(name: String, kind: String) {
    self.name = name
    self.kind = kind
  }
}

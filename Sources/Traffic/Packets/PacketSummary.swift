/// What a packet becomes part of.
public enum PacketKind: UInt8, Sendable {
  /// A packet of a flow, ports and flags read where its protocol has them.
  case flow
  /// The first fragment of an IP datagram: a packet of a flow that says which flow the other fragments are of.
  case firstFragment
  /// A later fragment: its ports are those of the first.
  case laterFragment
  /// An IP header that contradicts itself.
  case malformed
  /// A transport header that was not captured as far as its ports: the last kind whose IP length counts.
  case cutTransportHeader
  /// An IP header that was not captured whole: its length says nothing.
  case cutIPHeader
  /// A header of another version or an impossible length where IP is announced: its length says nothing.
  case notIPHeader
  /// A frame without an IP header.
  case nonIP
  /// A link type that is not looked into.
  case unsupportedLink
  /// No packet of its own: what an ICMP error quotes of a packet whose port was refused.
  case quotedAsRefused
  /// No packet of its own: what an ICMP error quotes of a packet that could not be delivered.
  case quotedAsUnreachable
  /// No packet of its own: what the first fragment of a carrier before it carries.
  case carriedByFragment
}

/// Link, network and transport of one packet in one flat value: all that flows are made from. No object is made per packet.
public struct PacketSummary: Sendable {
  /// Nanoseconds since the epoch.
  public var timeNanoseconds: Int64 = 0
  /// Upper and lower half of the sender's address; IPv4 in the low 32 bits.
  public var sourceHigh: UInt64 = 0
  /// Lower half of the sender's address.
  public var sourceLow: UInt64 = 0
  /// Upper half of the receiver's address.
  public var destinationHigh: UInt64 = 0
  /// Lower half of the receiver's address.
  public var destinationLow: UInt64 = 0
  /// Length of the packet as its IP header says: IPv4 total length, IPv6 payload length + 40.
  public var ipByteCount: UInt32 = 0
  /// TCP sequence number.
  public var sequence: UInt32 = 0
  /// IP identification: of a fragment, else 0.
  public var identification: UInt32 = 0
  /// The sender's port; 0 for protocols without.
  public var sourcePort: UInt16 = 0
  /// The receiver's port; 0 for protocols without.
  public var destinationPort: UInt16 = 0
  /// The protocol above IP.
  public var proto: UInt8 = 0
  /// TCP flags (RFC 9293 §3.1); 0 for other protocols.
  public var tcpFlags: UInt8 = 0
  /// ICMP or ICMPv6 type; 255 for other protocols.
  public var icmpType: UInt8 = 255
  /// ICMP or ICMPv6 code.
  public var icmpCode: UInt8 = 0
  /// How long the IP and TCP headers are together, in words of four bytes; 0 for other packets, for fragments and where only the common
  /// headers were read.
  public var headerWordCount: UInt8 = 0
  /// Whether the addresses are IPv6.
  public var isIPv6 = false
  /// What the packet becomes part of.
  public var kind = PacketKind.nonIP
  /// Offset of the bytes after the transport header's start in the frame: where an ICMP error's quoted header is found.
  public var transportOffset: UInt16 = 0
  /// Offset of the IP header in the frame.
  public var networkOffset: UInt16 = 0
  /// The network in the lower 48 bits; above it, for packets that may be carriers, how long the IP header with its extensions is. One word,
  /// so that the packets without either, nearly all, pay for one store.
  @usableFromInline var networkAndHeader: UInt64 = 0

  /// The network in which the addresses mean something, an id of `Overlay`; 0 for none.
  @inlinable
  public var network: UInt64 {
    @inline(__always) get { networkAndHeader & 0xFFFF_FFFF_FFFF }
    @inline(__always) set { networkAndHeader = networkAndHeader & ~0xFFFF_FFFF_FFFF | newValue & 0xFFFF_FFFF_FFFF }
  }

  /// Whether the protocol and the ports are those of a tunnel, so that `carried` may find a packet inside. Never for later fragments.
  @inlinable @inline(__always)
  public var mayBeCarrier: Bool { networkAndHeader >> 48 != 0 }

  /// The summary of a frame of which nothing is known.
  @inlinable
  public init() {}

  /// Whether the packet has an IP header whose length counts.
  @inlinable @inline(__always)
  public var hasIP: Bool { kind.rawValue <= PacketKind.cutTransportHeader.rawValue }
}

/// TCP flags by name (RFC 9293 §3.1).
public enum TCPFlags {
  /// No more data from the sender.
  public static let fin: UInt8 = 0x01
  /// Synchronise sequence numbers.
  public static let syn: UInt8 = 0x02
  /// Reset the connection.
  public static let rst: UInt8 = 0x04
  /// The acknowledgment field is significant.
  public static let ack: UInt8 = 0x10
}

import Packets

/// A packet as its flow sees it: whose it is, and what it changes.
public struct FlowPacket: Sendable {
  /// The seed of all hashes in this process: no traffic can be made to collide, and nothing that is written depends on it.
  public static let seed = UInt64.random(in: .min ... .max)

  /// Nanoseconds since the epoch.
  public var timeNanoseconds: Int64
  /// Which flow it is of.
  public var key: FlowKey
  /// The key's hash under the process's seed.
  public var hash: UInt64
  /// Its IP bytes.
  public var ipByteCount: UInt32
  /// TCP sequence number.
  public var sequence: UInt32
  /// Number of the input it was read from.
  public var source: UInt16
  /// TCP flags; 0 for other protocols.
  public var tcpFlags: UInt8
  /// ICMP or ICMPv6 type; 255 for other protocols.
  public var icmpType: UInt8
  /// ICMP or ICMPv6 code.
  public var icmpCode: UInt8
  /// How long the IP and TCP headers are together, in words of four bytes; 0 where that is not known.
  public var headerWordCount: UInt8
  /// A packet of the flow, or one that an ICMP error quotes.
  public var kind: PacketKind
  /// Whether A sent it.
  public var isFromA: Bool

  /// No packet.
  public init() {
    (timeNanoseconds, key, hash, ipByteCount, sequence, source) = (0, FlowKey(), 0, 0, 0, 0)
    (tcpFlags, icmpType, icmpCode, headerWordCount, kind, isFromA) = (0, 255, 0, 0, .flow, true)
  }

  /// A packet that was read from an input; `seed` is the process's.
  @inlinable @inline(__always)
  public init(_ packet: PacketSummary, source: UInt16, seed: UInt64) {
    isFromA = FlowKey.isFromA(packet)
    key = FlowKey(packet, fromA: isFromA)
    hash = key.hash(seed: seed)
    timeNanoseconds = packet.timeNanoseconds
    ipByteCount = packet.ipByteCount
    sequence = packet.sequence
    tcpFlags = packet.tcpFlags
    icmpType = packet.icmpType
    icmpCode = packet.icmpCode
    headerWordCount = packet.headerWordCount
    kind = packet.kind
    self.source = source
  }
}

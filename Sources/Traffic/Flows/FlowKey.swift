import Packets

/// What makes a flow: the network and the 5-tuple, the same for both directions. End A is the smaller of address and port, B the other.
public struct FlowKey: Sendable, Hashable {
  /// Upper half of A's address.
  public var aHigh: UInt64
  /// Lower half of A's address; IPv4 in the low 32 bits.
  public var aLow: UInt64
  /// Upper half of B's address.
  public var bHigh: UInt64
  /// Lower half of B's address.
  public var bLow: UInt64
  /// A's port, B's port, the protocol and whether the addresses are IPv6, in one word that is compared at once.
  @usableFromInline var endpoints: UInt64
  /// The overlay its addresses belong to, as `Overlay` numbers them; 0 is none.
  public var network: UInt64

  /// No flow's key.
  @inlinable
  public init() { (aHigh, aLow, bHigh, bLow, endpoints, network) = (0, 0, 0, 0, 0, 0) }

  /// The key of a packet's flow, where it is known whether its sender is A.
  @inlinable @inline(__always)
  init(_ packet: PacketSummary, fromA: Bool) {
    aHigh = fromA ? packet.sourceHigh : packet.destinationHigh
    aLow = fromA ? packet.sourceLow : packet.destinationLow
    bHigh = fromA ? packet.destinationHigh : packet.sourceHigh
    bLow = fromA ? packet.destinationLow : packet.sourceLow
    let (aPort, bPort) =
      fromA ? (packet.sourcePort, packet.destinationPort) : (packet.destinationPort, packet.sourcePort)
    endpoints = UInt64(aPort) << 32 | UInt64(bPort) << 16 | UInt64(packet.proto) << 8 | (packet.isIPv6 ? 1 : 0)
    network = packet.network
  }

  /// The key of a packet's flow.
  public init(_ packet: PacketSummary) { self.init(packet, fromA: Self.isFromA(packet)) }

  /// A key of these values.
  public init(
    a: (high: UInt64, low: UInt64, port: UInt16), b: (high: UInt64, low: UInt64, port: UInt16), proto: UInt8, isIPv6: Bool, network: UInt64
  ) {
    (aHigh, aLow, bHigh, bLow) = (a.high, a.low, b.high, b.low)
    endpoints = UInt64(a.port) << 32 | UInt64(b.port) << 16 | UInt64(proto) << 8 | (isIPv6 ? 1 : 0)
    self.network = network
  }

  /// Whether the sender of a packet is end A.
  @inlinable @inline(__always)
  public static func isFromA(_ packet: PacketSummary) -> Bool {
    if packet.sourceHigh != packet.destinationHigh { return packet.sourceHigh < packet.destinationHigh }
    if packet.sourceLow != packet.destinationLow { return packet.sourceLow < packet.destinationLow }
    return packet.sourcePort <= packet.destinationPort
  }

  /// A's port; 0 for protocols without.
  @inlinable
  public var aPort: UInt16 { UInt16(truncatingIfNeeded: endpoints >> 32) }
  /// B's port; 0 for protocols without.
  @inlinable
  public var bPort: UInt16 { UInt16(truncatingIfNeeded: endpoints >> 16) }
  /// The protocol above IP.
  @inlinable @inline(__always)
  public var proto: UInt8 { UInt8(truncatingIfNeeded: endpoints >> 8) }
  /// Whether the addresses are IPv6.
  @inlinable @inline(__always)
  public var isIPv6: Bool { endpoints & 1 != 0 }

  /// Multiply and fold; `seed` keeps collisions from being made on purpose.
  @inlinable @inline(__always)
  public func hash(seed: UInt64) -> UInt64 {
    func fold(_ x: UInt64, _ y: UInt64) -> UInt64 {
      let (high, low) = x.multipliedFullWidth(by: y)
      return high ^ low
    }
    var value = fold(aLow ^ seed, bLow ^ 0x9E37_79B9_7F4A_7C15)
    // IPv4 addresses have no upper half.
    if isIPv6 { value ^= fold(aHigh ^ 0xBF58_476D_1CE4_E5B9, bHigh ^ seed ^ 0x94D0_49BB_1331_11EB) }
    return fold(value ^ endpoints ^ network &* 0x2545_F491_4F6C_DD1D, seed ^ 0xD6E8_FEB8_6659_FD93)
  }

  /// Takes all of the key in.
  public func hash(into hasher: inout Hasher) { hasher.combine(hash(seed: FlowPacket.seed)) }

  @inlinable @inline(__always)
  public static func == (a: FlowKey, b: FlowKey) -> Bool {
    let addresses = (a.aLow ^ b.aLow) | (a.bLow ^ b.bLow) | (a.aHigh ^ b.aHigh) | (a.bHigh ^ b.bHigh)
    return addresses | (a.endpoints ^ b.endpoints) | (a.network ^ b.network) == 0
  }
}

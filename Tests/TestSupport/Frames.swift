import Interchange

/// Frames and their headers, each function around a payload. Check sums are left 0: nobody here reads them.
public enum Frames {
  // MARK: link headers

  /// Ethernet with the given type.
  public static func ethernet(_ type: UInt16, _ payload: [UInt8]) -> [UInt8] {
    [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1] + network { $0.number(type) } + payload
  }

  /// Ethernet around an IP packet, its type told from the version.
  public static func ethernet(_ packet: [UInt8]) -> [UInt8] { ethernet(etherType(packet), packet) }

  /// The Ethernet type of an IP packet.
  public static func etherType(_ packet: [UInt8]) -> UInt16 { (packet.first ?? 0) >> 4 == 6 ? 0x86DD : 0x0800 }

  /// Tags of four bytes (802.1Q and its relatives) between an Ethernet header's addresses and an IP packet, outermost first.
  public static func tagged(_ types: [UInt16], _ packet: [UInt8]) -> [UInt8] {
    var inner = network { $0.number(etherType(packet)) } + packet
    for (depth, type) in types.enumerated().reversed() {
      inner = network { $0.number(type) } + [0, UInt8(truncatingIfNeeded: depth + 1)] + inner
    }
    return [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1] + inner
  }

  /// An 802.3 frame with LLC and SNAP.
  public static func snap(_ packet: [UInt8]) -> [UInt8] {
    ethernet(UInt16(packet.count + 8), [0xAA, 0xAA, 3, 0, 0, 0] + network { $0.number(etherType(packet)) } + packet)
  }

  /// MPLS labels, the last with the bottom-of-stack bit.
  public static func mpls(_ count: Int, _ payload: [UInt8]) -> [UInt8] {
    (1...count).flatMap { [0, UInt8(truncatingIfNeeded: $0), $0 == count ? 0x01 : 0x00, 64] as [UInt8] } + payload
  }

  /// A PPPoE session header and PPP protocol.
  public static func pppoe(_ packet: [UInt8]) -> [UInt8] {
    [0x11, 0, 0, 1] + network { $0.number(UInt16(packet.count + 2)) } + [0, etherType(packet) == 0x86DD ? 0x57 : 0x21] + packet
  }

  /// Provider backbone bridging: I-TAG, the customer's addresses and type.
  public static func backbone(_ packet: [UInt8]) -> [UInt8] {
    ethernet(0x88E7, [0, 0, 0, 9] + [UInt8](repeating: 4, count: 12) + network { $0.number(etherType(packet)) } + packet)
  }

  /// Linux "cooked" v1.
  public static func cooked(_ packet: [UInt8]) -> [UInt8] {
    [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0] + network { $0.number(etherType(packet)) } + packet
  }

  /// Linux "cooked" v2.
  public static func cooked2(_ packet: [UInt8]) -> [UInt8] {
    network { $0.number(etherType(packet)) } + [0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0] + packet
  }

  /// A protocol family in four bytes, as BSD loopbacks write it.
  public static func family(_ number: UInt32, bigEndian: Bool, _ packet: [UInt8]) -> [UInt8] {
    var bytes = NetworkBytes(bigEndian: bigEndian)
    bytes.number(number)
    return bytes.bytes + packet
  }

  // MARK: network headers

  /// Where a fragment lies in its datagram; `offset` counts units of eight bytes.
  public struct Fragment: Sendable {
    var identification: UInt32
    var offset: UInt16
    var more: Bool

    /// A fragment of the datagram of that identification.
    public init(of identification: UInt32, offset: UInt16, more: Bool) {
      self.identification = identification
      self.offset = offset
      self.more = more
    }
  }

  /// An IPv4 packet; `totalLength` overrides the true one, `options` are filled up to words.
  public static func ipv4(
    _ source: String, _ destination: String, _ proto: UInt8, _ payload: [UInt8], options: [UInt8] = [], fragment: Fragment? = nil,
    totalLength: UInt16? = nil
  ) -> [UInt8] {
    network { packet in
      let padded = options + [UInt8](repeating: 1, count: (4 - options.count % 4) % 4)
      packet.raw([0x40 | UInt8(5 + padded.count / 4), 0])
      packet.number(totalLength ?? UInt16(truncatingIfNeeded: 20 + padded.count + payload.count))
      packet.number(UInt16(truncatingIfNeeded: fragment?.identification ?? 0))
      packet.number((fragment?.offset ?? 0) | (fragment?.more == true ? 0x2000 : 0))
      packet.raw([64, proto, 0, 0])
      packet.raw(address(source))
      packet.raw(address(destination))
      packet.raw(padded + payload)
    }
  }

  /// An IPv6 packet. `extensions` are header numbers of eight bytes each that stand before the payload, the fragment header (44) among them.
  public static func ipv6(
    _ source: String, _ destination: String, _ proto: UInt8, _ payload: [UInt8], extensions: [UInt8] = [], fragment: Fragment? = nil,
    payloadLength: UInt16? = nil
  ) -> [UInt8] {
    let headers = extensions + (fragment == nil ? [] : [44])
    var chain: [UInt8] = []
    for (place, header) in headers.enumerated() {
      let next = place + 1 < headers.count ? headers[place + 1] : proto
      if header == 44, let fragment {
        chain +=
          [next, 0] + network { $0.number(fragment.offset << 3 | (fragment.more ? 1 : 0)) } + network { $0.number(fragment.identification) }
      } else {
        // The authentication header counts words less two, the others units of eight bytes less one.
        chain += [next, 0, 0, 0, 0, 0, 0, 0]
      }
    }
    return network { packet in
      packet.number(UInt32(0x6000_0000))
      packet.number(payloadLength ?? UInt16(truncatingIfNeeded: chain.count + payload.count))
      packet.raw([headers.first ?? proto, 64])
      packet.raw(address(source))
      packet.raw(address(destination))
      packet.raw(chain + payload)
    }
  }

  /// An IP packet of the version of its addresses.
  public static func ip(_ source: String, _ destination: String, _ proto: UInt8, _ payload: [UInt8], fragment: Fragment? = nil) -> [UInt8] {
    source.contains(":")
      ? ipv6(source, destination, proto, payload, fragment: fragment) : ipv4(source, destination, proto, payload, fragment: fragment)
  }

  /// The bytes of an address; an address that is none becomes that of nobody.
  public static func address(_ text: String) -> [UInt8] {
    guard let address = IPAddress(text) else { return [0, 0, 0, 0] }
    guard address.isIPv6 else { return network { $0.number(UInt32(truncatingIfNeeded: address.low)) } }
    return network { bytes in
      bytes.number(address.high)
      bytes.number(address.low)
    }
  }

  // MARK: transport headers

  /// A TCP header of 20 bytes and a payload of zeros.
  public static func tcp(_ source: UInt16, _ destination: UInt16, flags: UInt8, sequence: UInt32 = 0, payload: Int = 0) -> [UInt8] {
    network { header in
      header.number(source)
      header.number(destination)
      header.number(sequence)
      header.number(UInt32(0))
      header.raw([0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0])
      header.raw([UInt8](repeating: 0, count: payload))
    }
  }

  /// A UDP header and a payload of zeros.
  public static func udp(_ source: UInt16, _ destination: UInt16, payload: Int = 0) -> [UInt8] {
    network { header in
      header.number(source)
      header.number(destination)
      header.number(UInt16(truncatingIfNeeded: 8 + payload))
      header.number(UInt16(0))
      header.raw([UInt8](repeating: 0, count: payload))
    }
  }

  /// An SCTP common header.
  public static func sctp(_ source: UInt16, _ destination: UInt16) -> [UInt8] {
    network { header in
      header.number(source)
      header.number(destination)
      header.number(UInt64(0))
    }
  }

  /// An ICMP or ICMPv6 message: type, code, four bytes, and what it carries.
  public static func icmp(_ type: UInt8, code: UInt8 = 0, _ payload: [UInt8] = []) -> [UInt8] { [type, code, 0, 0, 0, 0, 0, 0] + payload }
}

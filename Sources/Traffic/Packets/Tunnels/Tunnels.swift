/// What a tunnel's header leads to.
struct TunnelPayload {
  /// Where the packet inside begins and what it is.
  var start: NetworkStart
  /// The overlay that the header names; 0 for none.
  var network: UInt64 = 0
  /// The header has next to nothing that random bytes would not have: the packet inside must fill the room to the byte.
  var mustFill = false
  /// The packet inside was cut by the tunnel, so that its length may reach beyond.
  var isCut = false
}

/// Reads the headers of tunnels: each function gives what lies behind the header at an offset, nil where it is none of that tunnel's.
///
/// The bytes end where the carrier's IP header says, or earlier where the capture does.
enum Tunnels {
  /// What a packet carries, by its protocol and ports.
  static func payload(of carrier: PacketSummary, in bytes: Span<UInt8>) -> TunnelPayload? {
    let offset = Int(carrier.transportOffset)
    switch carrier.proto {
    // IP in IP (RFC 2003), KA9Q's number for it.
    case 4, 94: return TunnelPayload(start: NetworkStart(offset: offset, found: .ipv4))
    // RFC 2473, RFC 4213.
    case 41: return TunnelPayload(start: NetworkStart(offset: offset, found: .ipv6))
    case 47: return gre(bytes, at: offset)
    case 97: return etherIP(bytes, at: offset)
    case 115: return l2tpSession(bytes, at: offset)
    case 137: return TunnelPayload(start: LinkHeaders.afterType(bytes, 0x8847, at: offset))
    case 17:
      guard let port = TunnelPort(source: carrier.sourcePort, destination: carrier.destinationPort) else { return nil }
      return payload(port, bytes, at: offset + 8)
    default: return nil
    }
  }

  private static func payload(_ port: TunnelPort, _ bytes: Span<UInt8>, at offset: Int) -> TunnelPayload? {
    switch port {
    case .l2tp: return l2tp(bytes, at: offset)
    case .gtpUser: return gtpUser(bytes, at: offset)
    case .teredo: return teredo(bytes, at: offset)
    case .lisp: return lisp(bytes, at: offset)
    case .greInUDP: return gre(bytes, at: offset)
    case .vxlan, .vxlanLinux: return vxlan(bytes, at: offset)
    case .vxlanGPE: return vxlanGPE(bytes, at: offset)
    case .ayiya: return ayiya(bytes, at: offset)
    case .capwapData: return capwapData(bytes, at: offset)
    case .geneve: return geneve(bytes, at: offset)
    // RFC 7510. A label stack is four bytes of anything.
    case .mplsInUDP: return TunnelPayload(start: LinkHeaders.afterType(bytes, 0x8847, at: offset), mustFill: true)
    case .tzsp: return tzsp(bytes, at: offset)
    }
  }

  /// Ethernet in IP (RFC 3378): version 3 and twelve zero bits.
  private static func etherIP(_ bytes: Span<UInt8>, at offset: Int) -> TunnelPayload? {
    guard bytes.count >= offset + 2, bytes[offset] == 0x30, bytes[offset + 1] == 0 else { return nil }
    return TunnelPayload(start: LinkHeaders.ethernet(bytes, at: offset + 2))
  }

  /// LISP data (RFC 9300 §5.3): flags, nonce or map version, locator bits; the two bits for encryption (RFC 8061) are 0 in what can be read.
  private static func lisp(_ bytes: Span<UInt8>, at offset: Int) -> TunnelPayload? {
    guard bytes.count > offset + 8, bytes[offset] & 0x03 == 0 else { return nil }
    return TunnelPayload(start: NetworkStart(byVersionOf: bytes, at: offset + 8), mustFill: true)
  }
}

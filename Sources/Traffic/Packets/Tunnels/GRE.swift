import ByteReading

/// Generic routing encapsulation and what vendors made of it.
extension Tunnels {
  /// The fields that a GRE header may have, by its first sixteen bits (RFC 2784 §2, RFC 2890 §2, RFC 2637 §4.1).
  private struct Flags {
    var bits: UInt16
    var hasChecksum: Bool { bits & 0x8000 != 0 }
    var hasRouting: Bool { bits & 0x4000 != 0 }
    var hasKey: Bool { bits & 0x2000 != 0 }
    var hasSequence: Bool { bits & 0x1000 != 0 }
    var hasAcknowledgment: Bool { bits & 0x0080 != 0 }
    var version: UInt16 { bits & 7 }
  }

  /// GRE. Routed headers (RFC 1701) are refused: nobody has sent them for thirty years.
  static func gre(_ bytes: Span<UInt8>, at start: Int) -> TunnelPayload? {
    guard bytes.count >= start + 4 else { return nil }
    let flags = Flags(bits: bytes.bigEndian16(at: start))
    let type = bytes.bigEndian16(at: start + 2)
    if flags.version == 1 { return enhancedGRE(bytes, at: start, flags, type) }
    guard flags.version == 0, !flags.hasRouting else { return nil }
    var offset = start + (flags.hasChecksum ? 8 : 4)
    var network: UInt64 = 0
    if flags.hasKey {
      guard bytes.count >= offset + 4 else { return nil }
      network = overlay(ofKey: bytes.bigEndian32(at: offset), type: type)
      offset += 4
    }
    if flags.hasSequence { offset += 4 }
    switch type {
    // ERSPAN: the first kind has no header of its own and no sequence number.
    case 0x88BE where flags.hasSequence: return erspan2(bytes, at: offset)
    case 0x88BE: return TunnelPayload(start: LinkHeaders.ethernet(bytes, at: offset))
    case 0x22EB: return erspan3(bytes, at: offset)
    // WCCP: version 2 puts a redirect header before the packet.
    case 0x883E:
      guard bytes.count > offset else { return nil }
      let packet = bytes[offset] >> 4 == 4 ? offset : offset + 4
      return TunnelPayload(start: NetworkStart(offset: packet, found: .ipv4), network: network)
    default: return TunnelPayload(start: LinkHeaders.afterType(bytes, type, at: offset), network: network)
    }
  }

  /// NVGRE (RFC 7637 §3.2) has a key of a 24-bit virtual subnet and a flow id; subnets below 0x1000 are reserved, which tells it from GRE.
  private static func overlay(ofKey key: UInt32, type: UInt16) -> UInt64 {
    type == 0x6558 && key >> 8 >= 0x1000 ? Overlay.network(Overlay.vni, key >> 8) : Overlay.network(Overlay.gre, key)
  }

  /// Version 1: PPP of PPTP (RFC 2637 §4.1), and MikroTik's Ethernet over IP, whose key is a length and the tunnel's number.
  private static func enhancedGRE(_ bytes: Span<UInt8>, at start: Int, _ flags: Flags, _ type: UInt16) -> TunnelPayload? {
    guard bytes.count >= start + 8, flags.hasKey, !flags.hasChecksum, !flags.hasRouting else { return nil }
    switch type {
    // Without a sequence number it is an acknowledgment without a packet.
    case 0x880B where flags.hasSequence:
      return TunnelPayload(start: LinkHeaders.ppp(bytes, at: start + (flags.hasAcknowledgment ? 16 : 12)))
    case 0x6400 where flags.bits == 0x2001:
      let number = UInt32(bytes[start + 6]) | UInt32(bytes[start + 7]) << 8
      return TunnelPayload(start: LinkHeaders.ethernet(bytes, at: start + 8), network: Overlay.network(Overlay.gre, number))
    default: return nil
    }
  }

  /// ERSPAN type II: version 1, eight bytes, the mirrored frame; a bit says that it was cut.
  private static func erspan2(_ bytes: Span<UInt8>, at offset: Int) -> TunnelPayload? {
    guard bytes.count >= offset + 8, bytes[offset] >> 4 == 1 else { return nil }
    return TunnelPayload(start: LinkHeaders.ethernet(bytes, at: offset + 8), isCut: bytes[offset + 2] & 0x04 != 0)
  }

  /// ERSPAN type III: version 2, twelve bytes, eight more where the last bit says so; the frame's kind is Ethernet (0) or IP (2).
  private static func erspan3(_ bytes: Span<UInt8>, at offset: Int) -> TunnelPayload? {
    guard bytes.count >= offset + 12, bytes[offset] >> 4 == 2 else { return nil }
    let frame = offset + (bytes[offset + 11] & 1 != 0 ? 20 : 12)
    let isCut = bytes[offset + 2] & 0x04 != 0
    switch bytes.bigEndian16(at: offset + 10) >> 10 & 0x1F {
    case 0: return TunnelPayload(start: LinkHeaders.ethernet(bytes, at: frame), isCut: isCut)
    case 2: return TunnelPayload(start: NetworkStart(byVersionOf: bytes, at: frame), isCut: isCut)
    default: return nil
    }
  }
}

import ByteReading

/// Overlays of data centres: eight bytes or more with a virtual network identifier.
extension Tunnels {
  /// VXLAN (RFC 7348 §5): the flag that the identifier is valid must be set; reserved bits, which extensions use, may be.
  static func vxlan(_ bytes: Span<UInt8>, at offset: Int) -> TunnelPayload? {
    guard bytes.count >= offset + 8, bytes[offset] & 0x08 != 0 else { return nil }
    return TunnelPayload(start: LinkHeaders.ethernet(bytes, at: offset + 8), network: identifier(bytes, at: offset))
  }

  /// VXLAN with a next protocol (draft-ietf-nvo3-vxlan-gpe); without its flag it is Ethernet.
  static func vxlanGPE(_ bytes: Span<UInt8>, at offset: Int) -> TunnelPayload? {
    guard bytes.count >= offset + 8, bytes[offset] & 0x08 != 0 else { return nil }
    guard bytes[offset] & 0x04 != 0 else { return vxlan(bytes, at: offset) }
    let type: UInt16
    switch bytes[offset + 3] {
    case 1: type = 0x0800
    case 2: type = 0x86DD
    case 3: type = 0x6558
    case 4: type = 0x894F
    case 5: type = 0x8847
    default: return nil
    }
    return TunnelPayload(start: LinkHeaders.afterType(bytes, type, at: offset + 8), network: identifier(bytes, at: offset))
  }

  /// GENEVE (RFC 8926 §3.4): version 0, options in words, an Ethernet type.
  static func geneve(_ bytes: Span<UInt8>, at offset: Int) -> TunnelPayload? {
    guard bytes.count >= offset + 8, bytes[offset] >> 6 == 0 else { return nil }
    let packet = offset + 8 + Int(bytes[offset] & 0x3F) * 4
    let type = bytes.bigEndian16(at: offset + 2)
    guard type >= 0x0600 else { return nil }
    return TunnelPayload(start: LinkHeaders.afterType(bytes, type, at: packet), network: identifier(bytes, at: offset))
  }

  private static func identifier(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
    Overlay.network(Overlay.vni, bytes.bigEndian32(at: offset + 4) >> 8)
  }
}

import ByteReading

/// The layer two tunnelling protocol.
extension Tunnels {
  /// L2TP over UDP: data messages of version 2 (RFC 2661 §3.1) with PPP, of version 3 (RFC 3931 §4.1.2) with a session.
  static func l2tp(_ bytes: Span<UInt8>, at start: Int) -> TunnelPayload? {
    guard bytes.count >= start + 6 else { return nil }
    let flags = bytes.bigEndian16(at: start)
    let isControl = flags & 0x8000 != 0
    guard !isControl else { return nil }
    if flags & 15 == 3 { return l2tpSession(bytes, at: start + 4) }
    // Reserved bits are 0.
    guard flags & 0x34FF == 0x0002 else { return nil }
    var offset = start + 6
    if flags & 0x4000 != 0 { offset += 2 }
    if flags & 0x0800 != 0 { offset += 4 }
    if flags & 0x0200 != 0 {
      guard bytes.count >= offset + 2 else { return nil }
      offset += 2 + Int(bytes.bigEndian16(at: offset))
    }
    return TunnelPayload(start: LinkHeaders.ppp(bytes, at: offset))
  }

  /// A session of L2TP version 3 (RFC 3931 §4.1.1): whether a cookie of 4 or 8 bytes and a sublayer of 4 stand before the frame was agreed on
  /// elsewhere. So Ethernet with IP is looked for at each place, and believed only where the packet fills the room.
  static func l2tpSession(_ bytes: Span<UInt8>, at start: Int) -> TunnelPayload? {
    // Session 0 is control.
    guard bytes.count >= start + 4, bytes.bigEndian32(at: start) != 0 else { return nil }
    for offset in [4, 8, 12, 16] {
      let payload = TunnelPayload(start: LinkHeaders.ethernet(bytes, at: start + offset), mustFill: true)
      guard payload.start.found == .ipv4 || payload.start.found == .ipv6, bytes.count > payload.start.offset else { continue }
      if bytes[payload.start.offset] >> 4 == (payload.start.found == .ipv4 ? 4 : 6) { return payload }
    }
    return nil
  }
}

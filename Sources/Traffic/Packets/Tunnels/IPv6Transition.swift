import ByteReading

/// IPv6 over UDP, to hosts behind address translators.
extension Tunnels {
  /// Teredo (RFC 4380 §5.1.1): authentication and origin before the packet, both optional. One of the addresses is Teredo's (2001::/32, before
  /// 2006 3FFE:831F::/32) or local to the link, as between host and server.
  static func teredo(_ bytes: Span<UInt8>, at start: Int) -> TunnelPayload? {
    var offset = start
    guard bytes.count >= offset + 4 else { return nil }
    if bytes.bigEndian16(at: offset) == 1 { offset += 13 + Int(bytes[offset + 2]) + Int(bytes[offset + 3]) }
    guard bytes.count >= offset + 2 else { return nil }
    if bytes.bigEndian16(at: offset) == 0 { offset += 8 }
    guard bytes.count >= offset + 40, isOfTeredo(bytes, at: offset + 8) || isOfTeredo(bytes, at: offset + 24) else { return nil }
    return TunnelPayload(start: NetworkStart(offset: offset, found: .ipv6))
  }

  private static func isOfTeredo(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
    let prefix = bytes.bigEndian32(at: offset)
    return prefix == 0x2001_0000 || prefix == 0x3FFE_831F || prefix >> 22 == 0xFE80 >> 6
  }

  /// AYIYA (draft-massar-v6ops-ayiya-02 §3): an identity of a power of two, a signature in words, operation 1 forwards a packet.
  static func ayiya(_ bytes: Span<UInt8>, at start: Int) -> TunnelPayload? {
    guard bytes.count >= start + 8, bytes[start + 2] & 0x0F == 1 else { return nil }
    let identityByteCount = 1 << Int(bytes[start] >> 4)
    let signatureByteCount = Int(bytes[start + 1] >> 4) * 4
    let offset = start + 8 + identityByteCount + signatureByteCount
    switch bytes[start + 3] {
    case 4: return TunnelPayload(start: NetworkStart(offset: offset, found: .ipv4))
    case 41: return TunnelPayload(start: NetworkStart(offset: offset, found: .ipv6))
    default: return nil
    }
  }
}

import ByteReading

extension Tunnels {
  /// GTP version 1, user plane (3GPP TS 29.281 §5): G-PDUs, their extension headers, and IP by its version.
  ///
  /// The tunnel endpoint id names a subscriber's bearer and no network.
  static func gtpUser(_ bytes: Span<UInt8>, at start: Int) -> TunnelPayload? {
    guard bytes.count >= start + 8, bytes[start] >> 4 == 3, bytes[start] & 0x08 == 0, bytes[start + 1] == 0xFF else { return nil }
    var offset = start + 8
    if bytes[start] & 7 != 0 {
      guard bytes.count >= start + 12 else { return nil }
      var next = bytes[start] & 4 != 0 ? bytes[start + 11] : 0
      offset += 4
      var depth = 0
      while next != 0 {
        depth += 1
        guard depth <= LinkHeaders.depthMax, bytes.count > offset else { return nil }
        let byteCount = Int(bytes[offset]) * 4
        guard byteCount > 0, bytes.count >= offset + byteCount else { return nil }
        offset += byteCount
        next = bytes[offset - 1]
      }
    }
    return TunnelPayload(start: NetworkStart(byVersionOf: bytes, at: offset))
  }
}

import ByteReading

/// Tunnels between access points and what controls or captures them.
extension Tunnels {
  /// CAPWAP data (RFC 5415 §4.3): 802.11 frames where the header says so, else Ethernet. Keep-alives, encrypted packets and later fragments
  /// have nothing to read.
  static func capwapData(_ bytes: Span<UInt8>, at start: Int) -> TunnelPayload? {
    guard bytes.count >= start + 8, bytes[start] == 0 else { return nil }
    let headerByteCount = Int(bytes[start + 1] >> 3) * 4
    let binding = bytes[start + 2] >> 1 & 0x1F
    let isNative = bytes[start + 2] & 1 != 0
    let isFragment = bytes[start + 3] & 0x80 != 0
    let isKeepAlive = bytes[start + 3] & 0x08 != 0
    let isLater = bytes.bigEndian16(at: start + 6) >> 3 != 0
    let offset = start + headerByteCount
    guard headerByteCount >= 8, !isKeepAlive, !(isFragment && isLater), bytes.count >= offset + 2 else { return nil }
    guard isNative else { return TunnelPayload(start: LinkHeaders.ethernet(bytes, at: offset), isCut: isFragment) }
    guard binding <= 1 else { return nil }
    // Some makers write the frame control's second byte first.
    let isSwapped = bytes[offset] & 0x0F != 0x08 && bytes[offset + 1] & 0x0F == 0x08
    let (control, flags) = isSwapped ? (bytes[offset + 1], bytes[offset]) : (bytes[offset], bytes[offset + 1])
    let start = LinkHeaders.wireless(bytes, at: offset, control: control, flags: flags, isPadded: false)
    return TunnelPayload(start: start, isCut: isFragment)
  }

  /// TZSP: captured frames, received or to be sent, behind a list of tagged fields.
  static func tzsp(_ bytes: Span<UInt8>, at start: Int) -> TunnelPayload? {
    guard bytes.count >= start + 5, bytes[start] == 1, bytes[start + 1] <= 1 else { return nil }
    var offset = start + 4
    var depth = 0
    while bytes[offset] != 1 {
      let isPadding = bytes[offset] == 0
      if !isPadding {
        guard bytes.count > offset + 1 else { return nil }
        offset += 1 + Int(bytes[offset + 1])
      }
      offset += 1
      depth += 1
      guard depth < 64, bytes.count > offset else { return nil }
    }
    offset += 1
    switch bytes.bigEndian16(at: start + 2) {
    case 1: return TunnelPayload(start: LinkHeaders.ethernet(bytes, at: offset))
    case 18: return TunnelPayload(start: LinkHeaders.wireless(bytes, at: offset))
    default: return nil
    }
  }
}

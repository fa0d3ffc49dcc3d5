import ByteReading

/// Links between two ends: PPP, HDLC, frame relay, SLIP.
extension LinkHeaders {
  /// A PPPoE session header (RFC 2516 §4).
  static func pppoe(_ frame: Span<UInt8>, at offset: Int) -> NetworkStart {
    guard frame.count >= offset + 6 else { return .cut(frame) }
    return ppp(frame, at: offset + 6)
  }

  /// A PPP header (RFC 1661 §2), with or without address and control (RFC 1662 §3.1), the protocol in one or two bytes.
  static func ppp(_ frame: Span<UInt8>, at start: Int) -> NetworkStart {
    var offset = start
    if frame.count >= offset + 2, frame[offset] == 0xFF, frame[offset + 1] == 3 { offset += 2 }
    guard frame.count > offset else { return .cut(frame) }
    let proto: UInt16
    if frame[offset] & 1 == 1 {
      proto = UInt16(frame[offset])
      offset += 1
    } else {
      guard frame.count >= offset + 2 else { return .cut(frame) }
      proto = frame.bigEndian16(at: offset)
      offset += 2
    }
    switch proto {
    case 0x0021: return NetworkStart(offset: offset, found: .ipv4)
    case 0x0057: return NetworkStart(offset: offset, found: .ipv6)
    case 0x0281: return mpls(frame, at: offset)
    default: return NetworkStart(offset: offset, found: .other)
    }
  }

  /// PPP, or Cisco's HDLC (RFC 1547 §4.3.1), which share link types and differ in the address.
  static func pppOrHDLC(_ frame: Span<UInt8>, at offset: Int) -> NetworkStart {
    guard frame.count >= offset + 4 else { return ppp(frame, at: offset) }
    let isHDLC = (frame[offset] == 0x0F || frame[offset] == 0x8F) && frame[offset + 1] == 0
    return isHDLC ? hdlc(frame, at: offset) : ppp(frame, at: offset)
  }

  /// Cisco's HDLC: address, control, an Ethernet type.
  static func hdlc(_ frame: Span<UInt8>, at offset: Int) -> NetworkStart {
    guard frame.count >= offset + 4 else { return .cut(frame) }
    return afterType(frame, frame.bigEndian16(at: offset + 2), at: offset + 4)
  }

  /// Frame relay: an address of two to four bytes (Q.922), then a protocol as RFC 2427 has it or an Ethernet type as Cisco has it.
  static func frameRelay(_ frame: Span<UInt8>, at start: Int) -> NetworkStart {
    guard frame.count >= start + 5 else { return .cut(frame) }
    var offset = start
    while offset < start + 3, frame[offset] & 1 == 0 { offset += 1 }
    offset += 1
    guard offset >= start + 2, frame[offset - 1] & 1 == 1, frame.count >= offset + 3 else {
      return NetworkStart(offset: offset, found: .other)
    }
    guard frame[offset] == 3 else {
      let type = frame.bigEndian16(at: offset)
      return type < 0x0600 ? NetworkStart(offset: offset, found: .other) : afterType(frame, type, at: offset + 2)
    }
    return networkLayerID(frame, at: frame[offset + 1] == 0 ? offset + 2 : offset + 1)
  }

  /// Frame relay over several links (FRF.16): control frames have no packet, later fragments no header.
  static func multilinkFrameRelay(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count >= 2 else { return .cut(frame) }
    let isBeginning = frame[0] & 0x80 != 0
    let isControl = frame[0] & 0x20 != 0
    return isBeginning && !isControl ? frameRelay(frame, at: 2) : NetworkStart(offset: 2, found: .other)
  }

  /// A network layer protocol id (RFC 2427 §3, ISO/IEC TR 9577).
  static func networkLayerID(_ frame: Span<UInt8>, at offset: Int) -> NetworkStart {
    guard frame.count > offset else { return .cut(frame) }
    switch frame[offset] {
    case 0xCC: return NetworkStart(offset: offset + 1, found: .ipv4)
    case 0x8E: return NetworkStart(offset: offset + 1, found: .ipv6)
    case 0xCF: return ppp(frame, at: offset + 1)
    case 0x80: return subnetworkAccess(frame, at: offset + 1, bridgePadByteCount: 0)
    default: return NetworkStart(offset: offset, found: .other)
    }
  }

  /// An organisation and its protocol: none with an Ethernet type, or 802.1 with a bridged Ethernet frame (RFC 2427 §4.2, RFC 2684 §5.2).
  static func subnetworkAccess(_ frame: Span<UInt8>, at offset: Int, bridgePadByteCount: Int) -> NetworkStart {
    guard frame.count >= offset + 5 else { return .cut(frame) }
    let organisation = UInt32(frame.bigEndian16(at: offset)) << 8 | UInt32(frame[offset + 2])
    let type = frame.bigEndian16(at: offset + 3)
    switch (organisation, type) {
    case (0, 0x0600...): return afterType(frame, type, at: offset + 5)
    case (0x0080C2, 1), (0x0080C2, 7): return ethernet(frame, at: offset + 5 + bridgePadByteCount)
    default: return NetworkStart(offset: offset, found: .other)
    }
  }

  /// SLIP as libpcap writes it: a direction and fifteen bytes of which the first tells packets whose header was compressed (RFC 1144).
  static func slip(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count > 16 else { return .cut(frame) }
    return frame[0] <= 1 && frame[1] >> 4 == 4
      ? NetworkStart(byVersionOf: frame, at: 16) : NetworkStart(offset: 16, found: .other)
  }
}

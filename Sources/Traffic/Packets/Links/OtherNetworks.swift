import ByteReading

/// Rings, cells and cable modems: networks with LLC or Ethernet behind a header of their own.
extension LinkHeaders {
  /// Token ring (802.5): a source route of up to 30 bytes where the sender's first bit says so.
  static func tokenRing(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count >= 15 else { return .cut(frame) }
    guard frame[1] >> 6 == 1 else { return NetworkStart(offset: 0, found: .other) }
    let routeByteCount = frame[8] & 0x80 != 0 ? Int(frame[14] & 0x1F) : 0
    return afterType(frame, 0, at: 14 + routeByteCount)
  }

  /// FDDI (ISO 9314-2): frame control and addresses; synchronous and asynchronous LLC frames.
  static func fddi(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count >= 13 else { return .cut(frame) }
    return frame[0] & 0x70 == 0x50 ? afterType(frame, 0, at: 13) : NetworkStart(offset: 0, found: .other)
  }

  /// A packet in AAL5 (RFC 2684 §5): LLC with SNAP, IP or a network layer protocol id.
  static func atm(_ frame: Span<UInt8>, at offset: Int) -> NetworkStart {
    guard frame.count >= offset + 4 else { return .cut(frame) }
    switch frame.bigEndian32(at: offset) >> 8 {
    case 0xAAAA03: return subnetworkAccess(frame, at: offset + 3, bridgePadByteCount: 2)
    case 0xFEFE03: return networkLayerID(frame, at: offset + 3)
    default: return afterType(frame, 0, at: offset)
    }
  }

  /// SunATM: flags, path and channel; LAN emulation (1) is Ethernet behind two bytes, LLC (2) as RFC 2684 has it.
  static func sunATM(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count >= 4 else { return .cut(frame) }
    switch frame[0] & 0x0F {
    case 1: return ethernet(frame, at: 6)
    case 2: return atm(frame, at: 4)
    default: return NetworkStart(offset: 4, found: .other)
    }
  }

  /// DOCSIS: a packet with a header of six bytes and its extension, where it is not encrypted (extension elements 3 and 4: baseline privacy).
  static func docsis(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count >= 7 else { return .cut(frame) }
    let isPacket = frame[0] & 0xFE == 0
    let hasExtension = frame[0] & 1 != 0
    let isEncrypted = hasExtension && [3, 4].contains(frame[4] >> 4)
    guard isPacket, !isEncrypted else { return NetworkStart(offset: 0, found: .other) }
    return ethernet(frame, at: hasExtension ? 6 + Int(frame[1]) : 6)
  }
}

import ByteReading

/// Headers that capturing systems put before a frame or a packet.
extension LinkHeaders {
  static func ofPseudoHeader(_ frame: Span<UInt8>, link: UInt16) -> NetworkStart {
    switch link {
    case LinkType.ppi:
      // Version, flags, length and link type, little-endian.
      guard frame.count >= 8 else { return .cut(frame) }
      return wrapped(frame, at: UInt32(frame[2]) | UInt32(frame[3]) << 8, atLeast: 8, link: frame.littleEndian32(at: 4))
    case LinkType.pktap:
      // Length, kind of record (1 is a packet) and link type, little-endian.
      guard frame.count >= 12 else { return .cut(frame) }
      guard frame.littleEndian32(at: 4) == 1 else { return NetworkStart(offset: 0, found: .other) }
      return wrapped(frame, at: frame.littleEndian32(at: 0), atLeast: 12, link: frame.littleEndian32(at: 8))
    case LinkType.nflog: return nflog(frame)
    case LinkType.pflog:
      // Length without its padding, protocol family.
      guard frame.count >= 4 else { return .cut(frame) }
      let offset = (Int(frame[0]) + 3) & ~3
      guard offset >= 20 else { return NetworkStart(offset: 0, found: .other) }
      return ofFamily(UInt32(frame[1]), at: offset) ?? NetworkStart(offset: offset, found: .other)
    case LinkType.enc: return family(frame, at: 0, headerByteCount: 12)
    case LinkType.ipnet:
      // Version, protocol family as Solaris numbers it.
      guard frame.count >= 24 else { return .cut(frame) }
      let found: NetworkStart.Found = frame[1] == 2 ? .ipv4 : frame[1] == 26 ? .ipv6 : .other
      return NetworkStart(offset: 24, found: found)
    case LinkType.erf: return erf(frame)
    default: return NetworkStart(offset: 0, found: .unsupported)
    }
  }

  /// A frame of another link type behind a header; a header within a header is not followed.
  private static func wrapped(_ frame: Span<UInt8>, at start: UInt32, atLeast: UInt32, link: UInt32) -> NetworkStart {
    guard start >= atLeast, start <= 0xFFFF, link <= 0xFFFF else { return NetworkStart(offset: 0, found: .other) }
    let offset = Int(start)
    guard frame.count >= offset else { return .cut(frame) }
    let inner = UInt16(truncatingIfNeeded: link)
    guard inner != LinkType.ppi, inner != LinkType.pktap else { return NetworkStart(offset: offset, found: .other) }
    var found = networkStart(frame.extracting(offset..<frame.count), link: inner)
    found.offset += offset
    return found
  }

  /// Netfilter's log: family, version, resource, then attributes, of which the ninth kind is the packet; in the writer's byte order.
  private static func nflog(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count >= 8 else { return .cut(frame) }
    guard frame[1] == 0 else { return NetworkStart(offset: 0, found: .other) }
    var offset = 4
    for _ in 0..<64 {
      guard frame.count >= offset + 4 else { return .cut(frame) }
      var (byteCount, type) = (frame.bigEndian16(at: offset).byteSwapped, frame.bigEndian16(at: offset + 2).byteSwapped)
      // The upper bits of a kind are never set, so they tell the byte order.
      if type & 0xFF == 0, type != 0 { (byteCount, type) = (byteCount.byteSwapped, type.byteSwapped) }
      if type == 9 { return ofFamily(UInt32(frame[0]), at: offset + 4) ?? NetworkStart(offset: offset + 4, found: .other) }
      guard byteCount >= 4 else { return NetworkStart(offset: offset, found: .other) }
      offset += (Int(byteCount) + 3) & ~3
    }
    return NetworkStart(offset: offset, found: .other)
  }

  /// Endace's extensible record format: sixteen bytes and extension headers of eight.
  private static func erf(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count > 16 else { return .cut(frame) }
    var offset = 16
    var hasExtension = frame[8] & 0x80 != 0
    while hasExtension {
      guard frame.count >= offset + 8 else { return .cut(frame) }
      guard offset < 16 + 8 * depthMax else { return NetworkStart(offset: offset, found: .other) }
      hasExtension = frame[offset] & 0x80 != 0
      offset += 8
    }
    switch frame[8] & 0x7F {
    // Ethernet behind an offset and a byte of padding.
    case 2, 11, 16, 20: return ethernet(frame, at: offset + 2)
    case 1, 10, 15, 19: return pppOrHDLC(frame, at: offset)
    case 22: return NetworkStart(offset: offset, found: .ipv4)
    case 23: return NetworkStart(offset: offset, found: .ipv6)
    default: return NetworkStart(offset: offset, found: .other)
    }
  }
}

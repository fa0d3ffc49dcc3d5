import ByteReading

/// Where the network header of a frame begins, and what it is.
@usableFromInline
struct NetworkStart {
  @usableFromInline var offset: Int
  @usableFromInline var found: Found

  @usableFromInline enum Found { case ipv4, ipv6, other, cut, unsupported }

  @inlinable
  init(offset: Int, found: Found) {
    self.offset = offset
    self.found = found
  }

  /// By an Ethernet type (IEEE 802 numbers).
  @inlinable @inline(__always)
  init(etherType: UInt16, offset: Int) {
    self.init(offset: offset, found: etherType == 0x0800 ? .ipv4 : etherType == 0x86DD ? .ipv6 : .other)
  }
}

/// Looks through the link header of a frame: each function gives where the network header begins.
@usableFromInline
enum LinkHeaders {
  /// Tags and labels beyond this many are not followed: a frame of nothing but tags must not take long.
  @usableFromInline static let depthMax = 16

  /// By link type.
  @inlinable
  static func networkStart(_ frame: Span<UInt8>, link: UInt16) -> NetworkStart {
    switch link {
    case LinkType.ethernet: return ethernet(frame)
    case LinkType.raw, 12, 14: return byVersion(frame, at: 0)
    case LinkType.ipv4: return NetworkStart(offset: 0, found: .ipv4)
    case LinkType.ipv6: return NetworkStart(offset: 0, found: .ipv6)
    case LinkType.linuxSLL:
      guard frame.count >= 16 else { return NetworkStart(offset: frame.count, found: .cut) }
      return afterType(frame, frame.bigEndian16(at: 14), at: 16)
    case LinkType.linuxSLL2:
      guard frame.count >= 20 else { return NetworkStart(offset: frame.count, found: .cut) }
      return afterType(frame, frame.bigEndian16(at: 0), at: 20)
    case LinkType.null, LinkType.loop: return family(frame)
    case LinkType.ppp, LinkType.pppHDLC: return ppp(frame, at: 0)
    case LinkType.pppoe: return pppoe(frame, at: 0)
    default: return NetworkStart(offset: 0, found: .unsupported)
    }
  }

  @inlinable @inline(__always)
  static func ethernet(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count >= 14 else { return NetworkStart(offset: frame.count, found: .cut) }
    let type = frame.bigEndian16(at: 12)
    if type == 0x0800 { return NetworkStart(offset: 14, found: .ipv4) }
    if type == 0x86DD { return NetworkStart(offset: 14, found: .ipv6) }
    return afterType(frame, type, at: 14)
  }

  /// Follows an Ethernet type through VLAN tags (802.1Q, 802.1ad and the old 0x9100), VN-Tag, provider backbone bridges (802.1ah), MACsec
  /// without encryption (802.1AE), MPLS labels, PPPoE sessions and LLC/SNAP.
  @inlinable
  static func afterType(_ frame: Span<UInt8>, _ first: UInt16, at start: Int) -> NetworkStart {
    var type = first
    var offset = start
    var depth = 0
    while depth < depthMax {
      depth += 1
      switch type {
      case 0x8100, 0x88A8, 0x9100:
        guard frame.count >= offset + 4 else { return NetworkStart(offset: frame.count, found: .cut) }
        type = frame.bigEndian16(at: offset + 2)
        offset += 4
      case 0x8926:
        guard frame.count >= offset + 6 else { return NetworkStart(offset: frame.count, found: .cut) }
        type = frame.bigEndian16(at: offset + 4)
        offset += 6
      case 0x88E7:
        // I-TAG, then the customer's addresses and type.
        guard frame.count >= offset + 18 else { return NetworkStart(offset: frame.count, found: .cut) }
        type = frame.bigEndian16(at: offset + 16)
        offset += 18
      case 0x88E5:
        guard frame.count >= offset + 6 else { return NetworkStart(offset: frame.count, found: .cut) }
        let hasChannel = frame[offset] & 0x20 != 0
        let isEncrypted = frame[offset] & 0x0C != 0
        offset += hasChannel ? 14 : 6
        guard !isEncrypted else { return NetworkStart(offset: offset, found: .other) }
        guard frame.count >= offset + 2 else { return NetworkStart(offset: frame.count, found: .cut) }
        type = frame.bigEndian16(at: offset)
        offset += 2
      case 0x8847, 0x8848:
        let inner = mpls(frame, at: offset)
        // A pseudowire's control word (RFC 4385 §3: the first four bits are 0), taken for one of Ethernet.
        guard inner.found == .other, frame.count > inner.offset + 18, frame[inner.offset] >> 4 == 0 else { return inner }
        type = frame.bigEndian16(at: inner.offset + 16)
        offset = inner.offset + 18
      case 0x8864: return pppoe(frame, at: offset)
      case 0..<0x0600:
        // An 802.3 length: LLC, and SNAP with an Ethernet type where it says so (RFC 1042).
        guard frame.count >= offset + 8 else { return NetworkStart(offset: offset, found: .other) }
        guard frame[offset] == 0xAA, frame[offset + 1] == 0xAA, frame[offset + 2] == 3 else {
          return NetworkStart(offset: offset, found: .other)
        }
        type = frame.bigEndian16(at: offset + 6)
        offset += 8
        guard type >= 0x0600 else { return NetworkStart(offset: offset, found: .other) }
      default: return NetworkStart(etherType: type, offset: offset)
      }
    }
    return NetworkStart(offset: offset, found: .other)
  }

  /// An MPLS label stack (RFC 3032); what lies under it is told by the IP version.
  @usableFromInline
  static func mpls(_ frame: Span<UInt8>, at start: Int) -> NetworkStart {
    var offset = start
    for _ in 0..<depthMax {
      guard frame.count >= offset + 4 else { return NetworkStart(offset: frame.count, found: .cut) }
      let isBottom = frame[offset + 2] & 1 == 1
      offset += 4
      if isBottom { return byVersion(frame, at: offset) }
    }
    return NetworkStart(offset: offset, found: .other)
  }

  /// A PPPoE session header (RFC 2516 §4).
  @usableFromInline
  static func pppoe(_ frame: Span<UInt8>, at offset: Int) -> NetworkStart {
    guard frame.count >= offset + 6 else { return NetworkStart(offset: frame.count, found: .cut) }
    return ppp(frame, at: offset + 6)
  }

  /// A PPP header (RFC 1661 §2), with or without address and control (RFC 1662 §3.1), the protocol in one or two bytes.
  @usableFromInline
  static func ppp(_ frame: Span<UInt8>, at start: Int) -> NetworkStart {
    var offset = start
    if frame.count >= offset + 2, frame[offset] == 0xFF, frame[offset + 1] == 3 { offset += 2 }
    guard frame.count > offset else { return NetworkStart(offset: frame.count, found: .cut) }
    let proto: UInt16
    if frame[offset] & 1 == 1 {
      proto = UInt16(frame[offset])
      offset += 1
    } else {
      guard frame.count >= offset + 2 else { return NetworkStart(offset: frame.count, found: .cut) }
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

  /// A BSD protocol family in four bytes of either order: 2 is IPv4; 24, 28 and 30 are what BSDs and macOS call IPv6; 10 is Linux's.
  @usableFromInline
  static func family(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count >= 4 else { return NetworkStart(offset: frame.count, found: .cut) }
    let value = frame.littleEndian32(at: 0)
    switch value <= 0xFFFF ? value : value.byteSwapped {
    case 2: return NetworkStart(offset: 4, found: .ipv4)
    case 10, 24, 28, 30: return NetworkStart(offset: 4, found: .ipv6)
    // Some writers put an Ethernet type into the last two bytes instead.
    default: return NetworkStart(etherType: frame.bigEndian16(at: 2), offset: 4)
    }
  }

  /// By the version in the first four bits.
  @inlinable
  static func byVersion(_ frame: Span<UInt8>, at offset: Int) -> NetworkStart {
    guard frame.count > offset else { return NetworkStart(offset: frame.count, found: .cut) }
    switch frame[offset] >> 4 {
    case 4: return NetworkStart(offset: offset, found: .ipv4)
    case 6: return NetworkStart(offset: offset, found: .ipv6)
    default: return NetworkStart(offset: offset, found: .other)
    }
  }
}

import ByteReading

/// Looks through the link header of a frame: each function gives where the network header begins.
///
/// Nothing is believed beyond the frame's end, and each chain of headers is followed for `depthMax` of them.
@usableFromInline
enum LinkHeaders {
  /// Tags, labels and options beyond this many are not followed: a frame of nothing but tags must not take long.
  static let depthMax = 16

  /// By link type.
  @usableFromInline
  static func networkStart(_ frame: Span<UInt8>, link: UInt16) -> NetworkStart {
    switch link {
    case LinkType.ethernet: return ethernet(frame)
    case LinkType.raw, 12, 14: return NetworkStart(byVersionOf: frame, at: 0)
    case LinkType.ipv4: return NetworkStart(offset: 0, found: .ipv4)
    case LinkType.ipv6: return NetworkStart(offset: 0, found: .ipv6)
    case LinkType.linuxSLL:
      guard frame.count >= 16 else { return .cut(frame) }
      return afterType(frame, frame.bigEndian16(at: 14), at: 16)
    case LinkType.linuxSLL2:
      guard frame.count >= 20 else { return .cut(frame) }
      return afterType(frame, frame.bigEndian16(at: 0), at: 20)
    case LinkType.null, LinkType.loop: return family(frame, at: 0, headerByteCount: 4)
    case LinkType.ppp, LinkType.pppHDLC: return pppOrHDLC(frame, at: 0)
    case LinkType.pppoe: return pppoe(frame, at: 0)
    case LinkType.pppWithDirection: return pppOrHDLC(frame, at: 1)
    case LinkType.pppd: return ppp(frame, at: frame.count > 1 && frame[1] == 3 ? 2 : 0)
    case LinkType.slip: return slip(frame)
    case LinkType.ciscoHDLC: return hdlc(frame, at: 0)
    case LinkType.frameRelay: return frameRelay(frame, at: 0)
    case LinkType.multilinkFrameRelay: return multilinkFrameRelay(frame)
    case LinkType.ieee80211: return wireless(frame, at: 0)
    case LinkType.radiotap: return radiotap(frame)
    case LinkType.prism: return prism(frame)
    case LinkType.avs: return avs(frame)
    case LinkType.tokenRing: return tokenRing(frame)
    case LinkType.fddi: return fddi(frame)
    case LinkType.atmRFC1483: return atm(frame, at: 0)
    case LinkType.sunATM: return sunATM(frame)
    case LinkType.ipOverFibreChannel: return afterType(frame, 0, at: 16)
    case LinkType.ipOverIEEE1394: return typed(frame, headerByteCount: 18)
    case LinkType.ipOverInfiniBand: return typed(frame, headerByteCount: 44, typeAt: 40)
    case LinkType.docsis: return docsis(frame)
    case LinkType.dsaBroadcom, LinkType.dsaMarvell: return typed(frame, headerByteCount: 18)
    case LinkType.dsaBroadcomPrepended, LinkType.netAnalyzer: return ethernet(frame, at: 4)
    case LinkType.netAnalyzerTransparent: return ethernet(frame, at: 12)
    case LinkType.ethernetMPacket: return ethernet(frame, at: 8)
    case LinkType.dsaMarvellExtended: return typed(frame, headerByteCount: 22)
    default: return ofPseudoHeader(frame, link: link)
    }
  }

  /// Ethernet at the beginning of a frame.
  @inlinable @inline(__always)
  static func ethernet(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count >= 14 else { return .cut(frame) }
    let type = frame.bigEndian16(at: 12)
    if type == 0x0800 { return NetworkStart(offset: 14, found: .ipv4) }
    if type == 0x86DD { return NetworkStart(offset: 14, found: .ipv6) }
    return afterType(frame, type, at: 14)
  }

  /// Ethernet somewhere in a frame.
  static func ethernet(_ frame: Span<UInt8>, at offset: Int) -> NetworkStart { afterType(frame, 0x6558, at: offset) }

  /// A header of fixed length that holds an Ethernet type, at its end where nothing else is said.
  static func typed(_ frame: Span<UInt8>, headerByteCount: Int, typeAt: Int? = nil) -> NetworkStart {
    guard frame.count >= headerByteCount else { return .cut(frame) }
    return afterType(frame, frame.bigEndian16(at: typeAt ?? headerByteCount - 2), at: headerByteCount)
  }

  /// A BSD protocol family in four bytes of either order: 2 is IPv4; 24, 28 and 30 are what BSDs and macOS call IPv6; 10 is Linux's.
  static func family(_ frame: Span<UInt8>, at offset: Int, headerByteCount: Int) -> NetworkStart {
    guard frame.count >= max(headerByteCount, offset + 4) else { return .cut(frame) }
    let value = frame.littleEndian32(at: offset)
    // Some writers put an Ethernet type into the last two bytes instead.
    return ofFamily(value <= 0xFFFF ? value : value.byteSwapped, at: headerByteCount)
      ?? NetworkStart(etherType: frame.bigEndian16(at: offset + 2), offset: headerByteCount)
  }

  /// By the number of a protocol family; nil for those without IP.
  static func ofFamily(_ family: UInt32, at offset: Int) -> NetworkStart? {
    switch family {
    case 2: NetworkStart(offset: offset, found: .ipv4)
    case 10, 24, 28, 30: NetworkStart(offset: offset, found: .ipv6)
    default: nil
    }
  }
}

extension PacketSummary {
  /// The innermost VLAN id (802.1Q) among the tags before the outermost IP header; nil where there is none.
  public static func vlan(of frame: Span<UInt8>, link: UInt16) -> UInt16? {
    let vlan = LinkHeaders.networkStart(frame, link: link).vlan
    return vlan == 0 ? nil : vlan
  }
}

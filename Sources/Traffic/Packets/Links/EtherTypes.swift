import ByteReading

/// The walk along Ethernet types: each says what the following bytes are, and many of them end with another.
private struct EtherTypeWalk {
  var type: UInt16
  var offset: Int
  var vlan: UInt16 = 0

  /// Steps over one header; gives the network header's start, or why there is none, once the walk is at its end.
  mutating func step(_ frame: Span<UInt8>) -> NetworkStart? {
    switch type {
    // 802.1Q, 802.1ad and the old type of stacked tags; id 0 is a priority without a VLAN.
    case 0x8100, 0x88A8, 0x9100:
      guard frame.count >= offset + 4 else { return .cut(frame) }
      let id = frame.bigEndian16(at: offset) & 0xFFF
      if id != 0 { vlan = id }
      return skip(frame, byteCount: 4)
    // VN-Tag, HSR (IEC 62439-3), Cisco's metadata: the type at the end.
    case 0x8926, 0x892F: return skip(frame, byteCount: 6)
    case 0x8909: return skip(frame, byteCount: 8)
    // Ethernet within; behind an I-TAG (802.1ah), behind a FabricPath tag.
    case 0x6558: return skip(frame, byteCount: 14)
    case 0x88E7: return skip(frame, byteCount: 18)
    case 0x8903: return skip(frame, byteCount: 16)
    case 0x88E5: return macsec(frame)
    case 0x22F3: return trill(frame)
    case 0x894F: return serviceHeader(frame)
    case 0x8847, 0x8848:
      let inner = LinkHeaders.mpls(frame, at: offset)
      // A pseudowire's control word (RFC 4385 §3: the first four bits are 0), taken for one of Ethernet.
      guard inner.found == .other, frame.count > inner.offset + 18, frame[inner.offset] >> 4 == 0 else { return inner }
      offset = inner.offset + 4
      return skip(frame, byteCount: 14)
    case 0x8864: return LinkHeaders.pppoe(frame, at: offset)
    case 0x880B: return LinkHeaders.ppp(frame, at: offset)
    case 0..<0x0600: return logicalLink(frame)
    default: return NetworkStart(etherType: type, offset: offset)
    }
  }

  /// Steps over a header that ends with an Ethernet type.
  private mutating func skip(_ frame: Span<UInt8>, byteCount: Int) -> NetworkStart? {
    guard frame.count >= offset + byteCount else { return .cut(frame) }
    offset += byteCount
    type = frame.bigEndian16(at: offset - 2)
    return nil
  }

  /// MACsec (802.1AE), which can be read where it only signs.
  private mutating func macsec(_ frame: Span<UInt8>) -> NetworkStart? {
    guard frame.count >= offset + 6 else { return .cut(frame) }
    guard frame[offset] & 0x0C == 0 else { return NetworkStart(offset: offset, found: .other) }
    let hasChannel = frame[offset] & 0x20 != 0
    return skip(frame, byteCount: hasChannel ? 16 : 8)
  }

  /// TRILL (RFC 6325 §3.1) with its options, then Ethernet.
  private mutating func trill(_ frame: Span<UInt8>) -> NetworkStart? {
    guard frame.count >= offset + 6 else { return .cut(frame) }
    let optionWordCount = Int(frame.bigEndian16(at: offset) >> 6 & 0x1F)
    return skip(frame, byteCount: 6 + optionWordCount * 4 + 14)
  }

  /// A network service header (RFC 8300 §2.2).
  private mutating func serviceHeader(_ frame: Span<UInt8>) -> NetworkStart? {
    guard frame.count >= offset + 8 else { return .cut(frame) }
    let wordCount = Int(frame[offset + 1] & 0x3F)
    let next: UInt16? =
      switch frame[offset + 3] {
      case 1: 0x0800
      case 2: 0x86DD
      case 3: 0x6558
      case 5: 0x8847
      default: nil
      }
    guard frame[offset] >> 6 == 0, wordCount >= 2, let next else { return NetworkStart(offset: offset, found: .other) }
    type = next
    offset += wordCount * 4
    return nil
  }

  /// An 802.3 length: LLC, where IP has a service access point of its own (6), and SNAP with an Ethernet type (RFC 1042).
  private mutating func logicalLink(_ frame: Span<UInt8>) -> NetworkStart? {
    guard frame.count >= offset + 3 else { return NetworkStart(offset: offset, found: .other) }
    let accessPoints = frame.bigEndian16(at: offset)
    if accessPoints == 0x0606, frame[offset + 2] == 3 { return NetworkStart(offset: offset + 3, found: .ipv4) }
    guard accessPoints == 0xAAAA, frame[offset + 2] == 3, frame.count >= offset + 8 else {
      return NetworkStart(offset: offset, found: .other)
    }
    type = frame.bigEndian16(at: offset + 6)
    offset += 8
    return type >= 0x0600 ? nil : NetworkStart(offset: offset, found: .other)
  }
}

extension LinkHeaders {
  /// Follows an Ethernet type, or an 802.3 length, through tags, labels and headers between Ethernet and IP.
  @usableFromInline
  static func afterType(_ frame: Span<UInt8>, _ first: UInt16, at start: Int) -> NetworkStart {
    var walk = EtherTypeWalk(type: first, offset: start)
    for _ in 0..<depthMax {
      guard var found = walk.step(frame) else { continue }
      found.vlan = walk.vlan
      return found
    }
    return NetworkStart(offset: walk.offset, found: .other)
  }

  /// An MPLS label stack (RFC 3032); what lies under it is told by the IP version.
  static func mpls(_ frame: Span<UInt8>, at start: Int) -> NetworkStart {
    var offset = start
    for _ in 0..<depthMax {
      guard frame.count >= offset + 4 else { return .cut(frame) }
      let isBottom = frame[offset + 2] & 1 == 1
      offset += 4
      if isBottom { return NetworkStart(byVersionOf: frame, at: offset) }
    }
    return NetworkStart(offset: offset, found: .other)
  }
}

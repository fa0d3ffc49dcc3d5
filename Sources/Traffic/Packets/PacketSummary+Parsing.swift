import ByteReading

extension PacketSummary {
  /// Reads a frame: its link header, the outermost IP header, and what of the transport header flows need.
  ///
  /// Nothing here fails: a frame that was cut, lies or is of another kind says so in `kind`. `originalByteCount` is the frame's length on
  /// the wire, from which the length of a packet is taken where its header says 0 (segmentation offload).
  @inlinable @inline(__always)
  public init(frame: Span<UInt8>, link: UInt16, originalByteCount: UInt32, timeNanoseconds: Int64) {
    self.init()
    self.timeNanoseconds = timeNanoseconds
    let start = link == LinkType.ethernet ? LinkHeaders.ethernet(frame) : LinkHeaders.networkStart(frame, link: link)
    networkOffset = UInt16(truncatingIfNeeded: start.offset)
    switch start.found {
    case .ipv4: readIPv4(frame, at: start.offset, originalByteCount: originalByteCount)
    case .ipv6: readIPv6(frame, at: start.offset, originalByteCount: originalByteCount)
    case .other, .cut: kind = .nonIP
    case .unsupported: kind = .unsupportedLink
    }
  }

  /// An IPv4 header (RFC 791 §3.1).
  @inlinable @inline(__always)
  mutating func readIPv4(_ frame: Span<UInt8>, at offset: Int, originalByteCount: UInt32) {
    guard frame.count >= offset + 20 else {
      kind = .cutIPHeader
      return
    }
    // One bounds check for the header; its fields are then at fixed places.
    let header = frame.extracting(offset..<(offset + 20))
    let versionAndLength = header[0]
    let headerByteCount = Int(versionAndLength & 15) * 4
    let totalLength = UInt32(header.bigEndian16(at: 2))
    ipByteCount = totalLength != 0 ? totalLength : originalByteCount - min(originalByteCount, UInt32(truncatingIfNeeded: offset))
    sourceLow = UInt64(header.bigEndian32(at: 12))
    destinationLow = UInt64(header.bigEndian32(at: 16))
    proto = header[9]
    guard versionAndLength >> 4 == 4, headerByteCount >= 20 else {
      kind = .notIPHeader
      return
    }
    guard ipByteCount >= UInt32(headerByteCount) else {
      kind = .malformed
      return
    }
    let fragment = header.bigEndian16(at: 6)
    if fragment & 0x3FFF != 0 {
      identification = UInt32(header.bigEndian16(at: 4))
      if fragment & 0x1FFF != 0 {
        transportOffset = UInt16(truncatingIfNeeded: offset + headerByteCount)
        kind = .laterFragment
        return
      }
      kind = .firstFragment
    } else {
      kind = .flow
    }
    readTransport(frame, at: offset + headerByteCount, ipOffset: offset)
  }

  /// An IPv6 header and its extension headers (RFC 8200 §§3, 4).
  @inlinable @inline(__always)
  mutating func readIPv6(_ frame: Span<UInt8>, at offset: Int, originalByteCount: UInt32) {
    isIPv6 = true
    guard frame.count >= offset + 40 else {
      kind = .cutIPHeader
      return
    }
    let header = frame.extracting(offset..<(offset + 40))
    let payloadLength = UInt32(header.bigEndian16(at: 4))
    ipByteCount =
      payloadLength != 0 ? payloadLength + 40 : max(40, originalByteCount - min(originalByteCount, UInt32(truncatingIfNeeded: offset)))
    sourceHigh = header.bigEndian64(at: 8)
    sourceLow = header.bigEndian64(at: 16)
    destinationHigh = header.bigEndian64(at: 24)
    destinationLow = header.bigEndian64(at: 32)
    proto = header[6]
    guard header[0] >> 4 == 6 else {
      kind = .notIPHeader
      return
    }
    kind = .flow
    // The common next headers first; the rest are extension headers or protocols without ports.
    if proto == 6 || proto == 17 || proto == 58 {
      readTransport(frame, at: offset + 40, ipOffset: offset)
    } else {
      readExtensionHeaders(frame, at: offset + 40)
    }
  }

  /// Follows extension headers to the transport header: hop-by-hop (0), routing (43), fragment (44), authentication (51),
  /// destination options (60), mobility (135), HIP (139) and shim6 (140).
  @usableFromInline
  mutating func readExtensionHeaders(_ frame: Span<UInt8>, at start: Int) {
    var offset = start
    // A payload of 64 KiB has room for 8,192 headers; nobody sends more than a handful, and a hostile packet must not take long.
    for _ in 0..<16 {
      switch proto {
      case 0, 43, 60, 135, 139, 140:
        guard frame.count >= offset + 8 else { return cut() }
        proto = frame[offset]
        offset += 8 + Int(frame[offset + 1]) * 8
      case 51:
        guard frame.count >= offset + 8 else { return cut() }
        proto = frame[offset]
        offset += (Int(frame[offset + 1]) + 2) * 4
      case 44:
        guard frame.count >= offset + 8 else { return cut() }
        proto = frame[offset]
        let position = frame.bigEndian16(at: offset + 2)
        if position & 0xFFF9 != 0 {
          identification = frame.bigEndian32(at: offset + 4)
          if position & 0xFFF8 != 0 {
            transportOffset = UInt16(truncatingIfNeeded: offset + 8)
            kind = .laterFragment
            return
          }
          kind = .firstFragment
        }
        offset += 8
      default:
        readTransport(frame, at: offset, ipOffset: start - 40)
        return
      }
    }
    kind = .malformed
  }

  @usableFromInline
  mutating func cut() { kind = .cutTransportHeader }

  /// The first bytes of a transport header: ports (TCP, UDP, SCTP, DCCP, UDP-Lite), TCP flags and sequence, ICMP type and code.
  @inlinable @inline(__always)
  mutating func readTransport(_ frame: Span<UInt8>, at offset: Int, ipOffset: Int) {
    transportOffset = UInt16(truncatingIfNeeded: offset)
    switch proto {
    case 6:
      guard frame.count >= offset + 14 else {
        // The ports alone still say which flow it is.
        if frame.count >= offset + 4 { readPorts(frame, at: offset) } else { kind = .cutTransportHeader }
        return
      }
      let header = frame.extracting(offset..<(offset + 14))
      readPorts(header, at: 0)
      sequence = header.bigEndian32(at: 4)
      tcpFlags = header[13]
      if kind == .flow { headerWordCount = UInt8(truncatingIfNeeded: (offset - ipOffset) / 4 + Int(header[12] >> 4)) }
    case 17, 33, 132, 136:
      guard frame.count >= offset + 4 else {
        kind = .cutTransportHeader
        return
      }
      readPorts(frame, at: offset)
      if TunnelPort.mayBeAmong(source: sourcePort, destination: destinationPort) { readTunnelPorts(at: offset, ipOffset: ipOffset) }
    case 1, 58:
      guard frame.count >= offset + 2 else { return }
      icmpType = frame[offset]
      icmpCode = frame[offset + 1]
    default: readRarerTransport(frame, at: offset, ipOffset: ipOffset)
    }
  }

  /// Protocols that carry packets, and the authentication header (RFC 4302), which stands before the transport header of a whole datagram.
  ///
  /// In a fragmented one it is left as it is: the later fragments show nothing else.
  @usableFromInline
  mutating func readRarerTransport(_ frame: Span<UInt8>, at start: Int, ipOffset: Int) {
    var offset = start
    var depth = 0
    while proto == 51, kind == .flow, depth < 16, frame.count >= offset + 8 {
      proto = frame[offset]
      offset += (Int(frame[offset + 1]) + 2) * 4
      depth += 1
    }
    if depth > 0, proto != 51 { return readTransport(frame, at: offset, ipOffset: ipOffset) }
    switch proto {
    case 4, 41, 47, 94, 97, 115, 137: markCarrier(at: offset, ipOffset: ipOffset)
    default: break
    }
  }

  @usableFromInline
  mutating func readTunnelPorts(at offset: Int, ipOffset: Int) {
    if proto == 17, TunnelPort(source: sourcePort, destination: destinationPort) != nil { markCarrier(at: offset, ipOffset: ipOffset) }
  }

  /// Remembers where the IP header began: only headers in the first 64 KiB of a frame can be carriers'.
  private mutating func markCarrier(at offset: Int, ipOffset: Int) {
    if offset <= 0xFFFF { networkAndHeader |= UInt64(offset - ipOffset) << 48 }
  }

  @inlinable @inline(__always)
  mutating func readPorts(_ frame: Span<UInt8>, at offset: Int) {
    sourcePort = frame.bigEndian16(at: offset)
    destinationPort = frame.bigEndian16(at: offset + 2)
  }
}

import ByteReading

/// IEEE 802.11 and the headers that drivers put before it.
extension LinkHeaders {
  /// An 802.11 data frame: addresses, quality of service, then LLC. Of aggregated packets (A-MSDU) the first is read.
  ///
  /// Frames of other types, protected ones and fragments beyond the first have no readable packet. `isPadded` says that the driver filled
  /// the header up to words.
  static func wireless(_ frame: Span<UInt8>, at start: Int, isPadded: Bool = false) -> NetworkStart {
    guard frame.count >= start + 2 else { return .cut(frame) }
    return wireless(frame, at: start, control: frame[start], flags: frame[start + 1], isPadded: isPadded)
  }

  /// The same with the frame control given: some access points write its two bytes the other way round.
  static func wireless(_ frame: Span<UInt8>, at start: Int, control: UInt8, flags: UInt8, isPadded: Bool) -> NetworkStart {
    // Version 0, data; subtypes with the third bit carry none; the protected bit.
    guard control & 0x0F == 0x08, control & 0x40 == 0, flags & 0x40 == 0 else { return NetworkStart(offset: start, found: .other) }
    var byteCount = flags & 3 == 3 ? 30 : 24
    let hasQualityOfService = control & 0x80 != 0
    guard frame.count >= start + byteCount + 2 else { return .cut(frame) }
    let isLaterFragment = frame[start + 22] & 0x0F != 0
    guard !isLaterFragment else { return NetworkStart(offset: start, found: .other) }
    let isAggregate = hasQualityOfService && frame[start + byteCount] & 0x80 != 0
    if hasQualityOfService { byteCount += flags & 0x80 != 0 ? 6 : 2 }
    if isPadded { byteCount = (byteCount + 3) & ~3 }
    // The first aggregated packet has addresses and a length of its own.
    if isAggregate { byteCount += 14 }
    return afterType(frame, 0, at: start + byteCount)
  }

  /// Radiotap (radiotap.org): a length, a chain of words that say which fields follow; of the fields the flags matter.
  static func radiotap(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count >= 8 else { return .cut(frame) }
    let headerByteCount = Int(frame[2]) | Int(frame[3]) << 8
    guard frame[0] == 0, headerByteCount >= 8 else { return NetworkStart(offset: 0, found: .other) }
    guard frame.count > headerByteCount else { return .cut(frame) }
    let present = frame.littleEndian32(at: 4)
    var fields = 8
    var word = present
    while word >> 31 == 1, fields + 4 <= headerByteCount, fields < 8 + 4 * depthMax {
      word = frame.littleEndian32(at: fields)
      fields += 4
    }
    // The time stamp of eight bytes, aligned, stands before the flags.
    if present & 1 != 0 { fields = (fields + 7) & ~7 + 8 }
    let isPadded = present & 2 != 0 && fields < headerByteCount && frame[fields] & 0x20 != 0
    return wireless(frame, at: headerByteCount, isPadded: isPadded)
  }

  /// Prism monitoring: a length in the writer's order behind the message's number; or AVS, which came under the same link type.
  static func prism(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count >= 8 else { return .cut(frame) }
    if frame.bigEndian32(at: 0) & 0xFFFF_F000 == 0x8021_1000 { return avs(frame) }
    let value = frame.littleEndian32(at: 4)
    let byteCount = value <= 0xFFFF ? value : value.byteSwapped
    guard byteCount >= 8, byteCount <= 0xFFFF else { return NetworkStart(offset: 0, found: .other) }
    return wireless(frame, at: Int(byteCount))
  }

  /// AVS monitoring: version, length.
  static func avs(_ frame: Span<UInt8>) -> NetworkStart {
    guard frame.count >= 8 else { return .cut(frame) }
    let byteCount = frame.bigEndian32(at: 4)
    guard byteCount >= 8, byteCount <= 0xFFFF else { return NetworkStart(offset: 0, found: .other) }
    return wireless(frame, at: Int(byteCount))
  }
}

import ByteReading

extension PacketSummary {
  /// Tunnels within tunnels beyond this many are not opened: a packet of nothing but tunnels must not take long.
  static let nestingMax = 8

  /// The innermost packet that this one carries; nil where nothing inside can be used, and then this packet is the flow's.
  ///
  /// The packet has this one's time, its own length, and the network of the innermost tunnel that names one, else this one's. Where a tunnel
  /// inside cannot be read, or holds the first fragment of another, the packet before stands. The length inside never exceeds the room that
  /// the carriers leave: where it claims more it is not believed, and where there is a reason for it (the carrier is itself a first
  /// fragment, has a length of 0 from offloading, or says that it cut the packet) the room is taken.
  ///
  /// `originalByteCount` is the frame's length on the wire.
  public func carried(in frame: Span<UInt8>, originalByteCount: UInt32) -> PacketSummary? {
    guard mayBeCarrier else { return nil }
    var opening = Opening(end: Int.max)
    if hasLengthZero(in: frame) { opening = Opening(end: Int(originalByteCount), mayBeCut: true) }
    var innermost: PacketSummary?
    var carrier = self
    for _ in 0..<Self.nestingMax {
      guard let inner = opening.packet(in: carrier, frame) else { break }
      innermost = inner
      guard inner.mayBeCarrier, inner.kind == .flow else { break }
      carrier = inner
    }
    return innermost
  }

  /// Where the IP header of a packet that may be a carrier began.
  private var ipOffset: Int { Int(transportOffset) - Int(networkAndHeader >> 48) }

  private func hasLengthZero(in frame: Span<UInt8>) -> Bool {
    let offset = ipOffset + (isIPv6 ? 4 : 2)
    return offset >= 0 && frame.count >= offset + 2 && frame.bigEndian16(at: offset) == 0
  }

  /// What carriers opened so far leave of the frame.
  private struct Opening {
    /// Where the innermost carrier ends.
    var end: Int
    /// Whether a packet may be longer than what is left.
    var mayBeCut = false

    /// Opens one carrier.
    mutating func packet(in carrier: PacketSummary, _ frame: Span<UInt8>) -> PacketSummary? {
      let ipOffset = carrier.ipOffset
      guard ipOffset >= 0 else { return nil }
      end = min(end, ipOffset + Int(carrier.ipByteCount))
      if carrier.kind == .firstFragment { mayBeCut = true }
      let bytes = frame.extracting(0..<max(0, min(frame.count, end)))
      guard let payload = Tunnels.payload(of: carrier, in: bytes) else { return nil }
      if payload.isCut { mayBeCut = true }
      let room = end - payload.start.offset
      guard room > 0, let whole = UInt32(exactly: end) else { return nil }
      var inner = PacketSummary()
      inner.timeNanoseconds = carrier.timeNanoseconds
      inner.network = payload.network != 0 ? payload.network : carrier.network
      switch payload.start.found {
      case .ipv4: inner.readIPv4(bytes, at: payload.start.offset, originalByteCount: whole)
      case .ipv6: inner.readIPv6(bytes, at: payload.start.offset, originalByteCount: whole)
      case .other, .cut, .unsupported: return nil
      }
      guard inner.kind == .flow || inner.kind == .firstFragment || inner.kind == .laterFragment else { return nil }
      if inner.ipByteCount > room {
        guard mayBeCut else { return nil }
        inner.ipByteCount = UInt32(room)
      }
      guard !payload.mustFill || inner.ipByteCount == room else { return nil }
      return inner
    }
  }
}

import ByteReading

/// Where the network header of a frame begins, and what it is.
@usableFromInline
struct NetworkStart {
  @usableFromInline var offset: Int
  @usableFromInline var found: Found
  /// The innermost VLAN id on the way; 0 for none.
  @usableFromInline var vlan: UInt16 = 0

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

  /// By the version in the first four bits.
  @inlinable
  init(byVersionOf frame: Span<UInt8>, at offset: Int) {
    guard frame.count > offset else {
      self = .cut(frame)
      return
    }
    let version = frame[offset] >> 4
    self.init(offset: offset, found: version == 4 ? .ipv4 : version == 6 ? .ipv6 : .other)
  }

  /// A frame that ends before its network header.
  @inlinable
  static func cut(_ frame: Span<UInt8>) -> NetworkStart { NetworkStart(offset: frame.count, found: .cut) }
}

/// The order of the bytes of a number in a file.
public enum ByteOrder: Sendable {
  case littleEndian
  case bigEndian
}

extension Span where Element == UInt8 {
  /// The big-endian number of two bytes at an offset; traps outside the span, so a length is checked before.
  @inlinable @inline(__always)
  public func bigEndian16(at offset: Int) -> UInt16 {
    UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
  }

  /// The big-endian number of four bytes at an offset; traps outside the span.
  @inlinable @inline(__always)
  public func bigEndian32(at offset: Int) -> UInt32 {
    UInt32(self[offset]) << 24 | UInt32(self[offset + 1]) << 16 | UInt32(self[offset + 2]) << 8 | UInt32(self[offset + 3])
  }

  /// The big-endian number of eight bytes at an offset; traps outside the span.
  @inlinable @inline(__always)
  public func bigEndian64(at offset: Int) -> UInt64 {
    UInt64(bigEndian32(at: offset)) << 32 | UInt64(bigEndian32(at: offset + 4))
  }

  /// The little-endian number of four bytes at an offset; traps outside the span.
  @inlinable @inline(__always)
  public func littleEndian32(at offset: Int) -> UInt32 {
    UInt32(self[offset]) | UInt32(self[offset + 1]) << 8 | UInt32(self[offset + 2]) << 16 | UInt32(self[offset + 3]) << 24
  }

  /// The number of two bytes at an offset in an order known only from the file; traps outside the span.
  @inlinable @inline(__always)
  public func number16(at offset: Int, _ order: ByteOrder) -> UInt16 {
    let value = bigEndian16(at: offset)
    return order == .bigEndian ? value : value.byteSwapped
  }

  /// The number of four bytes at an offset in an order known only from the file; traps outside the span.
  @inlinable @inline(__always)
  public func number32(at offset: Int, _ order: ByteOrder) -> UInt32 {
    let value = littleEndian32(at: offset)
    return order == .littleEndian ? value : value.byteSwapped
  }

  /// The number of eight bytes at an offset in an order known only from the file; traps outside the span.
  @inlinable @inline(__always)
  public func number64(at offset: Int, _ order: ByteOrder) -> UInt64 {
    let value = bigEndian64(at: offset)
    return order == .bigEndian ? value : value.byteSwapped
  }
}

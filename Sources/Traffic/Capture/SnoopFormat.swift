import ByteReading

/// Solaris snoop (RFC 1761): a file header of 16 bytes, then records of a header of 24, the captured bytes and padding; all big-endian.
struct SnoopFormat {
  let link: UInt16
  /// How many packets the capture dropped up to the last record: each states the sum so far. Nil before the first.
  private(set) var dropped: UInt64?
  private static let fileHeaderByteCount = 16
  private static let recordHeaderByteCount = 24
  private static let recordByteCountMax = CaptureReader.capturedByteCountMax + 1024

  /// Reads the file header; nil where the bytes are not those of this format.
  init?(_ block: inout CaptureBlock) throws(CaptureFailure) {
    guard block.bytes.span.bigEndian32(at: block.start) == 0x736E_6F6F else { return nil }
    guard try block.require(Self.fileHeaderByteCount, as: CaptureFailure.self) else {
      throw .damage(CaptureDamage(offset: UInt64(block.available), reason: "the file ends inside the snoop file header"))
    }
    guard block.bytes.span.bigEndian32(at: block.start + 4) == 0x7000_0000 else { return nil }
    let version = block.bytes.span.bigEndian32(at: block.start + 8)
    guard version == 2 else { throw .damage(CaptureDamage(offset: 8, reason: "found snoop version \(version), expected 2")) }
    let dataLink = block.bytes.span.bigEndian32(at: block.start + 12)
    // RFC 1761: IEEE 802.3, 802.5, Ethernet, FDDI. The others have no LINKTYPE_ of the same layout.
    guard let link = [0: 1, 2: 6, 4: 1, 8: 10][dataLink] as UInt16? else {
      throw .damage(CaptureDamage(offset: 12, reason: "found snoop data-link type \(dataLink), expected 0, 2, 4 or 8"))
    }
    self.link = link
    block.start += Self.fileHeaderByteCount
  }

  /// Fills the batch from whole records; reads on only where there is none in memory.
  mutating func fill(_ records: inout [PacketRecord], _ count: inout Int, _ block: inout CaptureBlock) throws(CaptureFailure) {
    while count < records.count {
      let mayRead = count == 0
      if !mayRead, block.available < Self.recordHeaderByteCount { return }
      if try !block.require(Self.recordHeaderByteCount, as: CaptureFailure.self) {
        guard block.available > 0 else { return }
        throw .damage(
          CaptureDamage(
            offset: block.offset,
            reason: "the file ends inside a record header, after \(block.available) of \(Self.recordHeaderByteCount) bytes"))
      }
      let length = Int(block.bytes.span.bigEndian32(at: block.start + 8))
      let captured = Int(block.bytes.span.bigEndian32(at: block.start + 4))
      guard length <= Self.recordByteCountMax, length >= Self.recordHeaderByteCount + captured else {
        if !mayRead { return }
        throw .damage(
          CaptureDamage(
            offset: block.offset,
            reason: "found a record of \(length) bytes with \(captured) captured ones, expected at most \(Self.recordByteCountMax)"))
      }
      if !mayRead, block.available < length { return }
      if try !block.require(length, as: CaptureFailure.self) {
        throw .damage(
          CaptureDamage(offset: block.offset, reason: "the file ends inside a record, after \(block.available) of \(length) bytes"))
      }
      records[count] = record(block.bytes.span, at: block.start)
      dropped = UInt64(block.bytes.span.bigEndian32(at: block.start + 12))
      count += 1
      block.start += length
    }
  }

  private func record(_ bytes: Span<UInt8>, at start: Int) -> PacketRecord {
    PacketRecord(
      timeNanoseconds: Int64(bytes.bigEndian32(at: start + 16)) * 1_000_000_000 + Int64(bytes.bigEndian32(at: start + 20)) * 1000,
      offset: Int32(truncatingIfNeeded: start + Self.recordHeaderByteCount), capturedByteCount: bytes.bigEndian32(at: start + 4),
      originalByteCount: bytes.bigEndian32(at: start), link: link, hasNoTime: false)
  }
}

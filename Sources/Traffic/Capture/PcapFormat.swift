import ByteReading

/// The classic pcap format (draft-ietf-opsawg-pcap): a file header of 24 bytes, then records of a header and the captured bytes.
///
/// Both byte orders, microseconds (A1B2C3D4) and nanoseconds (A1B23C4D), and the variant of A. Kuznetsov with 8 more bytes in each
/// record header (A1B2CD34).
struct PcapFormat {
  let link: UInt16
  private let order: ByteOrder
  private let nanosecondsPerUnit: Int64
  private let recordHeaderByteCount: Int
  private let capturedByteCountMax: Int
  private static let fileHeaderByteCount = 24

  /// Reads the file header; nil where the bytes are not those of this format.
  init?(_ block: inout CaptureBlock) throws(CaptureFailure) {
    let magic = block.bytes.span.littleEndian32(at: block.start)
    switch magic {
    case 0xA1B2_C3D4: (order, nanosecondsPerUnit, recordHeaderByteCount) = (.littleEndian, 1000, 16)
    case 0xD4C3_B2A1: (order, nanosecondsPerUnit, recordHeaderByteCount) = (.bigEndian, 1000, 16)
    case 0xA1B2_3C4D: (order, nanosecondsPerUnit, recordHeaderByteCount) = (.littleEndian, 1, 16)
    case 0x4D3C_B2A1: (order, nanosecondsPerUnit, recordHeaderByteCount) = (.bigEndian, 1, 16)
    case 0xA1B2_CD34: (order, nanosecondsPerUnit, recordHeaderByteCount) = (.littleEndian, 1000, 24)
    case 0x34CD_B2A1: (order, nanosecondsPerUnit, recordHeaderByteCount) = (.bigEndian, 1000, 24)
    default: return nil
    }
    guard try block.require(Self.fileHeaderByteCount, as: CaptureFailure.self) else {
      throw .damage(CaptureDamage(offset: UInt64(block.available), reason: "the file ends inside the pcap file header"))
    }
    let major = block.bytes.span.number16(at: block.start + 4, order)
    guard major == 2 else {
      throw .damage(CaptureDamage(offset: 4, reason: "found pcap version \(major), expected 2"))
    }
    let snapLength = block.bytes.span.number32(at: block.start + 16, order)
    // The upper bits hold the length of the frame check sequence (draft-ietf-opsawg-pcap §4).
    link = UInt16(truncatingIfNeeded: block.bytes.span.number32(at: block.start + 20, order))
    // Some writers understate the snapshot length or leave it 0: libpcap then allows its own maximum of 256 KiB.
    capturedByteCountMax = min(max(262_144, Int(snapLength)), CaptureReader.capturedByteCountMax)
    block.start += Self.fileHeaderByteCount
  }

  /// Fills the batch from whole records; reads on only where there is none in memory.
  func fill(_ records: inout [PacketRecord], _ count: inout Int, _ block: inout CaptureBlock) throws(CaptureFailure) {
    if try !block.require(recordHeaderByteCount, as: CaptureFailure.self) {
      guard block.available > 0 else { return }
      throw .damage(
        CaptureDamage(
          offset: block.offset, reason: "the file ends inside a record header, after \(block.available) of \(recordHeaderByteCount) bytes"))
    }
    let captured = Int(block.bytes.span.number32(at: block.start + 8, order))
    guard captured <= capturedByteCountMax else { throw .damage(tooLong(captured, at: block.offset)) }
    if try !block.require(recordHeaderByteCount + captured, as: CaptureFailure.self) {
      throw .damage(
        CaptureDamage(
          offset: block.offset,
          reason: "the file ends inside a record, after \(block.available) of \(recordHeaderByteCount + captured) bytes"))
    }
    // What is in memory is handed out before damage behind it is spoken of: the next call finds it again.
    let start = block.start
    let end = block.end
    let next: Int
    if order == .littleEndian {
      (next, count) = walk(block.bytes.span, from: start, to: end, &records) { $0 }
    } else {
      (next, count) = walk(block.bytes.span, from: start, to: end, &records) { $0.byteSwapped }
    }
    block.start = next
  }

  private func tooLong(_ captured: Int, at offset: UInt64) -> CaptureDamage {
    CaptureDamage(offset: offset, reason: "found a record of \(captured) captured bytes, expected at most \(capturedByteCountMax)")
  }

  /// Fills the batch from the whole records between two places; gives the place after the last of them and their number.
  @inline(__always)
  private func walk(
    _ bytes: Span<UInt8>, from start: Int, to end: Int, _ records: inout [PacketRecord], _ value: (UInt32) -> UInt32
  ) -> (next: Int, count: Int) {
    var place = start
    var filled = 0
    var slots = records.mutableSpan
    while filled < slots.count, place + recordHeaderByteCount <= end {
      // One bounds check for the header; its four numbers are then at fixed places.
      let header = bytes.extracting(place..<(place + 16))
      let captured = Int(value(header.littleEndian32(at: 8)))
      let next = place + recordHeaderByteCount + captured
      guard captured <= capturedByteCountMax, next <= end else { break }
      let seconds = Int64(value(header.littleEndian32(at: 0)))
      let fraction = Int64(value(header.littleEndian32(at: 4)))
      slots[filled] = PacketRecord(
        timeNanoseconds: seconds &* 1_000_000_000 &+ fraction &* nanosecondsPerUnit,
        offset: Int32(truncatingIfNeeded: place + recordHeaderByteCount), capturedByteCount: UInt32(truncatingIfNeeded: captured),
        originalByteCount: value(header.littleEndian32(at: 12)), link: link, hasNoTime: false)
      filled += 1
      place = next
    }
    return (place, filled)
  }
}

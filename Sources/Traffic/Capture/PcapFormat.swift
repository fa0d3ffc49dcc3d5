import ByteReading

/// The classic pcap format (draft-ietf-opsawg-pcap): a file header of 24 bytes, then records of a header and the captured bytes.
///
/// Both byte orders of each variant in `PcapVariant`; versions 2.0 to 2.4, and 543.0 of DG/UX.
struct PcapFormat {
  let link: UInt16
  private let order: ByteOrder
  private let nanosecondsPerUnit: Int64
  private let recordHeaderByteCount: Int
  private let capturedByteCountMax: Int
  /// Before version 2.4 writers disagreed which of the two lengths comes first: the captured one is never the larger.
  private let lengthsMayBeSwapped: Bool
  private static let fileHeaderByteCount = 24

  /// Reads the file header; nil where the bytes are not those of this format.
  init?(_ block: inout CaptureBlock) throws(CaptureFailure) {
    guard let (variant, order) = PcapVariant.find(magic: block.bytes.span.littleEndian32(at: block.start)) else { return nil }
    self.order = order
    nanosecondsPerUnit = variant.nanosecondsPerUnit
    recordHeaderByteCount = variant.recordHeaderByteCount
    let headerByteCount = Self.fileHeaderByteCount + variant.moreFileHeaderByteCount
    guard try block.require(headerByteCount, as: CaptureFailure.self) else {
      throw .damage(CaptureDamage(offset: UInt64(block.available), reason: "the file ends inside the pcap file header"))
    }
    let major = block.bytes.span.number16(at: block.start + 4, order)
    let minor = block.bytes.span.number16(at: block.start + 6, order)
    guard major == 2 && minor <= 4 || major == 543 && minor == 0 else {
      throw .damage(CaptureDamage(offset: 4, reason: "found pcap version \(major).\(minor), expected 2.0 to 2.4"))
    }
    lengthsMayBeSwapped = major == 543 || minor < 4
    let snapLength = block.bytes.span.number32(at: block.start + 16, order)
    // The upper bits hold the length of the frame check sequence (draft-ietf-opsawg-pcap §4).
    link = UInt16(truncatingIfNeeded: block.bytes.span.number32(at: block.start + 20, order))
    // Some writers understate the snapshot length or leave it 0: libpcap then allows its own maximum of 256 KiB.
    capturedByteCountMax = min(max(262_144, Int(snapLength)), CaptureReader.capturedByteCountMax)
    block.start += headerByteCount
  }

  /// Fills the batch from whole records; reads on only where there is none in memory.
  func fill(_ records: inout [PacketRecord], _ count: inout Int, _ block: inout CaptureBlock) throws(CaptureFailure) {
    if try !block.require(recordHeaderByteCount, as: CaptureFailure.self) {
      guard block.available > 0 else { return }
      throw .damage(
        CaptureDamage(
          offset: block.offset, reason: "the file ends inside a record header, after \(block.available) of \(recordHeaderByteCount) bytes"))
    }
    var captured = Int(block.bytes.span.number32(at: block.start + 8, order))
    if lengthsMayBeSwapped { captured = min(captured, Int(block.bytes.span.number32(at: block.start + 12, order))) }
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
    switch (order, lengthsMayBeSwapped) {
    case (.littleEndian, false): (next, count) = walk(block.bytes.span, from: start, to: end, &records, isOld: false) { $0 }
    case (.bigEndian, false): (next, count) = walk(block.bytes.span, from: start, to: end, &records, isOld: false) { $0.byteSwapped }
    case (.littleEndian, true): (next, count) = walk(block.bytes.span, from: start, to: end, &records, isOld: true) { $0 }
    case (.bigEndian, true): (next, count) = walk(block.bytes.span, from: start, to: end, &records, isOld: true) { $0.byteSwapped }
    }
    block.start = next
  }

  private func tooLong(_ captured: Int, at offset: UInt64) -> CaptureDamage {
    CaptureDamage(offset: offset, reason: "found a record of \(captured) captured bytes, expected at most \(capturedByteCountMax)")
  }

  /// Fills the batch from the whole records between two places; gives the place after the last of them and their number.
  @inline(__always)
  private func walk(
    _ bytes: Span<UInt8>, from start: Int, to end: Int, _ records: inout [PacketRecord], isOld: Bool, _ value: (UInt32) -> UInt32
  ) -> (next: Int, count: Int) {
    var place = start
    var filled = 0
    var slots = records.mutableSpan
    while filled < slots.count, place + recordHeaderByteCount <= end {
      // One bounds check for the header; its four numbers are then at fixed places.
      let header = bytes.extracting(place..<(place + 16))
      var length = (captured: value(header.littleEndian32(at: 8)), original: value(header.littleEndian32(at: 12)))
      if isOld, length.captured > length.original { swap(&length.captured, &length.original) }
      let captured = Int(length.captured)
      let next = place + recordHeaderByteCount + captured
      guard captured <= capturedByteCountMax, next <= end else { break }
      let seconds = Int64(value(header.littleEndian32(at: 0)))
      let fraction = Int64(value(header.littleEndian32(at: 4)))
      slots[filled] = PacketRecord(
        timeNanoseconds: seconds &* 1_000_000_000 &+ fraction &* nanosecondsPerUnit,
        offset: Int32(truncatingIfNeeded: place + recordHeaderByteCount), capturedByteCount: length.captured,
        originalByteCount: length.original, link: link, hasNoTime: false)
      filled += 1
      place = next
    }
    return (place, filled)
  }
}

/// The variants of classic pcap, told by the magic number in the byte order of their writer.
struct PcapVariant {
  var magic: UInt32
  var nanosecondsPerUnit: Int64
  var recordHeaderByteCount = 16
  /// How many bytes follow the usual 24 of the file header.
  var moreFileHeaderByteCount = 0

  /// Not among them: 0xA1B234CD and 0xA12B3C4D, which libpcap reserves and nobody describes; records of AIX and Nokia, which bear the
  /// usual magic and could only be guessed.
  static let all = [
    PcapVariant(magic: 0xA1B2_C3D4, nanosecondsPerUnit: 1000),
    PcapVariant(magic: 0xA1B2_3C4D, nanosecondsPerUnit: 1),
    // A. Kuznetsov's: interface, protocol and packet type in each record.
    PcapVariant(magic: 0xA1B2_CD34, nanosecondsPerUnit: 1000, recordHeaderByteCount: 24),
    // D. Borkmann's (netsniff-ng): the same, the source of the time, and nanoseconds.
    PcapVariant(magic: 0xA1E2_CB12, nanosecondsPerUnit: 1, recordHeaderByteCount: 24),
    // IXIA's lcap, of its hardware and its software: the size of all records behind the file header.
    PcapVariant(magic: 0x1C00_01AC, nanosecondsPerUnit: 1000, moreFileHeaderByteCount: 4),
    PcapVariant(magic: 0x1C00_01AB, nanosecondsPerUnit: 1000, moreFileHeaderByteCount: 4),
  ]

  /// The variant and byte order of a file's first four bytes, read as a little-endian number.
  static func find(magic: UInt32) -> (variant: PcapVariant, order: ByteOrder)? {
    for variant in all {
      if variant.magic == magic { return (variant, .littleEndian) }
      if variant.magic.byteSwapped == magic { return (variant, .bigEndian) }
    }
    return nil
  }
}

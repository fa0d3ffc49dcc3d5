import ByteReading

/// The pcapng format (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces with their own clock, packets in blocks.
struct PcapngFormat {
  /// One interface of the current section.
  private struct Interface {
    var link: UInt16
    var snapLength: UInt32
    var clock: PcapngClock
  }

  private(set) var linksSeen: Set<UInt16> = []
  private(set) var linksDeclared: Set<UInt16> = []
  private var order = ByteOrder.littleEndian
  private var interfaces: [Interface] = []
  private var lastTimeNanoseconds: Int64 = 0
  private var sectionCount = 0

  private static let sectionHeader: UInt32 = 0x0A0D_0D0A
  private static let blockByteCountMax = CaptureReader.capturedByteCountMax + 1024 * 1024

  /// Whether the bytes begin with a section header block.
  static func matches(_ block: inout CaptureBlock) throws(CaptureFailure) -> Bool {
    try block.require(4, as: CaptureFailure.self) && block.bytes.span.littleEndian32(at: block.start) == sectionHeader
  }

  /// Fills the batch from blocks in memory; other blocks than packets are taken in passing.
  mutating func fill(_ records: inout [PacketRecord], _ count: inout Int, _ block: inout CaptureBlock) throws(CaptureFailure) {
    while count < records.count {
      // Once a packet points into the block, only what is in memory may be used.
      let mayRead = count == 0
      guard let length = try blockLength(&block, mayRead: mayRead) else { return }
      if !mayRead, length > block.available { return }
      let type = block.bytes.span.number32(at: block.start, order)
      if ![Self.sectionHeader, 1, 2, 3, 6].contains(type), length > block.available {
        try skip(length, &block)
        continue
      }
      guard try block.require(length, as: CaptureFailure.self) else {
        throw .damage(
          CaptureDamage(offset: block.offset, reason: "the file ends inside a block, after \(block.available) of \(length) bytes"))
      }
      let trailer = Int(block.bytes.span.number32(at: block.start + length - 4, order))
      guard trailer == length else { throw .damage(Self.contradiction(length, trailer, block.offset)) }
      let bodyStart = block.start + 8
      let bodyEnd = block.start + length - 4
      switch type {
      case Self.sectionHeader:
        let major = block.bytes.span.number16(at: bodyStart + 4, order)
        guard major == 1 else {
          throw .damage(CaptureDamage(offset: block.offset, reason: "found pcapng version \(major), expected 1"))
        }
        interfaces = []
        sectionCount += 1
      case 1: try interface(block.bytes.span, bodyStart, bodyEnd, block.offset)
      case 2, 6: try packet(type, block.bytes.span, bodyStart, bodyEnd, block.offset, &records, &count)
      case 3: try simplePacket(block.bytes.span, bodyStart, bodyEnd, block.offset, &records, &count)
      default: break
      }
      block.start += length
    }
  }

  /// The checked length of the next block; nil at the end, or where it is not in memory and may not be read.
  private mutating func blockLength(_ block: inout CaptureBlock, mayRead: Bool) throws(CaptureFailure) -> Int? {
    if block.available < 12 {
      guard mayRead else { return nil }
      if try !block.require(12, as: CaptureFailure.self) {
        guard block.available > 0 else { return nil }
        throw .damage(
          CaptureDamage(offset: block.offset, reason: "the file ends inside a block header, after \(block.available) of 12 bytes"))
      }
    }
    let bytes = block.bytes.span
    if bytes.littleEndian32(at: block.start) == Self.sectionHeader {
      switch bytes.littleEndian32(at: block.start + 8) {
      case 0x1A2B_3C4D: order = .littleEndian
      case 0x4D3C_2B1A: order = .bigEndian
      default: throw .damage(CaptureDamage(offset: block.offset + 8, reason: "found no byte-order magic in a section header"))
      }
    }
    let length = Int(bytes.number32(at: block.start + 4, order))
    let isSection = bytes.littleEndian32(at: block.start) == Self.sectionHeader
    guard length >= (isSection ? 28 : 12), length % 4 == 0 else {
      throw .damage(
        CaptureDamage(
          offset: block.offset + 4, reason: "found a block length of \(length), expected a multiple of 4 from \(isSection ? 28 : 12)"))
    }
    guard length <= Self.blockByteCountMax || !isKnown(bytes.number32(at: block.start, order)) else {
      throw .damage(
        CaptureDamage(offset: block.offset + 4, reason: "found a block of \(length) bytes, expected at most \(Self.blockByteCountMax)"))
    }
    return length
  }

  private func isKnown(_ type: UInt32) -> Bool { type == Self.sectionHeader || type == 1 || type == 2 || type == 3 || type == 6 }

  /// Passes over a block without holding it in memory; the length at its end is checked as that of any other.
  private func skip(_ length: Int, _ block: inout CaptureBlock) throws(CaptureFailure) {
    let offset = block.offset
    let taken = try block.skip(length - 4, as: CaptureFailure.self)
    guard taken == length - 4, try block.require(4, as: CaptureFailure.self) else {
      throw .damage(
        CaptureDamage(offset: offset, reason: "the file ends inside a block, after \(taken + block.available) of \(length) bytes"))
    }
    let trailer = Int(block.bytes.span.number32(at: block.start, order))
    guard trailer == length else { throw .damage(Self.contradiction(length, trailer, offset)) }
    block.start += 4
  }

  private static func contradiction(_ length: Int, _ trailer: Int, _ offset: UInt64) -> CaptureDamage {
    CaptureDamage(offset: offset, reason: "found a block of \(length) bytes that says \(trailer) at its end")
  }

  private mutating func interface(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ offset: UInt64) throws(CaptureFailure) {
    guard end - start >= 8 else {
      throw .damage(CaptureDamage(offset: offset, reason: "found an interface block of \(end - start) bytes, expected at least 8"))
    }
    var clock = PcapngClock()
    var place = start + 8
    while place + 4 <= end {
      let code = bytes.number16(at: place, order)
      let length = Int(bytes.number16(at: place + 2, order))
      let value = place + 4
      guard code != 0, value + length <= end else { break }
      if code == 9, length >= 1 { clock.resolution = bytes[value] }
      if code == 14, length >= 8 {
        let low = UInt64(bytes.number32(at: order == .littleEndian ? value : value + 4, order))
        let high = UInt64(bytes.number32(at: order == .littleEndian ? value + 4 : value, order))
        clock.offsetSeconds = Int64(bitPattern: high << 32 | low)
      }
      place = value + (length + 3) / 4 * 4
    }
    let link = bytes.number16(at: start, order)
    linksDeclared.insert(link)
    interfaces.append(Interface(link: link, snapLength: bytes.number32(at: start + 4, order), clock: clock))
  }

  /// An enhanced packet block (6) or the obsolete packet block (2): they differ in how the interface is written.
  private mutating func packet(
    _ type: UInt32, _ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ offset: UInt64, _ records: inout [PacketRecord], _ count: inout Int
  ) throws(CaptureFailure) {
    guard end - start >= 20 else {
      throw .damage(CaptureDamage(offset: offset, reason: "found a packet block of \(end - start) bytes, expected at least 20"))
    }
    let number = type == 6 ? Int(bytes.number32(at: start, order)) : Int(bytes.number16(at: start, order))
    guard number < interfaces.count else {
      throw .damage(
        CaptureDamage(offset: offset, reason: "found a packet of interface \(number), expected one of the \(interfaces.count) declared"))
    }
    let captured = Int(bytes.number32(at: start + 12, order))
    guard captured <= end - start - 20 else {
      throw .damage(
        CaptureDamage(offset: offset, reason: "found a packet of \(captured) bytes in a block with room for \(end - start - 20)"))
    }
    let units = UInt64(bytes.number32(at: start + 4, order)) << 32 | UInt64(bytes.number32(at: start + 8, order))
    let time = interfaces[number].clock.nanoseconds(units)
    if let time { lastTimeNanoseconds = time }
    linksSeen.insert(interfaces[number].link)
    records[count] = PacketRecord(
      timeNanoseconds: lastTimeNanoseconds, offset: Int32(truncatingIfNeeded: start + 20), capturedByteCount: UInt32(captured),
      originalByteCount: bytes.number32(at: start + 16, order), link: interfaces[number].link, hasNoTime: time == nil)
    count += 1
  }

  private mutating func simplePacket(
    _ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ offset: UInt64, _ records: inout [PacketRecord], _ count: inout Int
  ) throws(CaptureFailure) {
    guard let interface = interfaces.first, end - start >= 4 else {
      throw .damage(CaptureDamage(offset: offset, reason: "found a simple packet without an interface or a length"))
    }
    let original = bytes.number32(at: start, order)
    let snapLength = interface.snapLength == 0 ? UInt32.max : interface.snapLength
    let captured = min(original, snapLength, UInt32(end - start - 4))
    linksSeen.insert(interface.link)
    records[count] = PacketRecord(
      timeNanoseconds: lastTimeNanoseconds, offset: Int32(truncatingIfNeeded: start + 4), capturedByteCount: captured,
      originalByteCount: original,
      link: interface.link, hasNoTime: true)
    count += 1
  }
}

/// The clock of a pcapng interface: `if_tsresol` and `if_tsoffset`.
struct PcapngClock {
  /// Times lie strictly within 2^62 ns of the epoch (1823 to 2116, all that classic pcap can say), so that the difference of any two fits 64 bits.
  private static let limitNanoseconds: Int64 = 1 << 62

  /// Units per second: 10^n, or 2^(n − 128) where the highest bit is set. Microseconds unless said otherwise.
  var resolution: UInt8 = 6
  /// Seconds to add to every time.
  var offsetSeconds: Int64 = 0

  /// The time as nanoseconds since the epoch, rounded down; nil where it is out of range.
  func nanoseconds(_ units: UInt64) -> Int64? {
    let value: UInt64
    if resolution & 0x80 == 0, resolution <= 9 {
      var factor: UInt64 = 1
      for _ in resolution..<9 { factor *= 10 }
      let (product, overflow) = units.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
      value = product
    } else if resolution & 0x80 == 0 {
      var divisor: UInt64 = 1
      for _ in 9..<resolution {
        let (product, overflow) = divisor.multipliedReportingOverflow(by: 10)
        // So fine that 64 bits of units are less than a nanosecond.
        guard !overflow else { return add(0) }
        divisor = product
      }
      value = units / divisor
    } else {
      let shift = UInt64(resolution & 0x7F)
      let (high, low) = units.multipliedFullWidth(by: 1_000_000_000)
      guard shift < 64 else {
        guard shift < 128 else { return nil }
        return add(high >> (shift - 64))
      }
      guard shift == 0 ? high == 0 : high >> shift == 0 else { return nil }
      value = shift == 0 ? low : high << (64 - shift) | low >> shift
    }
    return add(value)
  }

  private func add(_ nanoseconds: UInt64) -> Int64? {
    guard let nanoseconds = Int64(exactly: nanoseconds) else { return nil }
    let (offset, overflow) = offsetSeconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowSum) = nanoseconds.addingReportingOverflow(offset)
    guard !overflow, !overflowSum, sum.magnitude < UInt64(Self.limitNanoseconds) else { return nil }
    return sum
  }
}

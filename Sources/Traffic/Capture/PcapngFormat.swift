import ByteReading

/// The pcapng format (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces with their own clock, packets in blocks.
///
/// A block that contradicts itself is passed over where its length can be relied on: everything else in it may be wrong, what follows is not.
/// What is no packet, interface, name resolution or statistics (custom blocks, decryption secrets, journals …) is passed over too.
struct PcapngFormat {
  private(set) var linksSeen: Set<UInt16> = []
  private(set) var linksDeclared: Set<UInt16> = []
  /// Names of addresses that name resolution blocks give.
  let names: CapturedNames
  /// What the statistics blocks and packets of sections that have ended say of losses.
  private var counters = CaptureCounters()
  /// The first contradiction that was passed over.
  private(set) var damage: CaptureDamage?
  /// How many blocks were passed over because they contradict themselves.
  private(set) var skippedBlockCount: UInt64 = 0
  private var order = ByteOrder.littleEndian
  private var interfaces: [PcapngInterface] = []
  private var lastTimeNanoseconds: Int64 = 0

  private static let sectionHeader: UInt32 = 0x0A0D_0D0A
  private static let blockByteCountMax = CaptureReader.capturedByteCountMax + 1024 * 1024
  /// Interfaces beyond these are as if never described: a file must not choose our memory.
  private static let interfaceCountMax = 65_536

  init(names: CapturedNames) { self.names = names }

  /// Whether the bytes begin with a section header block.
  static func matches(_ block: inout CaptureBlock) throws(CaptureFailure) -> Bool {
    try block.require(4, as: CaptureFailure.self) && block.bytes.span.littleEndian32(at: block.start) == sectionHeader
  }

  /// What the capture says of losses, so far.
  var losses: CaptureCounters {
    var sum = counters
    for interface in interfaces { sum.add(interface.counters) }
    return sum
  }

  /// Fills the batch from blocks in memory; other blocks than packets are taken in passing.
  mutating func fill(_ records: inout [PacketRecord], _ count: inout Int, _ block: inout CaptureBlock) throws(CaptureFailure) {
    while count < records.count {
      if !interfaces.isEmpty {
        let before = count
        if order == .littleEndian {
          (block.start, count) = walk(block.bytes.span, from: block.start, to: block.end, &records, count) { $0 }
        } else {
          (block.start, count) = walk(block.bytes.span, from: block.start, to: block.end, &records, count) { $0.byteSwapped }
        }
        if count > before { lastTimeNanoseconds = records[count - 1].timeNanoseconds }
        if count == records.count { return }
      }
      // Once a packet points into the block, only what is in memory may be used.
      guard try oneBlock(&records, &count, &block, mayRead: count == 0) else { return }
    }
  }

  /// Fills the batch from enhanced packet blocks that stand one behind the other and are as they should be, of interfaces that have brought
  /// a packet before; gives the place after the last of them, and their number added to `filled`. Anything else is left to `oneBlock`.
  @inline(__always)
  private func walk(
    _ bytes: Span<UInt8>, from start: Int, to end: Int, _ records: inout [PacketRecord], _ filled: Int, _ value: (UInt32) -> UInt32
  ) -> (next: Int, count: Int) {
    var place = start
    var filled = filled
    var slots = records.mutableSpan
    let interfaces = interfaces.span
    while filled < slots.count, place + 32 <= end {
      // One bounds check for the header; its numbers are then at fixed places.
      let header = bytes.extracting(place..<(place + 28))
      let length = Int(value(header.littleEndian32(at: 4)))
      let captured = value(header.littleEndian32(at: 20))
      let next = place + length
      let number = Int(value(header.littleEndian32(at: 8)))
      // Four bytes behind the packet may be options, which are read elsewhere.
      guard value(header.littleEndian32(at: 0)) == 6, next <= end, length - 32 - Int(captured) < 4, length >= 32 + Int(captured),
        number < interfaces.count, length <= Self.blockByteCountMax,
        value(bytes.littleEndian32(at: next - 4)) == UInt32(truncatingIfNeeded: length)
      else { break }
      let units = UInt64(value(header.littleEndian32(at: 12))) << 32 | UInt64(value(header.littleEndian32(at: 16)))
      let clock = interfaces[number].clock
      guard units < clock.unitsEnd, interfaces[number].hasPackets, length & 3 == 0 else { break }
      slots[filled] = PacketRecord(
        timeNanoseconds: Int64(truncatingIfNeeded: units &* clock.nanosecondsPerUnit) &+ clock.offsetNanoseconds,
        offset: Int32(truncatingIfNeeded: place + 28), capturedByteCount: captured, originalByteCount: value(header.littleEndian32(at: 24)),
        link: interfaces[number].link, hasNoTime: false, interface: UInt8(truncatingIfNeeded: number))
      filled += 1
      place = next
    }
    return (place, filled)
  }

  /// Takes the next block, of any kind; false at the end, or where it is not in memory and may not be read.
  private mutating func oneBlock(
    _ records: inout [PacketRecord], _ count: inout Int, _ block: inout CaptureBlock, mayRead: Bool
  ) throws(CaptureFailure) -> Bool {
    guard let length = try blockLength(&block, mayRead: mayRead) else { return false }
    if !mayRead, length > block.available { return false }
    let offset = block.offset
    let type = block.bytes.span.number32(at: block.start, order)
    if !isHeld(type, length) {
      try skip(length, &block)
      return true
    }
    guard try block.require(length, as: CaptureFailure.self) else {
      throw .damage(
        CaptureDamage(offset: block.offset, reason: "the file ends inside a block, after \(block.available) of \(length) bytes"))
    }
    let trailer = Int(block.bytes.span.number32(at: block.start + length - 4, order))
    guard trailer == length else {
      // To see whether the length can be relied on, more must be read.
      if !mayRead { return false }
      let found = Self.contradiction(length, trailer, offset)
      guard type != Self.sectionHeader, try isFollowedByBlock(length, &block) else { throw .damage(found) }
      passOver(type, found)
      block.start += length
      return true
    }
    do {
      try take(type, block.bytes.span, block.start + 8, block.start + length - 4, &records, &count)
    } catch {
      let found = CaptureDamage(offset: offset, reason: error.reason)
      guard type != Self.sectionHeader else { throw .damage(found) }
      passOver(type, found)
    }
    block.start += length
    return true
  }

  /// Takes a block whose two lengths agree.
  private mutating func take(
    _ type: UInt32, _ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ records: inout [PacketRecord], _ count: inout Int
  ) throws(Contradiction) {
    switch type {
    case Self.sectionHeader:
      let major = bytes.number16(at: start + 4, order)
      guard major == 1 else { throw Contradiction(reason: "found pcapng version \(major), expected 1") }
      counters = losses
      interfaces = []
    case 1:
      let interface = try PcapngInterface(bytes, start, end, order)
      linksDeclared.insert(interface.link)
      if interfaces.count < Self.interfaceCountMax { interfaces.append(interface) }
    case 2, 6: try packet(type, bytes, start, end, &records, &count)
    case 3: try simplePacket(bytes, start, end, &records, &count)
    case 4: try names.take(bytes, start, end, order)
    case 5:
      guard end - start >= 12 else { throw Contradiction(reason: "found a statistics block of \(end - start) bytes, expected at least 12") }
      let number = try described(Int(bytes.number32(at: start, order)), "statistics")
      try interfaces[number].takeStatistics(bytes, start + 12, end, order)
    default: break
    }
  }

  /// Notes a block that is not used. Interfaces are numbered as they stand, so one that cannot be used keeps its number.
  private mutating func passOver(_ type: UInt32, _ found: CaptureDamage) {
    if damage == nil { damage = found }
    skippedBlockCount += 1
    if type == 1, interfaces.count < Self.interfaceCountMax { interfaces.append(.unusable) }
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
      guard let found = Self.order(magic: bytes.littleEndian32(at: block.start + 8)) else {
        throw .damage(CaptureDamage(offset: block.offset + 8, reason: "found no byte-order magic in a section header"))
      }
      order = found
    }
    let length = Int(bytes.number32(at: block.start + 4, order))
    let isSection = bytes.littleEndian32(at: block.start) == Self.sectionHeader
    guard length >= (isSection ? 28 : 12), length % 4 == 0 else {
      throw .damage(
        CaptureDamage(
          offset: block.offset + 4, reason: "found a block length of \(length), expected a multiple of 4 from \(isSection ? 28 : 12)"))
    }
    guard length <= Self.blockByteCountMax || !isHeld(bytes.number32(at: block.start, order), length) else {
      throw .damage(
        CaptureDamage(offset: block.offset + 4, reason: "found a block of \(length) bytes, expected at most \(Self.blockByteCountMax)"))
    }
    return length
  }

  private static func order(magic: UInt32) -> ByteOrder? {
    switch magic {
    case 0x1A2B_3C4D: .littleEndian
    case 0x4D3C_2B1A: .bigEndian
    default: nil
    }
  }

  /// Whether a block is held in memory as a whole: because its content is used. Names and statistics are not worth any length.
  private func isHeld(_ type: UInt32, _ length: Int) -> Bool {
    switch type {
    case Self.sectionHeader, 1, 2, 3, 6: true
    case 4, 5: length <= Self.blockByteCountMax
    // Small ones are held too, so that one that contradicts itself can be passed over.
    default: length <= 65_536
    }
  }

  /// Whether the block of that length, which is in memory and says another at its end, is followed by a whole block or the end of the file.
  private func isFollowedByBlock(_ length: Int, _ block: inout CaptureBlock) throws(CaptureFailure) -> Bool {
    guard try block.require(length + 12, as: CaptureFailure.self) else { return block.available == length }
    let next = block.start + length
    var order = order
    if block.bytes.span.littleEndian32(at: next) == Self.sectionHeader {
      guard let found = Self.order(magic: block.bytes.span.littleEndian32(at: next + 8)) else { return false }
      order = found
    }
    let nextLength = Int(block.bytes.span.number32(at: next + 4, order))
    guard nextLength >= 12, nextLength % 4 == 0, nextLength <= Self.blockByteCountMax,
      try block.require(length + nextLength, as: CaptureFailure.self)
    else { return false }
    return Int(block.bytes.span.number32(at: block.start + length + nextLength - 4, order)) == nextLength
  }

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

  /// The number of an interface if the section describes it.
  private func described(_ number: Int, _ what: String) throws(Contradiction) -> Int {
    guard number < interfaces.count else {
      throw Contradiction(reason: "found \(what) of interface \(number), expected one of the \(interfaces.count) declared")
    }
    guard interfaces[number].isUsable else {
      throw Contradiction(reason: "found \(what) of interface \(number), whose description cannot be used")
    }
    return number
  }

  /// An enhanced packet block (6) or the obsolete packet block (2): they differ in how the interface and a loss before the packet are written.
  private mutating func packet(
    _ type: UInt32, _ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ records: inout [PacketRecord], _ count: inout Int
  ) throws(Contradiction) {
    guard end - start >= 20 else { throw Contradiction(reason: "found a packet block of \(end - start) bytes, expected at least 20") }
    let number = try described(type == 6 ? Int(bytes.number32(at: start, order)) : Int(bytes.number16(at: start, order)), "a packet")
    let captured = Int(bytes.number32(at: start + 12, order))
    guard captured <= end - start - 20 else {
      throw Contradiction(reason: "found a packet of \(captured) bytes in a block with room for \(end - start - 20)")
    }
    let units = UInt64(bytes.number32(at: start + 4, order)) << 32 | UInt64(bytes.number32(at: start + 8, order))
    let time = interfaces[number].clock.nanoseconds(units)
    if let time { lastTimeNanoseconds = time }
    if !interfaces[number].hasPackets {
      interfaces[number].hasPackets = true
      linksSeen.insert(interfaces[number].link)
    }
    if type == 2 {
      let dropped = bytes.number16(at: start + 2, order)
      if dropped != 0xFFFF { interfaces[number].addDropped(UInt64(dropped)) }
    }
    let optionStart = start + 20 + (captured + 3) / 4 * 4
    if type == 6, end - optionStart >= 4 {
      // A loss before the packet; damaged options do not make the packet wrong.
      _ = PcapngOptions.read(bytes, optionStart, end, order) { code, value, length in
        if code == 4, length == 8 { interfaces[number].addDropped(bytes.number64(at: value, order)) }
      }
    }
    records[count] = PacketRecord(
      timeNanoseconds: lastTimeNanoseconds, offset: Int32(truncatingIfNeeded: start + 20), capturedByteCount: UInt32(captured),
      originalByteCount: bytes.number32(at: start + 16, order), link: interfaces[number].link, hasNoTime: time == nil,
      interface: UInt8(truncatingIfNeeded: number))
    count += 1
  }

  private mutating func simplePacket(
    _ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ records: inout [PacketRecord], _ count: inout Int
  ) throws(Contradiction) {
    guard end - start >= 4 else { throw Contradiction(reason: "found a simple packet without a length") }
    let interface = interfaces[try described(0, "a simple packet")]
    let original = bytes.number32(at: start, order)
    let snapLength = interface.snapLength == 0 ? UInt32.max : interface.snapLength
    let captured = min(original, snapLength, UInt32(end - start - 4))
    linksSeen.insert(interface.link)
    records[count] = PacketRecord(
      timeNanoseconds: lastTimeNanoseconds, offset: Int32(truncatingIfNeeded: start + 4), capturedByteCount: captured,
      originalByteCount: original, link: interface.link, hasNoTime: true)
    count += 1
  }
}

/// What is wrong inside a block whose length can be relied on.
struct Contradiction: Error {
  var reason: String
}

import Capture
import TestSupport
import Testing

@Suite struct PcapngTests {
  private func times(_ build: (inout PcapngBuilder) -> Void) -> [Int64?] {
    var builder = PcapngBuilder()
    builder.section()
    build(&builder)
    let capture = ReadCapture(builder.bytes)
    #expect(capture.damage == nil)
    return capture.packets.map { $0.hasNoTime ? nil : $0.timeNanoseconds }
  }

  @Test func sectionsOfBothByteOrdersGiveTheSamePacketsAsPcap() {
    let capture = ReadCapture(SmallCaptures.pcapng)
    #expect(capture.packets == SmallCaptures.expected)
    #expect(capture.damage == nil)
    #expect(capture.container == .pcapng)
  }

  @Test func everyPacketBlockOfBothByteOrdersIsRead() {
    for bigEndian in [false, true] {
      var builder = PcapngBuilder()
      builder.section(bigEndian: bigEndian)
      builder.interface(link: 1, snapLength: 6)
      builder.interface(link: 101, resolution: 3)
      builder.packet(units: 5_000_000, [1, 2, 3])
      builder.obsoletePacket(units: 7_000, [4, 5], interface: 1)
      builder.simplePacket([6, 7, 8, 9, 10, 11], originalByteCount: 900)
      #expect(
        ReadCapture(builder.bytes).packets == [
          .init(timeNanoseconds: 5_000_000_000, frame: [1, 2, 3], originalByteCount: 3, link: 1),
          .init(timeNanoseconds: 7_000_000_000, frame: [4, 5], originalByteCount: 2, link: 101),
          .init(timeNanoseconds: 7_000_000_000, frame: [6, 7, 8, 9, 10, 11], originalByteCount: 900, link: 1, hasNoTime: true),
        ])
      #expect(ReadCapture(builder.bytes).links == [1, 101])
    }
  }

  @Test(
    arguments: [
      (nil, 1_000_000, 1_000_000_000), (0, 3, 3_000_000_000), (3, 1500, 1_500_000_000), (6, 1, 1000), (9, 77, 77), (12, 1_234_567, 1234),
      (19, 25_000_000_000, 2), (0x80, 2, 2_000_000_000), (0x81, 3, 1_500_000_000), (0x94, 1 << 20, 1_000_000_000),
      (0xBF, 1 << 62, 500_000_000),
      (0xC0, 1 << 63, 500_000_000), (0xC4, 1 << 63, 31_250_000), (0xFF, .max, 0), (40, .max, 0), (0x7F, 5, 0),
    ] as [(UInt8?, UInt64, Int64)])
  func aClockOfAnyResolutionGivesNanosecondsRoundedDown(_ resolution: UInt8?, _ units: UInt64, _ expected: Int64) {
    let found = times { builder in
      builder.interface(resolution: resolution)
      builder.packet(units: units, [0])
    }
    #expect(found == [expected])
  }

  @Test func theOffsetOfAClockIsAddedAlsoWhereItIsNegative() {
    for (offset, expected) in [(10, 11_000_000_000), (-10, -9_000_000_000)] as [(Int64, Int64)] {
      let found = times { builder in
        builder.interface(offsetSeconds: offset)
        builder.packet(units: 1_000_000, [0])
      }
      #expect(found == [expected])
    }
  }

  @Test func aTimeOutsideTheYears1823To2116IsNone() {
    let found = times { builder in
      builder.interface(resolution: 0)
      builder.interface(resolution: 9, offsetSeconds: .min)
      builder.interface(resolution: 0, offsetSeconds: -9_000_000_000)
      builder.interface(resolution: 100, offsetSeconds: .max)
      builder.packet(units: 4_611_686_018, [0])
      for (interface, units) in [(0, 4_611_686_019), (0, 9_223_372_036), (0, .max), (1, 5), (2, 1), (3, 7)] as [(UInt32, UInt64)] {
        builder.packet(units: units, [0], interface: interface)
      }
      builder.packet(units: 4_388_313_983, [0], interface: 2)
    }
    #expect(found == [4_611_686_018_000_000_000, nil, nil, nil, nil, nil, nil, -4_611_686_017_000_000_000])
  }

  @Test func aPacketWithoutATimeTakesThatOfThePacketBefore() {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface()
    builder.simplePacket([1])
    builder.packet(units: 9_000_000, [2])
    builder.simplePacket([3])
    builder.section()
    builder.interface()
    builder.simplePacket([4])
    let packets = ReadCapture(builder.bytes).packets
    #expect(packets.map(\.timeNanoseconds) == [0, 9_000_000_000, 9_000_000_000, 9_000_000_000])
    #expect(packets.map(\.hasNoTime) == [true, false, true, true])
  }

  @Test func linksAreThoseOfInterfacesThatBroughtPackets() {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface(link: 1)
    builder.interface(link: 113)
    #expect(ReadCapture(builder.bytes).links == [1, 113])
    builder.packet(units: 1, [0], interface: 1)
    #expect(ReadCapture(builder.bytes).links == [113])
  }

  @Test func interfacesEndWithTheirSection() {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface()
    builder.packet(units: 1, [0])
    builder.section()
    let offset = UInt64(builder.bytes.count)
    builder.packet(units: 1, [0])
    let capture = ReadCapture(builder.bytes)
    #expect(capture.packets.count == 1)
    #expect(capture.damage == CaptureDamage(offset: offset, reason: "found a packet of interface 0, expected one of the 0 declared"))
    #expect(capture.skippedBlockCount == 1)
  }

  /// One good packet and then a block that is wrong in one way.
  private func damage(after build: (inout PcapngBuilder) -> Void) -> (offset: UInt64, damage: CaptureDamage?) {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface()
    builder.packet(units: 1, [0])
    let offset = UInt64(builder.bytes.count)
    build(&builder)
    let capture = ReadCapture(builder.bytes)
    #expect(capture.packets.count == 1)
    return (offset, capture.damage)
  }

  @Test func lengthsThatLieAreDamageWithTheirPlaceAndReason() {
    for length in [0, 4, 8, 13, 0xFFFF_FFFF] as [UInt32] {
      let found = damage { builder in
        var bytes = NetworkBytes(bigEndian: false)
        bytes.number(UInt32(6))
        bytes.number(length)
        bytes.raw([UInt8](repeating: 0, count: 64))
        builder.raw(bytes.bytes)
      }
      #expect(found.damage?.offset == found.offset + 4)
      #expect(found.damage?.reason.contains("\(length)") == true)
    }
    let version = damage { $0.section(major: 2) }
    #expect(version.damage == CaptureDamage(offset: version.offset, reason: "found pcapng version 2, expected 1"))
    let magic = damage { $0.raw([0x0A, 0x0D, 0x0D, 0x0A] + [UInt8](repeating: 0x33, count: 24)) }
    #expect(magic.damage?.offset == magic.offset + 8)
  }

  @Test func aLargeUnknownBlockIsPassedOverAndItsEndIsCheckedAllTheSame() {
    for lie in [nil, 12] as [UInt32?] {
      var builder = PcapngBuilder()
      builder.section()
      builder.interface()
      builder.packet(units: 1, [0])
      builder.block(0xBAD, lengthAtEnd: lie) { $0.raw([UInt8](repeating: 9, count: 600_000)) }
      builder.packet(units: 2, [1])
      // However much of the block is in memory: the answer is the same.
      for piece in [1000, 65_536, .max] {
        let capture = ReadCapture(builder.bytes, pieceByteCount: piece)
        #expect(capture.packets.count == (lie == nil ? 2 : 1), "in pieces of \(piece)")
        #expect((capture.damage == nil) == (lie == nil), "in pieces of \(piece)")
      }
    }
  }
}

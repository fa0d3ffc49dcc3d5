import Capture
import TestSupport
import Testing

/// What other blocks than packets say, and blocks that contradict themselves.
@Suite struct PcapngBlockTests {
  private func option(_ code: UInt16, _ value: [UInt8], _ body: inout NetworkBytes) {
    body.number(code)
    body.number(UInt16(value.count))
    body.raw(value)
    body.pad()
  }

  private func counter(_ code: UInt16, _ value: UInt64, _ body: inout NetworkBytes) {
    body.number(code)
    body.number(UInt16(8))
    body.number(value)
  }

  private func statistics(_ builder: inout PcapngBuilder, interface: UInt32 = 0, _ counters: [(UInt16, UInt64)]) {
    builder.block(5) { body in
      body.number(interface)
      body.number(UInt64(0))
      for (code, value) in counters { counter(code, value, &body) }
      body.number(UInt32(0))
    }
  }

  private func names(_ builder: inout PcapngBuilder, _ records: [(type: UInt16, value: [UInt8])], end: Bool = true) {
    builder.block(4) { body in
      for record in records { option(record.type, record.value, &body) }
      if end { body.number(UInt32(0)) }
    }
  }

  @Test func namesOfBothKindsOfAddressesAndByteOrdersAreCollected() {
    for bigEndian in [false, true] {
      var builder = PcapngBuilder()
      builder.section(bigEndian: bigEndian)
      names(
        &builder,
        [
          (1, [10, 0, 0, 1] + Array("db1\0db1.bank\0".utf8)),
          (2, [0x20, 1] + [UInt8](repeating: 0, count: 13) + [7] + Array("six\0".utf8)),
          (3, [1, 2, 3, 4, 5, 6] + Array("mac\0".utf8)), (1, [9, 9, 9, 9] + Array("nine".utf8)),
        ])
      names(&builder, [(1, [10, 0, 0, 1] + Array("alias\0db1\0\0".utf8))], end: false)
      let capture = ReadCapture(builder.bytes)
      #expect(capture.names == ["4:0:9090909=nine", "4:0:a000001=alias,db1,db1.bank", "6:2001000000000000:7=six"])
      #expect(capture.damage == nil)
    }
  }

  @Test func namesThatAreNoUTF8AreRepairedAndOverlongOnesLeftOut() {
    var builder = PcapngBuilder()
    builder.section()
    names(
      &builder,
      [(1, [1, 1, 1, 1, 0x61, 0xFF, 0x62, 0] + [UInt8](repeating: 0x78, count: 255) + [0] + [UInt8](repeating: 0x79, count: 256) + [0])])
    #expect(ReadCapture(builder.bytes).names == ["4:0:1010101=a\u{FFFD}b," + String(repeating: "x", count: 255)])
  }

  @Test func ofManyNamesTheFirstAreKeptWhateverTheirOrder() {
    var random = SeededRandom(seed: 12)
    let all = (0..<200).map { "n" + String($0 + 1000) }
    for _ in 0..<3 {
      var builder = PcapngBuilder()
      builder.section()
      for name in (all + all).shuffled(using: &random) { names(&builder, [(1, [1, 2, 3, 4] + Array(name.utf8) + [0])]) }
      #expect(
        ReadCapture(builder.bytes).names == ["4:0:1020304=" + all.prefix(CapturedNames.nameCountMax).joined(separator: ",")], "seed 12")
    }
  }

  @Test func ofManyAddressesTheLowestAreKeptWhateverTheirOrder() {
    var builder = PcapngBuilder()
    builder.section()
    // More than is kept, the highest first.
    for high in (0..<600).reversed() {
      builder.block(4) { body in
        for low in 0..<256 { option(1, [10, UInt8(high >> 8), UInt8(high & 255), UInt8(low)] + Array("x\0".utf8), &body) }
      }
    }
    let found = ReadCapture(builder.bytes).names
    #expect(found.count == 65_536)
    #expect(found.last == "4:0:a00ffff=x")
  }

  @Test func theLastStatisticsOfAnInterfaceCountAndThoseOfInterfacesAndSectionsAddUp() {
    var builder = PcapngBuilder()
    for bigEndian in [false, true] {
      builder.section(bigEndian: bigEndian)
      builder.interface()
      builder.interface()
      statistics(&builder, [(4, 50), (5, 5)])
      statistics(&builder, interface: 1, [(4, 7), (7, 1)])
      builder.packet(units: 1, [0])
      statistics(&builder, [(4, 100), (5, 10), (7, 2)])
    }
    #expect(ReadCapture(builder.bytes).losses == CaptureCounters(received: 214, dropped: 26))
    #expect(ReadCapture(SmallCaptures.pcapng).losses == CaptureCounters())
  }

  @Test func withoutStatisticsThePacketsThemselvesTellOfLosses() {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface()
    for dropped in [3, 4] as [UInt64] {
      builder.block(6) { body in
        for number in [0, 0, 1, 2, 2] as [UInt32] { body.number(number) }
        body.raw([1, 2])
        body.pad()
        counter(4, dropped, &body)
        body.number(UInt32(0))
      }
    }
    #expect(ReadCapture(builder.bytes).losses == CaptureCounters(dropped: 7))
    #expect(ReadCapture(builder.bytes).packets.count == 2)
    statistics(&builder, [(4, 11), (5, 9)])
    #expect(ReadCapture(builder.bytes).losses == CaptureCounters(received: 11, dropped: 9))
    statistics(&builder, [(5, .max)])
    statistics(&builder, interface: 0, [(5, .max), (7, 9)])
    #expect(ReadCapture(builder.bytes).losses.dropped == .max)
  }

  @Test func blocksOfOtherKindsArePassedOver() {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface()
    builder.packet(units: 1, [1])
    // Custom, custom that must not be copied, decryption secrets, systemd journal, local use; one of them with no content at all.
    for type in [0xBAD, 0x4000_0BAD, 10, 9, 0x8000_0001, 7] as [UInt32] {
      builder.block(type) { $0.raw(type == 7 ? [] : [UInt8](repeating: 6, count: 40)) }
      builder.packet(units: 2, [2])
    }
    let capture = ReadCapture(builder.bytes)
    #expect(capture.packets.count == 7)
    #expect(capture.damage == nil)
  }

  /// A good packet, a block that is wrong in one way, another good packet: what comes of it, in pieces of any size.
  private func damaged(_ name: String, packets: Int = 2, _ build: (inout PcapngBuilder) -> Void) -> CaptureDamage? {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface()
    builder.packet(units: 1, [1])
    let offset = UInt64(builder.bytes.count)
    build(&builder)
    builder.packet(units: 2, [2])
    let capture = ReadCapture(builder.bytes)
    #expect(capture.packets.map(\.frame) == Array([[1], [2]].prefix(packets)), "\(name)")
    #expect(capture.skippedBlockCount == (packets == 2 ? 1 : 0), "\(name)")
    #expect(capture.damage?.offset == offset, "\(name)")
    for piece in [1, 13, 64] { #expect(ReadCapture(builder.bytes, pieceByteCount: piece) == capture, "\(name)") }
    return capture.damage
  }

  @Test func aBlockThatContradictsItselfIsPassedOverAndReported() {
    let captured = damaged("captured") { builder in
      builder.block(6) { body in for number in [0, 0, 0, 500, 500, 0] as [UInt32] { body.number(number) } }
    }
    #expect(captured?.reason == "found a packet of 500 bytes in a block with room for 4")
    let interface = damaged("interface") { $0.packet(units: 1, [9], interface: 3) }
    #expect(interface?.reason == "found a packet of interface 3, expected one of the 1 declared")
    _ = damaged("short packet") { $0.block(6) { $0.number(UInt64(0)) } }
    _ = damaged("empty packet") { $0.block(6) { _ in } }
    _ = damaged("empty simple packet") { $0.block(3) { _ in } }
    _ = damaged("short interface") { $0.block(1) { $0.number(UInt32(1)) } }
    _ = damaged("statistics of no interface") { statistics(&$0, interface: 9, []) }
    _ = damaged("short statistics") { $0.block(5) { $0.number(UInt32(0)) } }
    _ = damaged("statistics with an option too long") { builder in
      builder.block(5) { body in
        for _ in 0..<3 { body.number(UInt32(0)) }
        body.number(UInt16(4))
        body.number(UInt16(80))
      }
    }
    _ = damaged("a name too long") { builder in
      builder.block(4) { body in
        body.number(UInt16(1))
        body.number(UInt16(80))
      }
    }
  }

  @Test func aBlockWithAnotherLengthAtItsEndIsPassedOverWhereItsLengthLeadsToAnotherBlock() {
    for type in [6, 0xBAD, 4] as [UInt32] {
      let found = damaged("another length in \(type)") { $0.block(type, lengthAtEnd: 99) { $0.raw([UInt8](repeating: 0, count: 40)) } }
      #expect(found?.reason == "found a block of 52 bytes that says 99 at its end")
    }
    // Where it leads to none, nothing tells where the next block begins.
    for length in [16, 24, 400] as [UInt32] {
      _ = damaged("a length that leads nowhere", packets: 1) { builder in
        var body = NetworkBytes(bigEndian: false)
        body.number(UInt32(6))
        body.number(length)
        body.raw([UInt8](repeating: 0x77, count: 600))
        builder.raw(body.bytes)
      }
    }
    var builder = PcapngBuilder()
    builder.section()
    builder.interface()
    builder.packet(units: 1, [1])
    builder.block(6, lengthAtEnd: 4) { $0.raw([UInt8](repeating: 0, count: 20)) }
    #expect(ReadCapture(builder.bytes).skippedBlockCount == 1)
  }

  @Test func packetsOfAnInterfaceThatCannotBeUsedArePassedOverAndTheOthersKeepTheirNumbers() {
    var builder = PcapngBuilder()
    builder.section()
    builder.block(1) { body in
      body.number(UInt64(1))
      // An option that is longer than its block.
      body.number(UInt16(9))
      body.number(UInt16(60))
    }
    builder.interface(link: 113)
    builder.packet(units: 1, [1])
    builder.packet(units: 2, [2], interface: 1)
    builder.simplePacket([3])
    let capture = ReadCapture(builder.bytes)
    #expect(capture.packets.map(\.frame) == [[2]])
    #expect(capture.links == [113])
    #expect(capture.skippedBlockCount == 3)
    #expect(capture.damage?.reason == "found an option of an interface that is longer than its block")
  }

  @Test func optionsBehindTheEndOfTheirListAreNone() {
    var builder = PcapngBuilder()
    builder.section()
    builder.block(1) { body in
      body.number(UInt64(1))
      body.number(UInt32(0))
      option(9, [9], &body)
    }
    builder.packet(units: 5, [0])
    #expect(ReadCapture(builder.bytes).packets.first?.timeNanoseconds == 5000)
  }

  @Test func everyClockGivesTheSameTimeToTheFirstPacketAndToThoseBehindIt() {
    var random = SeededRandom(seed: 60)
    for resolution in [nil, 0, 3, 6, 8, 9, 10, 0x80, 0x8A, 0x94] as [UInt8?] {
      for offset in [nil, 0, 1_000_000, -1_000_000, 4_611_686_017, -4_611_686_018, .max, .min] as [Int64?] {
        let units = (0..<40).map { _ in UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64.random(in: 0...63, using: &random) }
        var together = PcapngBuilder()
        together.section()
        together.interface(resolution: resolution, offsetSeconds: offset)
        together.packet(units: 0, [0])
        for unit in units { together.packet(units: unit, [0]) }
        // Alone in a section, each packet is the first of its interface.
        var alone = PcapngBuilder()
        for unit in [0] + units {
          alone.section()
          alone.interface(resolution: resolution, offsetSeconds: offset)
          alone.packet(units: unit, [0])
        }
        #expect(ReadCapture(together.bytes).packets == ReadCapture(alone.bytes).packets, "seed 60, \(String(describing: resolution))")
      }
    }
  }
}

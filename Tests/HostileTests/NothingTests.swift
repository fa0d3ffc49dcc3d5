import Interchange
import TestSupport
import Testing

/// Nothing where something is expected.
@Suite struct NothingTests {
  @Test func packetsOfNoBytesAreCounted() throws {
    for variant in PcapVariant.allCases {
      let bytes = pcap((0..<5000).map { CapturedPacket(at: Int64($0), []) }, variant: variant)
      let source = try #require(try metered(bytes)?.sources.first)
      #expect(source.packets == 5000 && source.ipPackets == 0 && source.complete, "\(variant)")
    }
    for link in Set(HostileCaptures.frames.map(\.link)) {
      #expect(try metered(pcap([CapturedPacket(at: 0, [], originalByteCount: 1500)], link: link))?.sources.first?.packets == 1)
    }
  }

  @Test func sectionsAndBlocksWithoutContentArePassedOver() throws {
    var builder = PcapngBuilder()
    for place in 0..<2000 {
      builder.section(bigEndian: place % 2 == 0)
      // Types without meaning.
      for type in [0x0BAD, 0x7FFF_FFFF] as [UInt32] { builder.block(type) { _ in } }
    }
    builder.interface()
    builder.packet(units: 0, [])
    let source = try #require(try metered(builder.bytes)?.sources.first)
    #expect(source.packets == 1 && source.complete)
  }

  @Test func blocksTooShortForWhatTheyAreEndNothingButTheReading() throws {
    for type in [1, 2, 3, 4, 5, 6, 7, 9, 10] as [UInt32] {
      for words in 0..<8 {
        var builder = PcapngBuilder()
        builder.section()
        builder.interface()
        builder.packet(units: 0, HostileCaptures.packets[0].frame)
        builder.block(type) { $0.raw([UInt8](repeating: 0, count: words * 4)) }
        let source = try #require(try metered(builder.bytes)?.sources.first)
        #expect(source.packets >= 1, "a block of type \(type) and \(words) words")
      }
    }
  }

  @Test func anEmptyFileAndAnEmptyWrappingAreRefusedOnce() throws {
    #expect(try metered([]) == nil)
    for wrapped in Wrapped.available {
      let empty = try wrapped.wrap([])
      #expect(try metered(empty) == nil)
      #expect(try metered(Array(repeatElement(empty, count: 2000).joined())) == nil)
    }
  }

  /// Beyond 65,536 none is remembered: a file of nothing else must not choose our memory.
  @Test func ofAHundredThousandInterfacesAsManyAreKeptApartAsAreHeld() throws {
    var builder = PcapngBuilder()
    builder.section()
    for number in 0..<100_000 { builder.interface(link: number == 65_535 ? 101 : 1) }
    builder.packet(units: 1, HostileCaptures.tcp, interface: 65_535)
    builder.packet(units: 2, HostileCaptures.packets[0].frame, interface: 0)
    let source = try #require(try metered(builder.bytes)?.sources.first)
    #expect(source.packets == 2 && source.edgePackets == 2 && source.complete)
  }
}

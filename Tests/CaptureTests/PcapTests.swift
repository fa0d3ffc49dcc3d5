import Capture
import TestSupport
import Testing

@Suite struct PcapTests {
  @Test(arguments: PcapVariant.allCases) func everyVariantGivesTheSamePackets(_ variant: PcapVariant) {
    let capture = ReadCapture(pcap(SmallCaptures.packets, variant: variant))
    #expect(capture.packets == SmallCaptures.expected)
    #expect(capture.damage == nil)
    #expect(capture.container == .pcap)
    #expect(capture.links == [1])
  }

  @Test func theFractionIsInTheUnitThatTheMagicNames() {
    let packet = CapturedPacket(at: 1_000_000_001_123_456_789, [1, 2, 3])
    #expect(ReadCapture(pcap([packet], variant: .nanoseconds)).packets.first?.timeNanoseconds == 1_000_000_001_123_456_789)
    #expect(ReadCapture(pcap([packet], variant: .microsecondsSwapped)).packets.first?.timeNanoseconds == 1_000_000_001_123_456_000)
  }

  @Test func timesReachFrom1970To2106() {
    for seconds in [0, 4_102_444_800, 4_294_967_295] as [Int64] {
      let capture = ReadCapture(pcap([CapturedPacket(at: seconds * 1_000_000_000 + 999_999_999, [0])]))
      #expect(capture.packets.first?.timeNanoseconds == seconds * 1_000_000_000 + 999_999_999)
    }
  }

  @Test func theUpperBitsOfTheLinkTypeAreNoPartOfIt() {
    var bytes = pcap(SmallCaptures.packets)
    bytes[23] = 0x14
    #expect(ReadCapture(bytes).packets == SmallCaptures.expected)
  }

  @Test func aHeaderAloneIsAWholeCaptureWithoutPackets() {
    let capture = ReadCapture(pcap([], link: 113))
    #expect(capture.packets.isEmpty && capture.damage == nil)
    #expect(capture.links == [113])
  }

  @Test func otherVersionsAreRefusedWithTheirNumbers() {
    for version in [(3, 4), (1, 4), (2, 5), (543, 1), (0, 0)] as [(UInt16, UInt16)] {
      #expect(
        ReadCapture(pcap(SmallCaptures.packets, version: version)).damage
          == CaptureDamage(offset: 4, reason: "found pcap version \(version.0).\(version.1), expected 2.0 to 2.4"))
    }
  }

  @Test func inOldVersionsEitherLengthMayComeFirst() {
    for version in [(2, 0), (2, 2), (2, 3), (543, 0)] as [(UInt16, UInt16)] {
      for (variant, swaps) in [(.microseconds, true), (.microseconds, false), (.microsecondsSwapped, true)] as [(PcapVariant, Bool)] {
        let capture = ReadCapture(pcap(SmallCaptures.packets, variant: variant, version: version, swapsLengths: swaps))
        #expect(capture.packets == SmallCaptures.expected, "version \(version)")
        #expect(capture.damage == nil)
      }
    }
  }

  @Test(arguments: PcapVariant.allCases) func aLengthThatLiesEndsTheReadingAtItsRecordAndKeepsWhatWasBefore(_ variant: PcapVariant) {
    let whole = pcap(SmallCaptures.packets, variant: variant)
    let good = pcap(Array(SmallCaptures.packets[..<3]), variant: variant)
    for lie in [UInt32.max, 0x8000_0000, 262_145, 0x0100_0000] {
      var length = NetworkBytes(bigEndian: variant.isBigEndian)
      length.number(lie)
      var bytes = whole
      bytes.replaceSubrange((good.count + 8)..<(good.count + 12), with: length.bytes)
      let capture = ReadCapture(bytes)
      #expect(capture.packets == Array(SmallCaptures.expected[..<3]))
      #expect(capture.damage?.offset == UInt64(good.count))
      #expect(capture.damage?.reason.contains("\(lie)") == true)
    }
  }

  @Test func aSnapshotLengthOfZeroOrTooLittleDoesNotMakePacketsWrong() {
    for length in [0, 1, 60] as [UInt32] {
      #expect(ReadCapture(pcap(SmallCaptures.packets, snapLength: length)).packets == SmallCaptures.expected)
    }
  }

  @Test func aPacketLargerThanABlockIsReadWhole() {
    let large = CapturedPacket(at: SmallCaptures.start, [UInt8](repeating: 7, count: 1_000_000))
    let capture = ReadCapture(pcap([large] + SmallCaptures.packets + [large], snapLength: 2_000_000))
    #expect(capture.packets.map(\.frame.count) == [1_000_000] + SmallCaptures.packets.map(\.frame.count) + [1_000_000])
    #expect(capture.damage == nil)
  }
}

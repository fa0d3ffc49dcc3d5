import Capture
import TestSupport
import Testing

@Suite struct SnoopTests {
  /// A capture in the snoop format; `dropped` is the sum so far, as each record states it.
  private func snoop(_ packets: [CapturedPacket], version: UInt32 = 2, dataLink: UInt32 = 4, dropped: [UInt32] = []) -> [UInt8] {
    var bytes = NetworkBytes(bigEndian: true)
    bytes.raw(Array("snoop".utf8) + [0, 0, 0])
    bytes.number(version)
    bytes.number(dataLink)
    for (place, packet) in packets.enumerated() {
      let padding = (4 - packet.frame.count % 4) % 4
      bytes.number(UInt32(packet.originalByteCount))
      bytes.number(UInt32(packet.frame.count))
      bytes.number(UInt32(24 + packet.frame.count + padding))
      bytes.number(place < dropped.count ? dropped[place] : 0)
      bytes.number(UInt32(packet.timeNanoseconds / 1_000_000_000))
      bytes.number(UInt32(packet.timeNanoseconds % 1_000_000_000 / 1000))
      bytes.raw(packet.frame + [UInt8](repeating: 0xEE, count: padding))
    }
    return bytes.bytes
  }

  @Test func itGivesTheSamePacketsAsPcap() {
    let capture = ReadCapture(snoop(SmallCaptures.packets))
    #expect(capture.packets == SmallCaptures.expected)
    #expect(capture.container == .snoop)
    #expect(capture.damage == nil)
    for piece in [1, 7, 100] { #expect(ReadCapture(snoop(SmallCaptures.packets), pieceByteCount: piece) == capture) }
  }

  @Test func itsDataLinkTypesBecomeLinkTypes() {
    for (dataLink, link) in [(0, 1), (2, 6), (4, 1), (8, 10)] as [(UInt32, UInt16)] {
      #expect(ReadCapture(snoop(SmallCaptures.packets, dataLink: dataLink)).packets.map(\.link) == [UInt16](repeating: link, count: 5))
    }
    let other = ReadCapture(snoop(SmallCaptures.packets, dataLink: 5))
    #expect(other.damage == CaptureDamage(offset: 12, reason: "found snoop data-link type 5, expected 0, 2, 4 or 8"))
  }

  @Test func anotherVersionIsRefused() {
    #expect(ReadCapture(snoop([], version: 1)).damage == CaptureDamage(offset: 8, reason: "found snoop version 1, expected 2"))
  }

  @Test func theLastSumOfLossesIsWhatTheCaptureLost() {
    #expect(ReadCapture(snoop(SmallCaptures.packets, dropped: [0, 2, 2, 7, 9])).losses == CaptureCounters(dropped: 9))
    #expect(ReadCapture(snoop([])).losses == CaptureCounters())
  }

  @Test func everyPrefixGivesTheWholePacketsBeforeTheCut() {
    let bytes = snoop(SmallCaptures.packets)
    var ends: Set<Int> = [16]
    var end = 16
    for packet in SmallCaptures.packets {
      end += 24 + (packet.frame.count + 3) / 4 * 4
      ends.insert(end)
    }
    for length in 0...bytes.count {
      let capture = ReadCapture(Array(bytes[..<length]))
      #expect(capture.packets == Array(SmallCaptures.expected.prefix(ends.filter { $0 <= length && $0 > 16 }.count)), "cut to \(length)")
      #expect((capture.damage == nil) == ends.contains(length), "cut to \(length)")
    }
  }

  @Test func lengthsThatLieEndTheReading() {
    let good = snoop(Array(SmallCaptures.packets[..<2]))
    for (captured, length) in [(10, 20), (UInt32.max, 100), (10, UInt32.max), (0x0200_0000, 0x0200_0020)] as [(UInt32, UInt32)] {
      var record = NetworkBytes(bigEndian: true)
      for number in [captured, captured, length, 0, 1, 0] { record.number(number) }
      let capture = ReadCapture(good + record.bytes + [UInt8](repeating: 0, count: 64))
      #expect(capture.packets.count == 2)
      #expect(capture.damage?.offset == UInt64(good.count))
    }
  }

  @Test func flippedBytesNeverBreakTheReader() {
    var random = SeededRandom(seed: 77)
    let bytes = snoop(SmallCaptures.packets)
    for _ in 0..<500 {
      var damaged = bytes
      damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      let whole = ReadCapture(damaged)
      #expect(ReadCapture(damaged, pieceByteCount: Int.random(in: 1...50, using: &random)) == whole, "seed 77")
    }
  }
}

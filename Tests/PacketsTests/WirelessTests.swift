import Packets
import TestSupport
import Testing

@Suite struct WirelessTests {
  private let packet = LinkHeaderTests.v4

  private func kind(_ frame: [UInt8], link: UInt16 = 105) -> PacketKind { LinkHeaderTests.summary(frame, link: link).kind }

  /// The frame with some bytes replaced.
  private func changed(_ frame: [UInt8], _ changes: [Int: UInt8]) -> [UInt8] {
    frame.indices.map { changes[$0] ?? frame[$0] }
  }

  @Test func onlyUnprotectedDataFramesHaveAPacket() {
    let frame = Frames.wireless(packet)
    #expect(kind(frame) == .flow)
    for subtype in 0...15 as ClosedRange<UInt8> {
      #expect(kind(changed(frame, [0: subtype << 4])) == .nonIP)
      #expect(kind(changed(frame, [0: subtype << 4 | 0x04])) == .nonIP)
      // Subtypes with the third bit have no data.
      if subtype & 4 != 0 { #expect(kind(changed(frame, [0: subtype << 4 | 0x08])) == .nonIP) }
    }
    for subtype in 1...3 as ClosedRange<UInt8> { #expect(kind(changed(frame, [0: subtype << 4 | 0x08])) == .flow) }
    #expect(kind(changed(frame, [1: 0x41])) == .nonIP)
    #expect(kind(changed(frame, [0: 0x09])) == .nonIP)
  }

  @Test func fragmentsBeyondTheFirstHaveNoHeaders() {
    #expect(kind(changed(Frames.wireless(packet), [22: 0x10, 1: 0x05])) == .flow)
    #expect(kind(changed(Frames.wireless(packet), [22: 0x11])) == .nonIP)
  }

  @Test func paddingIsWhereRadiotapSaysIt() {
    let padded = Frames.wireless(quality: true, isPadded: true, packet)
    for words in 0...3 {
      #expect(kind(Frames.radiotap(flags: 0x20, words: words, padded), link: 127) == .flow, "\(words)")
      #expect(kind(Frames.radiotap(flags: 0, words: words, padded), link: 127) == .nonIP, "\(words)")
    }
  }

  @Test func headersOfDriversThatContradictThemselvesAreNone() {
    let frame = Frames.radiotap(Frames.wireless(packet))
    #expect(kind(changed(frame, [0: 1]), link: 127) == .nonIP)
    #expect(kind(changed(frame, [2: 7]), link: 127) == .nonIP)
    #expect(kind(changed(frame, [3: 0xFF]), link: 127) == .nonIP)
    #expect(kind([0x80, 0x21, 0x10, 1, 0, 0, 0, 4] + Frames.wireless(packet), link: 163) == .nonIP)
    #expect(kind(Frames.ppi(192, Frames.ppi(1, Frames.ethernet(packet))), link: 192) == .nonIP)
    #expect(kind(Frames.pktap(1, record: 2, Frames.ethernet(packet)), link: 258) == .nonIP)
  }
}

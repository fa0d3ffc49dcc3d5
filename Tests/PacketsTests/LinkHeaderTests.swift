import Packets
import TestSupport
import Testing

@Suite struct LinkHeaderTests {
  static let v4 = Frames.ipv4("10.1.2.3", "10.4.5.6", 6, Frames.tcp(50_000, 443, flags: 0x10, payload: 5))
  static let v6 = Frames.ipv6("2001:db8::1", "2001:db8::2", 17, Frames.udp(5353, 53, payload: 9))

  static func summary(_ frame: [UInt8], link: UInt16 = 1, originalByteCount: Int? = nil) -> PacketSummary {
    PacketSummary(
      frame: frame.span, link: link, originalByteCount: UInt32(originalByteCount ?? frame.count), timeNanoseconds: 7)
  }

  @Test func everyLinkHeaderIsLookedThrough() {
    for (name, link, frame) in LinkFrames.all(Self.v4) {
      let found = Self.summary(frame, link: link)
      #expect(found.kind == .flow && !found.isIPv6, "\(name): \(found)")
      #expect(found.sourceLow == 0x0A01_0203 && found.destinationLow == 0x0A04_0506, "\(name)")
      #expect(found.sourcePort == 50_000 && found.destinationPort == 443 && found.tcpFlags == 0x10, "\(name)")
      #expect(found.ipByteCount == 45, "\(name)")
      #expect(found.timeNanoseconds == 7)
    }
    for (name, link, frame) in LinkFrames.all(Self.v6) {
      let found = Self.summary(frame, link: link)
      #expect(found.kind == .flow && found.isIPv6, "\(name): \(found)")
      #expect(found.sourceHigh == 0x2001_0DB8_0000_0000 && found.sourceLow == 1 && found.destinationLow == 2, "\(name)")
      #expect(found.sourcePort == 5353 && found.destinationPort == 53, "\(name)")
      #expect(found.ipByteCount == 57, "\(name)")
    }
  }

  @Test func framesWithoutIPAreNone() {
    let frames = [
      Frames.ethernet(0x0806, [UInt8](repeating: 0, count: 28)), Frames.ethernet(0x88CC, [2, 7, 4]),
      Frames.ethernet(38, [0x42, 0x42, 3] + [UInt8](repeating: 0, count: 35)),
      Frames.ethernet(0x8847, Frames.mpls(1, [0x10] + [UInt8](repeating: 0, count: 30))),
      Frames.ethernet(0x88E5, [0x0C, 0, 0, 0, 0, 1] + Self.v4), Frames.ethernet(0x8863, [0x11, 9, 0, 0, 0, 0]), [], [1, 2, 3],
    ]
    for frame in frames { #expect(Self.summary(frame).kind == .nonIP, "\(frame)") }
  }

  @Test func linkTypesThatAreNotLookedIntoSaySo() {
    for link in [129, 189, 195, 253, 65535] as [UInt16] { #expect(Self.summary(Self.v4, link: link).kind == .unsupportedLink) }
  }

  @Test func aFrameOfNothingButTagsIsLeftAfterSixteen() {
    let tags = [UInt16](repeating: 0x8100, count: 15)
    #expect(Self.summary(Frames.tagged(tags, Self.v4)).kind == .flow)
    #expect(Self.summary(Frames.tagged(tags + tags, Self.v4)).kind == .nonIP)
    #expect(Self.summary(Frames.ethernet(0x8847, Frames.mpls(40, Self.v4))).kind == .nonIP)
  }

  @Test func aFrameThatIsCutGivesItsPacketOrSaysSo() {
    for packet in [Self.v4, Self.v6, Frames.ipv6("::1", "::2", 6, Frames.tcp(1, 2, flags: 2), extensions: [0, 60, 43])] {
      for (name, link, frame) in LinkFrames.all(packet) {
        for length in 0..<frame.count {
          let found = Self.summary(Array(frame[..<length]), link: link, originalByteCount: frame.count)
          if found.kind == .flow { #expect(found.ipByteCount == UInt32(packet.count), "\(name) cut to \(length)") }
        }
      }
    }
  }

  @Test func theVlanIsTheInnermostOfTheTags() {
    func vlan(_ frame: [UInt8], link: UInt16 = 1) -> UInt16? { PacketSummary.vlan(of: frame.span, link: link) }
    #expect(vlan(Frames.ethernet(Self.v4)) == nil)
    #expect(vlan(Frames.tagged([0x8100], Self.v4)) == 1)
    #expect(vlan(Frames.tagged([0x88A8, 0x8100], Self.v6)) == 2)
    #expect(vlan(Frames.ethernet(0x8100, [0xEF, 0xFF, 0x08, 0] + Self.v4)) == 0xFFF)
    // A tag of id 0 gives a priority and no VLAN.
    #expect(vlan(Frames.ethernet(0x8100, [0, 7, 0x81, 0, 0x20, 0, 0x08, 0] + Self.v4)) == 7)
    #expect(vlan(Frames.ethernet(0x8100, [0, 7, 0x88, 0x64] + Frames.pppoe(Self.v4))) == 7)
    #expect(vlan(Frames.ethernet(0x8100, [0, 7, 0x08, 0x06])) == 7)
    #expect(vlan([0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x81, 0, 0, 9, 8, 0] + Self.v4, link: 113) == 9)
    #expect(vlan(Frames.ppi(1, Frames.tagged([0x8100], Self.v4)), link: 192) == 1)
    #expect(vlan(Self.v4, link: 101) == nil && vlan([], link: 1) == nil)
    // The tags of a frame inside a tunnel are that network's.
    let tunnelled = Frames.udp(50_000, 4789, Frames.vxlan(5, Frames.tagged([0x8100], Self.v4)))
    #expect(vlan(Frames.ethernet(Frames.ipv4("192.0.2.1", "192.0.2.2", 17, tunnelled))) == nil)
  }

  @Test func everyLinkTypeHasAName() {
    #expect(LinkType.name(1) == "ethernet")
    #expect(LinkType.name(113) == "linux_sll")
    #expect(LinkType.name(147) == "linktype_147")
    for (name, link, _) in LinkFrames.all(Self.v4) { #expect(!LinkType.name(link).hasPrefix("linktype_"), "\(name)") }
  }
}

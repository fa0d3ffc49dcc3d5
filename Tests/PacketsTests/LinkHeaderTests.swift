import Packets
import TestSupport
import Testing

@Suite struct LinkHeaderTests {
  static let v4 = Frames.ipv4("10.1.2.3", "10.4.5.6", 6, Frames.tcp(50_000, 443, flags: 0x10, payload: 5))
  static let v6 = Frames.ipv6("2001:db8::1", "2001:db8::2", 17, Frames.udp(5353, 53, payload: 9))

  /// Every link header there is around a packet, by name.
  static func frames(_ packet: [UInt8]) -> [(name: String, link: UInt16, frame: [UInt8])] {
    let type = Frames.etherType(packet), isIPv6 = type == 0x86DD
    let typed = network { $0.number(type) }
    return [
      ("ethernet", 1, Frames.ethernet(packet)), ("vlan", 1, Frames.tagged([0x8100], packet)),
      ("802.1ad", 1, Frames.tagged([0x88A8, 0x8100], packet)),
      ("old QinQ", 1, Frames.tagged([0x9100, 0x8100], packet)), ("snap", 1, Frames.snap(packet)),
      ("tagged snap", 1, Frames.ethernet(0x8100, [0, 5] + Frames.snap(packet)[12...])),
      ("mpls", 1, Frames.ethernet(0x8847, Frames.mpls(1, packet))), ("three labels", 1, Frames.ethernet(0x8847, Frames.mpls(3, packet))),
      ("multicast mpls", 1, Frames.ethernet(0x8848, Frames.mpls(1, packet))),
      ("pseudowire", 1, Frames.ethernet(0x8847, Frames.mpls(2, [0, 0, 0, 0] + Frames.ethernet(packet)))),
      ("pppoe", 1, Frames.ethernet(0x8864, Frames.pppoe(packet))),
      ("vlan pppoe", 1, Frames.ethernet(0x8100, [0, 7, 0x88, 0x64] + Frames.pppoe(packet))),
      ("backbone", 1, Frames.backbone(packet)), ("vn-tag", 1, Frames.ethernet(0x8926, [0, 0, 0, 0] + typed + packet)),
      ("macsec without channel", 1, Frames.ethernet(0x88E5, [0, 0, 0, 0, 0, 1] + typed + packet)),
      ("macsec with channel", 1, Frames.ethernet(0x88E5, [0x20, 0, 0, 0, 0, 1] + [UInt8](repeating: 2, count: 8) + typed + packet)),
      ("raw", 101, packet), ("raw 12", 12, packet), ("ip of a version", isIPv6 ? 229 : 228, packet),
      ("cooked", 113, Frames.cooked(packet)), ("cooked v2", 276, Frames.cooked2(packet)),
      ("null", 0, Frames.family(isIPv6 ? 30 : 2, bigEndian: false, packet)),
      ("null swapped", 0, Frames.family(isIPv6 ? 28 : 2, bigEndian: true, packet)),
      ("loop", 108, Frames.family(isIPv6 ? 24 : 2, bigEndian: true, packet)),
      ("null of Linux", 0, Frames.family(isIPv6 ? 10 : 2, bigEndian: false, packet)),
      ("ppp", 9, [0xFF, 3, 0, isIPv6 ? 0x57 : 0x21] + packet), ("ppp compressed", 50, [isIPv6 ? 0x57 : 0x21] + packet),
      ("pppoe alone", 51, Frames.pppoe(packet)), ("ppp mpls", 9, [0x02, 0x81] + Frames.mpls(1, packet)),
    ]
  }

  static func summary(_ frame: [UInt8], link: UInt16 = 1, originalByteCount: Int? = nil) -> PacketSummary {
    PacketSummary(
      frame: frame.span, link: link, originalByteCount: UInt32(originalByteCount ?? frame.count), timeNanoseconds: 7)
  }

  @Test func everyLinkHeaderIsLookedThrough() {
    for (name, link, frame) in Self.frames(Self.v4) {
      let found = Self.summary(frame, link: link)
      #expect(found.kind == .flow && !found.isIPv6, "\(name): \(found)")
      #expect(found.sourceLow == 0x0A01_0203 && found.destinationLow == 0x0A04_0506, "\(name)")
      #expect(found.sourcePort == 50_000 && found.destinationPort == 443 && found.tcpFlags == 0x10, "\(name)")
      #expect(found.ipByteCount == 45, "\(name)")
      #expect(found.timeNanoseconds == 7)
    }
    for (name, link, frame) in Self.frames(Self.v6) {
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

  @Test func everyPrefixOfEveryFrameIsReadWithoutATrap() {
    for packet in [Self.v4, Self.v6, Frames.ipv6("::1", "::2", 6, Frames.tcp(1, 2, flags: 2), extensions: [0, 60, 43])] {
      for (name, link, frame) in Self.frames(packet) {
        for length in 0..<frame.count {
          let found = Self.summary(Array(frame[..<length]), link: link, originalByteCount: frame.count)
          if found.kind == .flow { #expect(found.ipByteCount == UInt32(packet.count), "\(name) cut to \(length)") }
        }
      }
    }
  }

  @Test func randomBytesUnderEveryLinkTypeAreReadWithoutATrap() {
    var random = SeededRandom(seed: 77)
    let links: [UInt16] = [0, 1, 9, 12, 14, 50, 51, 101, 108, 113, 228, 229, 276]
    for _ in 0..<20_000 {
      var frame = (0..<Int.random(in: 0...90, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      if frame.count > 14, Bool.random(using: &random) {
        let type = [0x0800, 0x86DD, 0x8100, 0x8847, 0x8864, 0x88E7, 0x88E5, 0x8926].randomElement(using: &random) ?? 0
        (frame[12], frame[13]) = (UInt8(type >> 8), UInt8(type & 0xFF))
      }
      let found = Self.summary(
        frame, link: links.randomElement(using: &random) ?? 1, originalByteCount: Int.random(in: 0...2000, using: &random))
      _ = QuotedPacket(in: frame.span, of: found)
    }
  }

  @Test func everyLinkTypeHasAName() {
    #expect(LinkType.name(1) == "ethernet")
    #expect(LinkType.name(113) == "linux_sll")
    #expect(LinkType.name(147) == "linktype_147")
  }
}

import Packets
import TestSupport
import Testing

@Suite struct QuotedPacketTests {
  private let quoted = Frames.ipv4("10.0.0.1", "10.0.0.2", 17, Frames.udp(1234, 161, payload: 20))
  private let quoted6 = Frames.ipv6("fd00::1", "fd00::2", 6, Frames.tcp(1234, 443, flags: 2))

  private func read(_ packet: [UInt8], captured: Int? = nil) -> QuotedPacket? {
    let frame = Array(Frames.ethernet(packet).prefix(captured ?? .max))
    return QuotedPacket(in: frame.span, of: LinkHeaderTests.summary(frame))
  }

  @Test func unreachablePortsAreRefusedAndTheRestIsUnreachable() {
    for code in 0...15 as ClosedRange<UInt8> {
      let found = read(Frames.ipv4("10.0.0.9", "10.0.0.1", 1, Frames.icmp(3, code: code, quoted)))
      #expect(found?.isRefused == (code == 3))
      #expect(found?.summary.sourcePort == 1234 && found?.summary.destinationPort == 161 && found?.summary.proto == 17)
    }
    for code in 0...7 as ClosedRange<UInt8> {
      let found = read(Frames.ipv6("fd00::9", "fd00::1", 58, Frames.icmp(1, code: code, quoted6)))
      #expect(found?.isRefused == (code == 4))
      #expect(found?.summary.destinationPort == 443 && found?.summary.isIPv6 == true)
    }
  }

  @Test func otherMessagesQuoteNothing() {
    for type in [0, 4, 5, 8, 11, 12] as [UInt8] { #expect(read(Frames.ipv4("10.0.0.9", "10.0.0.1", 1, Frames.icmp(type, quoted))) == nil) }
    #expect(read(Frames.ipv6("fd00::9", "fd00::1", 58, Frames.icmp(3, quoted6))) == nil)
    #expect(read(quoted) == nil)
  }

  @Test func eightBytesOfTheQuotedTransportAreEnoughAndFewerThanFourAreNot() {
    let error = Frames.ipv4("10.0.0.9", "10.0.0.1", 1, Frames.icmp(3, code: 3, quoted))
    #expect(read(error, captured: 14 + 20 + 8 + 20 + 8)?.summary.destinationPort == 161)
    #expect(read(error, captured: 14 + 20 + 8 + 20 + 4)?.summary.destinationPort == 161)
    for captured in 0..<(14 + 20 + 8 + 20 + 4) { #expect(read(error, captured: captured) == nil) }
  }

  @Test func quotedFragmentsBeyondTheFirstSayNothing() {
    let fragment = Frames.ipv4("10.0.0.1", "10.0.0.2", 17, Frames.udp(1, 2), fragment: .init(of: 1, offset: 9, more: false))
    #expect(read(Frames.ipv4("10.0.0.9", "10.0.0.1", 1, Frames.icmp(3, code: 3, fragment))) == nil)
  }

  @Test func aQuotedCarrierIsOpenedUnlessAskedNotTo() {
    let carrier = Frames.ipv4("10.0.0.1", "10.0.0.2", 17, Frames.udp(50_000, 4789, Frames.vxlan(6, Frames.ethernet(quoted6))))
    let frame = Frames.ethernet(Frames.ipv4("10.0.0.2", "10.0.0.1", 1, Frames.icmp(3, code: 3, carrier)))
    var error = LinkHeaderTests.summary(frame)
    error.network = Overlay.network(Overlay.vlan, 4)
    let inside = QuotedPacket(in: frame.span, of: error)
    #expect(
      inside?.summary.destinationPort == 443 && inside?.isRefused == false && inside?.summary.network == Overlay.network(Overlay.vni, 6))
    let outside = QuotedPacket(in: frame.span, of: error, opensTunnels: false)
    #expect(outside?.summary.destinationPort == 4789 && outside?.isRefused == true && outside?.summary.network == error.network)
    // Eight bytes of the carrier's transport header are all that many routers quote.
    let short = Array(frame[..<(14 + 20 + 8 + 20 + 8)])
    #expect(QuotedPacket(in: short.span, of: error)?.summary.destinationPort == 4789)
  }
}

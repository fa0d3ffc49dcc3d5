import Packets
import TestSupport
import Testing

@Suite struct CarriedTests {
  private let inner = Frames.ipv4("10.0.0.1", "10.0.0.2", 6, Frames.tcp(7, 9, flags: 0x10, payload: 60))

  private func outer(_ proto: UInt8, _ bytes: [UInt8], fragment: Frames.Fragment? = nil, totalLength: UInt16? = nil) -> [UInt8] {
    Frames.ipv4("192.0.2.1", "192.0.2.2", proto, bytes, fragment: fragment, totalLength: totalLength)
  }

  private func vxlan(_ identifier: UInt32, _ packet: [UInt8]) -> [UInt8] {
    outer(17, Frames.udp(50_000, 4789, Frames.vxlan(identifier, Frames.ethernet(packet))))
  }

  @Test func theInnermostOfNestedTunnelsIsFoundWithTheInnermostNetwork() {
    let found = TunnelTests.carried(vxlan(5, outer(47, Frames.gre(0x0800, inner))))
    #expect(found?.destinationPort == 9 && found.map { Overlay.name($0.network) } == "vni:5")
    let keyed = TunnelTests.carried(vxlan(5, outer(47, Frames.gre(0x0800, key: 8, inner))))
    #expect(keyed.map { Overlay.name($0.network) } == "gre:8")
    let twice = TunnelTests.carried(vxlan(5, vxlan(6, outer(4, inner))))
    #expect(twice?.sourcePort == 7 && twice.map { Overlay.name($0.network) } == "vni:6")
  }

  @Test func aTunnelThatNamesNoNetworkIsInItsCarriers() {
    let frame = Frames.tagged([0x8100], outer(4, inner))
    var carrier = LinkHeaderTests.summary(frame)
    carrier.network = Overlay.network(Overlay.vlan, 12)
    #expect(carrier.carried(in: frame.span, originalByteCount: UInt32(frame.count))?.network == Overlay.network(Overlay.vlan, 12))
  }

  @Test func beyondEightTunnelsTheEighthPacketStands() {
    for depth in 1...12 {
      let packet = (0..<depth).reduce(inner) { packet, _ in outer(4, packet) }
      let found = TunnelTests.carried(packet)
      #expect(found?.proto == (depth <= 8 ? 6 : 4))
      #expect(found?.ipByteCount == UInt32(depth <= 8 ? inner.count : inner.count + 20 * (depth - 8)))
    }
  }

  @Test func whereATunnelInsideCannotBeReadThePacketBeforeStands() {
    let found = TunnelTests.carried(vxlan(5, outer(47, [0x40, 0, 8, 0] + inner)))
    #expect(found?.proto == 47 && found.map { Overlay.name($0.network) } == "vni:5")
    #expect(TunnelTests.carried(outer(4, outer(4, Frames.ipv6("::1", "::2", 6, []))))?.proto == 4)
  }

  @Test func aCaptureThatEndsBeforeThePortsInsideLeavesTheCarrier() {
    let packet = vxlan(5, inner), ports = 14 + packet.count - inner.count + 20 + 4
    for captured in 0..<ports { #expect(TunnelTests.carried(packet, captured: captured) == nil, "\(captured)") }
    let cut = TunnelTests.carried(packet, captured: ports)
    #expect(cut?.sourcePort == 7 && cut?.ipByteCount == UInt32(inner.count))
  }

  @Test func aLengthInsideThatReachesBeyondTheCarrierIsNotBelieved() {
    for extra in 0...3 {
      let lying = Frames.ipv4(
        "10.0.0.1", "10.0.0.2", 6, Frames.tcp(7, 9, flags: 0x10, payload: 60), totalLength: UInt16(inner.count + extra))
      #expect((TunnelTests.carried(outer(4, lying)) == nil) == (extra > 0))
      // The Ethernet frame's padding is no room.
      #expect((TunnelTests.carried(outer(4, lying) + [0, 0, 0, 0]) == nil) == (extra > 0))
      let lying6 = Frames.ipv6("::1", "::2", 6, Frames.tcp(7, 9, flags: 0x10), payloadLength: UInt16(20 + extra))
      #expect((TunnelTests.carried(outer(41, lying6)) == nil) == (extra > 0))
    }
  }

  @Test func underOffloadingTheLengthIsWhatWasOnTheWire() {
    let segments = Frames.ipv4("10.0.0.1", "10.0.0.2", 6, Frames.tcp(7, 9, flags: 0x10, payload: 4000), totalLength: 0)
    #expect(TunnelTests.carried(outer(4, segments, totalLength: 0), captured: 100)?.ipByteCount == 4040)
    #expect(TunnelTests.carried(outer(4, segments))?.ipByteCount == 4040)
    // Lengths of the segments to be, or of more than the frame: the room is taken where it is less.
    let segment = Frames.ipv4("10.0.0.1", "10.0.0.2", 6, Frames.tcp(7, 9, flags: 0x10, payload: 4000), totalLength: 1500)
    #expect(TunnelTests.carried(outer(4, segment, totalLength: 0))?.ipByteCount == 1500)
    let more = Frames.ipv4("10.0.0.1", "10.0.0.2", 6, Frames.tcp(7, 9, flags: 0x10, payload: 4000), totalLength: 9000)
    #expect(TunnelTests.carried(outer(4, more, totalLength: 0))?.ipByteCount == 4040)
    let inIPv6 = Frames.ipv6("fd00::1", "fd00::2", 4, segments, payloadLength: 0)
    #expect(TunnelTests.carried(inIPv6, captured: 120)?.ipByteCount == 4040)
  }

  @Test func theFirstFragmentOfACarrierShowsWhatItHoldsOfThePacket() {
    let whole = outer(4, inner)
    let first = outer(4, Array(inner[..<64]), fragment: .init(of: 9, offset: 0, more: true))
    #expect(TunnelTests.carried(whole)?.ipByteCount == 100)
    let found = TunnelTests.carried(first)
    #expect(found?.kind == .flow && found?.sourcePort == 7 && found?.ipByteCount == 64)
    let later = outer(4, Array(inner[64...]), fragment: .init(of: 9, offset: 8, more: false))
    #expect(!LinkHeaderTests.summary(Frames.ethernet(later)).mayBeCarrier && TunnelTests.carried(later) == nil)
  }

  @Test func fragmentsInsideATunnelAreFragments() {
    let udp = Frames.udp(7, 9, payload: 64)
    let first = TunnelTests.carried(vxlan(5, Frames.ipv4("10.0.0.1", "10.0.0.2", 17, udp, fragment: .init(of: 3, offset: 0, more: true))))
    #expect(first?.kind == .firstFragment && first?.sourcePort == 7 && first?.identification == 3)
    let later = TunnelTests.carried(vxlan(5, Frames.ipv4("10.0.0.1", "10.0.0.2", 17, udp, fragment: .init(of: 3, offset: 9, more: false))))
    #expect(later?.kind == .laterFragment && later?.identification == 3 && later?.network == first?.network)
  }

  @Test func aFragmentedTunnelInsideATunnelStandsForAllItsFragments() {
    let middle = outer(4, Array(inner[..<64]), fragment: .init(of: 9, offset: 0, more: true))
    let first = TunnelTests.carried(vxlan(5, middle))
    #expect(first?.kind == .firstFragment && first?.proto == 4)
    let rest = outer(4, Array(inner[64...]), fragment: .init(of: 9, offset: 8, more: false))
    #expect(TunnelTests.carried(vxlan(5, rest))?.kind == .laterFragment)
  }

  @Test func anErrorThatQuotesACarrierIsNoTunnel() {
    let error = Frames.ipv4("10.0.0.9", "192.0.2.1", 1, Frames.icmp(3, code: 1, outer(4, inner)))
    #expect(!LinkHeaderTests.summary(Frames.ethernet(error)).mayBeCarrier && TunnelTests.carried(error) == nil)
  }

  @Test func anErrorInsideATunnelIsFoundWithItsQuotation() {
    let error = Frames.ipv4("10.0.0.9", "10.0.0.1", 1, Frames.icmp(3, code: 3, inner))
    let frame = Frames.ethernet(vxlan(5, error))
    let found = LinkHeaderTests.summary(frame).carried(in: frame.span, originalByteCount: UInt32(frame.count))
    let quoted = found.flatMap { QuotedPacket(in: frame.span, of: $0) }
    #expect(quoted?.isRefused == true && quoted?.summary.destinationPort == 9)
    #expect(quoted.map { Overlay.name($0.summary.network) } == "vni:5")
  }
}

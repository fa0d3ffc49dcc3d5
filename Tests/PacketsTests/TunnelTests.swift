import Packets
import TestSupport
import Testing

@Suite struct TunnelTests {
  static let v4 = Frames.ipv4("10.1.2.3", "10.4.5.6", 6, Frames.tcp(50_001, 443, flags: 0x12, sequence: 9, payload: 5))
  static let v6 = Frames.ipv6("fd00::1", "fd00::2", 17, Frames.udp(5353, 53, payload: 9))

  /// The packet in a frame's outermost packet.
  static func carried(_ packet: [UInt8], captured: Int? = nil, originalByteCount: Int? = nil) -> PacketSummary? {
    let frame = Frames.ethernet(packet)
    let shown = Array(frame.prefix(captured ?? .max))
    let original = originalByteCount ?? frame.count
    return LinkHeaderTests.summary(shown, originalByteCount: original).carried(in: shown.span, originalByteCount: UInt32(original))
  }

  private func outer(_ proto: UInt8, _ bytes: [UInt8]) -> [UInt8] { Frames.ipv4("192.0.2.1", "192.0.2.2", proto, bytes) }
  private func overUDP(_ port: UInt16, _ bytes: [UInt8], from source: UInt16 = 50_000) -> [UInt8] {
    outer(17, Frames.udp(source, port, bytes))
  }

  @Test func everyTunnelIsLookedThroughInEitherVersionOfIP() {
    for (source, destination) in [("192.0.2.1", "192.0.2.2"), ("2001:db8:f::1", "2001:db8:f::2")] {
      for tunnel in TunnelFrames.all(Self.v4) {
        let found = Self.carried(Frames.ip(source, destination, tunnel.proto, tunnel.bytes))
        #expect(found?.kind == .flow && found?.isIPv6 == false && found?.proto == 6, "\(tunnel.name): \(String(describing: found))")
        #expect(found?.sourceLow == 0x0A01_0203 && found?.destinationLow == 0x0A04_0506, "\(tunnel.name)")
        #expect(found?.sourcePort == 50_001 && found?.destinationPort == 443 && found?.tcpFlags == 0x12, "\(tunnel.name)")
        #expect(found?.ipByteCount == 45 && found?.timeNanoseconds == 7, "\(tunnel.name)")
        #expect(found.map { Overlay.name($0.network) } == tunnel.network, "\(tunnel.name)")
      }
      for tunnel in TunnelFrames.all(Self.v6) {
        let found = Self.carried(Frames.ip(source, destination, tunnel.proto, tunnel.bytes))
        #expect(found?.kind == .flow && found?.isIPv6 == true && found?.proto == 17, "\(tunnel.name): \(String(describing: found))")
        #expect(found?.sourceHigh == 0xFD00_0000_0000_0000 && found?.destinationLow == 2 && found?.destinationPort == 53, "\(tunnel.name)")
        #expect(found?.ipByteCount == 57 && found.map { Overlay.name($0.network) } == tunnel.network, "\(tunnel.name)")
      }
    }
  }

  @Test func theOutermostHeaderStaysTheFrames() {
    for tunnel in TunnelFrames.all(Self.v4) {
      let packet = outer(tunnel.proto, tunnel.bytes)
      let found = LinkHeaderTests.summary(Frames.ethernet(packet))
      #expect(found.kind == .flow && found.mayBeCarrier && found.network == 0, "\(tunnel.name)")
      #expect(found.sourceLow == 0xC000_0201 && found.ipByteCount == UInt32(packet.count), "\(tunnel.name)")
      #expect(found.proto == (tunnel.proto == 51 ? 4 : tunnel.proto), "\(tunnel.name)")
    }
  }

  @Test func teredoCarriesIPv6BehindItsOptionalHeaders() {
    let authentication: [UInt8] = [0, 1, 2, 3, 1, 1, 9, 9, 9] + [UInt8](repeating: 4, count: 9)
    let origin: [UInt8] = [0, 0, 0x12, 0x34, 1, 2, 3, 4]
    for address in ["2001:0:4136:e378::1", "fe80::1", "3ffe:831f::5"] {
      let packet = Frames.ipv6(address, "2001:db8::9", 6, Frames.tcp(7, 80, flags: 2))
      for header in [[], authentication, origin, authentication + origin] {
        for (source, port) in [(50_000, 3544), (3544, 50_000)] as [(UInt16, UInt16)] {
          #expect(Self.carried(overUDP(port, header + packet, from: source))?.destinationPort == 80, "\(address) \(header)")
        }
      }
    }
    #expect(Self.carried(overUDP(3544, Frames.ipv6("2001:db8::1", "2001:db8::9", 6, Frames.tcp(7, 80, flags: 2)))) == nil)
    // A bubble: no payload, no next header.
    #expect(Self.carried(overUDP(3544, Frames.ipv6("2001::1", "2001::2", 59, [])))?.ipByteCount == 40)
  }

  @Test func answersFromATunnelsPortAreOfItWhereTheProtocolHasThem() {
    #expect(Self.carried(overUDP(50_000, Frames.gtpUser(Self.v4), from: 2152)) != nil)
    #expect(Self.carried(overUDP(50_000, Frames.capwap(isNative: false, Frames.ethernet(Self.v4)), from: 5247)) != nil)
    #expect(Self.carried(overUDP(50_000, Frames.vxlan(1, Frames.ethernet(Self.v4)), from: 4789)) == nil)
  }

  @Test func whatIsNoPacketIsNoneAndTheCarrierStands() {
    let arp = Frames.ethernet(0x0806, [UInt8](repeating: 0, count: 28)), frame = Frames.ethernet(Self.v4)
    let tagged = Frames.wireless(Self.v4)
    for (name, packet) in [
      ("arp in vxlan", overUDP(4789, Frames.vxlan(1, arp))), ("vxlan without identifier", overUDP(4789, Frames.vxlan(1, flags: 0, frame))),
      ("gpe of nobody knows what", overUDP(4790, Frames.vxlan(1, flags: 0x0C, next: 9, frame))),
      ("geneve version 1", overUDP(6081, [0x40] + Frames.geneve(1, 0x6558, frame)[1...])),
      ("geneve control", overUDP(6081, Frames.geneve(1, 0, frame))),
      ("gtp echo", overUDP(2152, [0x30, 1] + Frames.gtpUser(Self.v4)[2...])),
      ("gtp prime", overUDP(2152, [0x20] + Frames.gtpUser(Self.v4)[1...])),
      ("gtp version 2", overUDP(2152, [0x48] + Frames.gtpUser(Self.v4)[1...])),
      ("gtp extension of no length", overUDP(2152, gtpOfNoLength())),
      ("routed gre", outer(47, [0x40, 0, 8, 0, 0, 0, 0, 0] + Self.v4)), ("gre version 2", outer(47, [0, 2, 8, 0] + Self.v4)),
      ("gre keep-alive", outer(47, Frames.gre(0, []))),
      ("pptp acknowledgment", outer(47, [0x20, 0x81, 0x88, 0x0B, 0, 0, 0, 1, 0, 0, 0, 5])),
      ("eoip of version 0", outer(47, Frames.gre(0x6400, key: 1, frame))),
      ("erspan 2 of version 2", outer(47, Frames.gre(0x88BE, sequence: 1, [UInt8](repeating: 0x20, count: 8) + frame))),
      ("erspan 3 of infiniband", outer(47, Frames.erspan3(kind: 1, frame))), ("etherip version 4", outer(97, [0x40, 0] + frame)),
      ("l2tp control", overUDP(1701, [0xC8] + Frames.l2tp([0, 0x21] + Self.v4)[1...])),
      ("l2tp version 1", overUDP(1701, [0, 1] + Frames.l2tp([0, 0x21] + Self.v4)[2...])),
      ("encrypted ppp", overUDP(1701, Frames.l2tp([0, 0x53] + Self.v4))), ("l2tp v3 control", outer(115, [0, 0, 0, 0] + frame)),
      ("l2tp v3 of hdlc", outer(115, [0, 0, 0, 1, 0x0F, 0, 8, 0] + Self.v4)),
      ("ayiya echo", overUDP(5072, Frames.ayiya(operation: 2, Self.v6))),
      ("ayiya nothing", overUDP(5072, Frames.ayiya(next: 59, Self.v6))), ("tzsp keep-alive", overUDP(37008, [1, 4, 0, 0, 1])),
      ("tzsp of other frames", overUDP(37008, Frames.tzsp(2, frame))),
      ("capwap keep-alive", overUDP(5247, Frames.capwap(isNative: false, flags: 8, frame))),
      ("encrypted capwap", overUDP(5247, [1] + Frames.capwap(isNative: false, frame)[1...])),
      ("later capwap", overUDP(5247, Frames.capwap(isNative: false, flags: 0x80, fragmentOffset: 9, frame))),
      ("protected", overUDP(5247, Frames.capwap(isNative: true, [tagged[0], 0x41] + tagged[2...]))),
      ("encrypted lisp", overUDP(4341, [1, 0, 0, 1, 0, 0, 0, 1] + Self.v4)), ("another version", outer(4, Self.v6)),
      ("and the other", outer(41, Self.v4)),
    ] as [(String, [UInt8])] {
      #expect(LinkHeaderTests.summary(Frames.ethernet(packet)).mayBeCarrier, "\(name)")
      #expect(Self.carried(packet) == nil, "\(name)")
    }
  }

  private func gtpOfNoLength() -> [UInt8] {
    var bytes = Frames.gtpUser(extensions: [1], Self.v4)
    bytes[12] = 0
    return bytes
  }

  @Test func headersWithoutAMarkAreBelievedOnlyWhereThePacketFillsTheRoom() {
    for (port, header) in [(6635, Frames.mpls(1, [])), (4341, [0, 0, 0, 0, 0, 0, 0, 0])] as [(UInt16, [UInt8])] {
      #expect(Self.carried(overUDP(port, header + Self.v4)) != nil)
      #expect(Self.carried(overUDP(port, header + Self.v4 + [0])) == nil)
    }
    #expect(Self.carried(outer(115, [0, 0, 0, 7] + Frames.ethernet(Self.v4) + [0])) == nil)
  }

  @Test func packetsThatTheirTunnelCutCountWithWhatIsThere() {
    let whole = Frames.ethernet(Frames.ipv4("10.1.2.3", "10.4.5.6", 6, Frames.tcp(1, 2, flags: 0x10, payload: 1000)))
    let cut = Array(whole.prefix(114))
    #expect(Self.carried(outer(47, Frames.erspan2(isCut: true, cut)))?.ipByteCount == 100)
    #expect(Self.carried(outer(47, Frames.erspan2(cut))) == nil)
    #expect(Self.carried(overUDP(5247, Frames.capwap(isNative: false, flags: 0x80, cut)))?.ipByteCount == 100)
  }

  @Test func onlyTheTunnelsPortsAndProtocolsMayBeCarriers() {
    let either: Set<UInt16> = [1701, 2152, 3544, 5072, 5247, 37008]
    let destinations = either.union([4341, 4754, 4789, 4790, 6081, 6635, 8472])
    var frame = Frames.ethernet(overUDP(0, [], from: 0))
    var wrong: [UInt16] = []
    for port in UInt16.min...UInt16.max {
      for (place, among) in [(34, either), (36, destinations)] {
        (frame[place], frame[place + 1]) = (UInt8(port >> 8), UInt8(port & 0xFF))
        if LinkHeaderTests.summary(frame).mayBeCarrier != among.contains(port) { wrong.append(port) }
        (frame[place], frame[place + 1]) = (0, 0)
      }
    }
    #expect(wrong.isEmpty)
    for proto in UInt8.min...UInt8.max where proto != 17 {
      let packet = LinkHeaderTests.summary(Frames.ethernet(outer(proto, Frames.tcp(4789, 4789, flags: 0))))
      #expect(packet.mayBeCarrier == [4, 41, 47, 94, 97, 115, 137].contains(proto), "\(proto)")
    }
  }
}

import Packets
import TestSupport
import Testing

@Suite struct OverlayTests {
  @Test func networksAreNamedByKindAndNumber() {
    #expect(Overlay.name(0) == "")
    #expect(Overlay.name(1 << 32 | 4096) == "vni:4096")
    #expect(Overlay.name(Overlay.network(Overlay.gre, 7)) == "gre:7")
    #expect(Overlay.name(Overlay.network(Overlay.vlan, 12)) == "vlan:12")
    #expect(Overlay.name(Overlay.network(Overlay.vrf, 0)) == "vrf:0")
  }

  @Test func theOrderIsThatOfTheNamesBytes() {
    var random = SeededRandom(seed: 11)
    var numbers: [UInt32] = [0, 1, 9, 10, 11, 19, 99, 100, 101, 999_999_999, 1_000_000_000, .max]
    for _ in 0..<40 { numbers.append(UInt32.random(in: 0...UInt32.max >> UInt32.random(in: 0...31, using: &random), using: &random)) }
    var networks: [UInt64] = [0]
    for kind in [Overlay.vni, Overlay.gre, Overlay.vlan, Overlay.vrf] { networks += numbers.map { Overlay.network(kind, $0) } }
    for left in networks {
      for right in networks {
        let expected = Overlay.name(left).utf8.lexicographicallyPrecedes(Overlay.name(right).utf8)
        #expect(Overlay.isBefore(left, right) == expected, "\(Overlay.name(left)) \(Overlay.name(right)), seed \(random.seed)")
      }
    }
  }

  @Test func settingTheNetworkLeavesACarrierOne() {
    var packet = LinkHeaderTests.summary(Frames.ethernet(Frames.ipv4("192.0.2.1", "192.0.2.2", 47, Frames.gre(0x0800, TunnelTests.v4))))
    for network in [Overlay.network(Overlay.vlan, 12), Overlay.network(Overlay.vrf, .max), 0] {
      packet.network = network
      #expect(packet.network == network && packet.mayBeCarrier)
    }
  }
}

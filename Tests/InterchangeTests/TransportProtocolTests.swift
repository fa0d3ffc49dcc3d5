import Glibc
import Interchange
import Testing

@Suite struct TransportProtocolTests {
  @Test func everyNumberHasOneTextThatIsReadBack() {
    let texts = (UInt8.min...UInt8.max).map { TransportProtocol(number: $0).text }
    #expect(Set(texts).count == 256)
    for (number, text) in texts.enumerated() {
      #expect(TransportProtocol(text)?.number == UInt8(number))
      #expect(TransportProtocol(String(number))?.number == UInt8(number))
    }
  }

  // The C library's look-up by number has one buffer for all threads.
  @Test(
    .serialized,
    arguments: [
      (1, "icmp"), (2, "igmp"), (6, "tcp"), (17, "udp"), (33, "dccp"), (41, "ipv6"), (46, "rsvp"), (47, "gre"), (50, "esp"), (51, "ah"),
      (88, "eigrp"), (89, "ospf"), (103, "pim"), (112, "vrrp"), (115, "l2tp"), (132, "sctp"), (136, "udplite"),
    ] as [(UInt8, String)])
  func namesAreThoseOfTheSystem(number: UInt8, name: String) throws {
    #expect(TransportProtocol(number: number).text == name)
    guard let entry = unsafe getprotobynumber(Int32(number)) else { return }
    let system = unsafe String(cString: entry.pointee.p_name)
    #expect(system == name || number == 89 && system.hasPrefix("ospf"), "\(system)")
  }

  @Test(arguments: ["", "TCP", "tcp ", "256", "-1", "06", "+6", "icmpv6", "xtp"]) func otherTextIsRefused(text: String) {
    #expect(TransportProtocol(text) == nil)
  }

  @Test func protocolsSortByNumber() { #expect(TransportProtocol.icmp < .tcp && .tcp < .udp && .udp < .dccp && .icmp6 < .sctp) }
}

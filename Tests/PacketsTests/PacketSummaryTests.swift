import Packets
import TestSupport
import Testing

@Suite struct PacketSummaryTests {
  private let a = "192.0.2.1", b = "192.0.2.2", a6 = "2001:db8::a", b6 = "2001:db8::b"

  private func ethernet(_ packet: [UInt8], captured: Int? = nil, originalByteCount: Int? = nil) -> PacketSummary {
    let frame = Frames.ethernet(packet)
    return LinkHeaderTests.summary(Array(frame.prefix(captured ?? frame.count)), originalByteCount: originalByteCount ?? frame.count)
  }

  @Test func ipv4OptionsStandBeforeThePorts() {
    for options in [0, 4, 12, 40] {
      let found = ethernet(Frames.ipv4(a, b, 17, Frames.udp(7, 9, payload: 3), options: [UInt8](repeating: 1, count: options)))
      #expect(found.kind == .flow && found.sourcePort == 7 && found.destinationPort == 9 && found.ipByteCount == UInt32(31 + options))
    }
  }

  @Test func ipv6ExtensionHeadersStandBeforeThePorts() {
    for extensions in [[0], [60], [43, 60], [0, 43, 60, 135, 139, 140]] as [[UInt8]] {
      let found = ethernet(Frames.ipv6(a6, b6, 6, Frames.tcp(7, 9, flags: 2, sequence: 5), extensions: extensions))
      #expect(found.kind == .flow && found.proto == 6 && found.sourcePort == 7 && found.sequence == 5, "\(extensions)")
    }
    // An authentication header counts in words of four bytes: 12 bytes and 12 of its value.
    let authenticated = Frames.ipv6(a6, b6, 51, [17, 4] + [UInt8](repeating: 0, count: 22) + Frames.udp(7, 9))
    #expect(ethernet(authenticated).destinationPort == 9)
  }

  @Test func moreThanSixteenExtensionHeadersAreMalformed() {
    let found = ethernet(Frames.ipv6(a6, b6, 17, Frames.udp(7, 9), extensions: [UInt8](repeating: 60, count: 17)))
    #expect(found.kind == .malformed && found.ipByteCount == 40 + 17 * 8 + 8)
  }

  @Test func fragmentsAreToldFromOneAnother() {
    let udp = Frames.udp(7, 9, payload: 32)
    for make in [{ Frames.ip(a, b, 17, udp, fragment: $0) }, { Frames.ip(a6, b6, 17, udp, fragment: $0) }]
      as [(Frames.Fragment?) -> [UInt8]]
    {
      let first = ethernet(make(.init(of: 77, offset: 0, more: true)))
      #expect(first.kind == .firstFragment && first.sourcePort == 7 && first.identification == 77)
      let later = ethernet(make(.init(of: 77, offset: 5, more: false)))
      #expect(later.kind == .laterFragment && later.sourcePort == 0 && later.identification == 77 && later.hasIP)
      let middle = ethernet(make(.init(of: 77, offset: 5, more: true)))
      #expect(middle.kind == .laterFragment)
    }
    // RFC 6946: an IPv6 fragment that is the whole.
    let atomic = ethernet(Frames.ipv6(a6, b6, 17, udp, fragment: .init(of: 5, offset: 0, more: false)))
    #expect(atomic.kind == .flow && atomic.sourcePort == 7)
  }

  @Test func theLengthIsTheIPHeadersAndNeverThePaddingOfTheFrame() {
    let packet = Frames.ipv4(a, b, 6, Frames.tcp(1, 2, flags: 0x10))
    #expect(ethernet(packet + [UInt8](repeating: 0, count: 6)).ipByteCount == 40)
    let packet6 = Frames.ipv6(a6, b6, 6, Frames.tcp(1, 2, flags: 0x10))
    #expect(ethernet(packet6 + [0, 0, 0]).ipByteCount == 60)
  }

  @Test func aLengthOfZeroIsWhatWasOnTheWire() {
    let segment = Frames.tcp(1, 2, flags: 0x10, payload: 2000)
    #expect(ethernet(Frames.ipv4(a, b, 6, segment, totalLength: 0), captured: 96, originalByteCount: 14 + 2040).ipByteCount == 2040)
    #expect(ethernet(Frames.ipv6(a6, b6, 6, segment, payloadLength: 0), captured: 96, originalByteCount: 14 + 2060).ipByteCount == 2060)
    // A wire length that lies: no packet is shorter than its header.
    #expect(ethernet(Frames.ipv4(a, b, 6, segment, totalLength: 0), originalByteCount: 3).kind == .malformed)
    #expect(ethernet(Frames.ipv6(a6, b6, 6, segment, payloadLength: 0), originalByteCount: 3).ipByteCount == 40)
  }

  @Test func aLengthBeyondTheFrameIsBelieved() {
    let found = ethernet(Frames.ipv4(a, b, 17, Frames.udp(1, 2), totalLength: 1400))
    #expect(found.kind == .flow && found.ipByteCount == 1400)
  }

  @Test func headersThatContradictThemselvesAreMalformed() {
    var packet = Frames.ipv4(a, b, 17, Frames.udp(1, 2))
    packet[0] = 0x44
    #expect(ethernet(packet).kind == .notIPHeader)
    packet[0] = 0x55
    #expect(LinkHeaderTests.summary(Frames.ethernet(0x0800, packet)).kind == .notIPHeader)
    #expect(LinkHeaderTests.summary(Frames.ethernet(0x86DD, Frames.ipv4(a, b, 17, [UInt8](repeating: 0, count: 40)))).kind == .notIPHeader)
    #expect(ethernet(Frames.ipv4(a, b, 17, Frames.udp(1, 2), totalLength: 19)).kind == .malformed)
  }

  @Test func framesCutByTheSnapshotLengthSayWhatIsMissing() {
    let tcp = Frames.ipv4(a, b, 6, Frames.tcp(7, 9, flags: 2, sequence: 3, payload: 100))
    #expect(ethernet(tcp, captured: 14).kind == .cutIPHeader)
    #expect(ethernet(tcp, captured: 33).kind == .cutIPHeader)
    #expect(!ethernet(tcp, captured: 33).hasIP)
    #expect(ethernet(tcp, captured: 37).kind == .cutTransportHeader)
    #expect(ethernet(tcp, captured: 37).ipByteCount == 140)
    // The ports are enough to know the flow; flags that were not captured are none.
    #expect(ethernet(tcp, captured: 38).kind == .flow && ethernet(tcp, captured: 38).tcpFlags == 0)
    #expect(ethernet(tcp, captured: 48).tcpFlags == 2 && ethernet(tcp, captured: 48).sequence == 3)
  }

  @Test func protocolsHaveTheFieldsThatTheyHave() {
    for proto in [17, 33, 132, 136] as [UInt8] {
      let found = ethernet(Frames.ipv4(a, b, proto, Frames.sctp(3868, 3869)))
      #expect(found.sourcePort == 3868 && found.destinationPort == 3869 && found.tcpFlags == 0 && found.icmpType == 255)
    }
    let echo = ethernet(Frames.ipv4(a, b, 1, Frames.icmp(8, code: 0)))
    #expect(echo.kind == .flow && echo.icmpType == 8 && echo.sourcePort == 0)
    let encapsulated = ethernet(Frames.ipv4(a, b, 47, [1, 2, 3, 4, 5, 6, 7, 8]))
    #expect(encapsulated.kind == .flow && encapsulated.sourcePort == 0 && encapsulated.proto == 47)
  }
}

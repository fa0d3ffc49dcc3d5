import Packets
import TestSupport
import Testing

@Suite struct CommonHeadersTests {
  /// Everything that the two ways of reading can say.
  private func text(_ packet: PacketSummary) -> String {
    """
    \(packet.timeNanoseconds) \(packet.sourceHigh) \(packet.sourceLow) \(packet.destinationHigh) \(packet.destinationLow) \(packet.network) \
    \(packet.ipByteCount) \(packet.sequence) \(packet.identification) \(packet.sourcePort) \(packet.destinationPort) \(packet.proto) \
    \(packet.tcpFlags) \(packet.icmpType) \(packet.icmpCode) \(packet.isIPv6) \(packet.kind) \(packet.transportOffset) \(packet.networkOffset) \
    \(packet.mayBeCarrier)
    """
  }

  private static let packets: [[UInt8]] = [
    Frames.ipv4("10.0.0.1", "10.0.0.2", 6, Frames.tcp(40000, 443, flags: 2, sequence: 77, payload: 40)),
    Frames.ipv4("10.0.0.1", "10.0.0.2", 17, Frames.udp(40000, 53, payload: 40)),
    Frames.ipv4("10.0.0.1", "10.0.0.2", 17, Frames.udp(40000, 4789, payload: 40)),
    Frames.ipv4("10.0.0.1", "10.0.0.2", 47, [UInt8](repeating: 0, count: 40)),
    Frames.ipv6("2001:db8::1", "2001:db8::2", 6, Frames.tcp(40000, 443, flags: 0x12, sequence: 77, payload: 40)),
    Frames.ipv6("2001:db8::1", "2001:db8::2", 17, Frames.udp(40000, 53, payload: 40)),
    Frames.ipv6("2001:db8::1", "2001:db8::2", 6, Frames.tcp(40000, 443, flags: 2), extensions: [60]),
  ]

  @Test func whatIsReadInOneGoIsWhatIsReadStepByStep() throws {
    let seed = UInt64.random(in: 1...UInt64.max)
    var random = SeededRandom(seed: seed)
    var answered = 0
    for round in 0..<20_000 {
      var frame = Frames.ethernet(Self.packets[round % Self.packets.count])
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        frame[Int.random(in: 0..<min(frame.count, 72), using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Int.random(in: 0..<4, using: &random) == 0 { frame.removeLast(Int.random(in: 0...frame.count, using: &random)) }
      guard let common = PacketSummary(common: frame.span, timeNanoseconds: 5) else { continue }
      answered += 1
      let whole = PacketSummary(frame: frame.span, link: 1, originalByteCount: UInt32(frame.count), timeNanoseconds: 5)
      #expect(text(common) == text(whole), "seed \(seed), round \(round): \(frame)")
    }
    #expect(answered > 5000, "seed \(seed)")
  }

  @Test func plainTrafficIsReadInOneGoAndWhatMayBeACarrierIsNot() {
    let isCommon = Self.packets.map { PacketSummary(common: Frames.ethernet($0).span, timeNanoseconds: 0) != nil }
    #expect(isCommon == [true, true, false, false, true, true, false])
  }
}

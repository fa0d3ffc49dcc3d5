import Packets
import Selection
import TestSupport
import Testing

/// What makes two packets the same, told through the rule: the second sighting at another tap is a duplicate where they are.
@Suite struct PacketContentTests {
  private func isSame(_ a: [UInt8], _ b: [UInt8], frame: ([UInt8]) -> [UInt8] = { Frames.ethernet($0) }) -> Bool {
    duplicates([
      Sighting(frame: Frames.ethernet(a), tap: 1, timeNanoseconds: 0), Sighting(frame: frame(b), tap: 2, timeNanoseconds: 0),
    ]).isDuplicate[1]
  }

  private static let packets: [(name: String, bytes: [UInt8], masked: Set<Int>)] = {
    let payload = (0..<40).map { UInt8($0) }
    let tcp = Frames.tcp(1, 2, flags: 24), udp = Frames.udp(1, 2), sctp = Frames.sctp(1, 2)
    let changing4: Set<Int> = [1, 8, 10, 11]
    return [
      ("IPv4 TCP", Frames.ipv4("10.0.0.1", "10.0.0.2", 6, tcp + payload), changing4.union([36, 37])),
      ("IPv4 TCP with options", Frames.ipv4("10.0.0.1", "10.0.0.2", 6, tcp + payload, options: [7, 4, 4, 0]), changing4.union([40, 41])),
      ("IPv4 UDP", Frames.ipv4("10.0.0.1", "10.0.0.2", 17, udp + payload), changing4.union([26, 27])),
      ("IPv4 SCTP", Frames.ipv4("10.0.0.1", "10.0.0.2", 132, sctp + payload), changing4.union([28, 29, 30, 31])),
      ("IPv4 ICMP", Frames.ipv4("10.0.0.1", "10.0.0.2", 1, Frames.icmp(8, payload)), changing4),
      (
        "IPv4 later fragment", Frames.ipv4("10.0.0.1", "10.0.0.2", 6, tcp + payload, fragment: .init(of: 7, offset: 9, more: true)),
        changing4
      ),
      ("IPv6 TCP", Frames.ipv6("2001:db8::1", "2001:db8::2", 6, tcp + payload), [7, 56, 57]),
      ("IPv6 UDP behind options", Frames.ipv6("2001:db8::1", "2001:db8::2", 17, udp + payload, extensions: [60]), [7, 54, 55]),
    ]
  }()

  /// Bytes that say what the bytes behind them are: changing one changes what is masked, too.
  private func isStructure(_ place: Int, of bytes: [UInt8]) -> Bool { bytes[0] >> 4 == 4 ? place == 0 : place == 0 || place == 1 }

  @Test(arguments: packets.indices) func onlyWhatChangesOnTheWayIsLeftOut(place: Int) {
    let (name, bytes, masked) = Self.packets[place]
    for place in 0..<min(72, bytes.count) where !isStructure(place, of: bytes) {
      for bit in 0..<8 {
        var other = bytes
        other[place] ^= 1 << UInt8(bit)
        #expect(isSame(bytes, other) == masked.contains(place), "\(name): bit \(bit) of byte \(place)")
      }
    }
  }

  @Test func trafficClassIsLeftOutAndFlowLabelIsNot() {
    let bytes = packet(1, identification: nil)
    for bit in 0..<28 {
      var other = bytes
      other[3 - bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(isSame(bytes, other) == (bit >= 20), "bit \(bit)")
    }
  }

  @Test(arguments: [7, 0, nil] as [UInt16?]) func linkLayerTagsAndPaddingDoNotMatter(identification: UInt16?) {
    let bytes = packet(1, identification: identification)
    #expect(isSame(bytes, bytes) { Frames.tagged([0x8100], $0) })
    #expect(isSame(bytes, bytes) { Frames.tagged([0x8100, 0x8100], $0) })
    #expect(isSame(bytes, bytes) { Frames.ethernet($0) + [1, 2, 3, 4, 5, 6] })
    #expect(isSame(bytes, routed(bytes, hops: 3)) { Frames.tagged([0x8100], $0) })
  }

  @Test func tapsThatCutDifferentlyAgreeFrom72BytesOn() {
    let bytes = packet(1, identification: 7, payload: [UInt8](repeating: 9, count: 400))
    for count in [72, 73, 128, 300] { #expect(isSame(bytes, bytes) { Array(Frames.ethernet($0)[..<(14 + count)]) }, "\(count) bytes") }
    #expect(!isSame(bytes, bytes) { Array(Frames.ethernet($0)[..<(14 + 71)]) })
  }

  @Test func whatWasNotCapturedIsNotTakenForZeros() {
    let long = packet(1, identification: 7, payload: [UInt8](repeating: 0, count: 40))
    #expect(!isSame(long, long) { Array(Frames.ethernet($0)[..<(14 + 50)]) })
  }

  @Test func everyPacketOfManyIsItself() {
    let seen = (0..<100_000).map { Sighting(frame: packet($0, identification: 1), link: LinkType.raw, tap: $0 & 3, timeNanoseconds: 0) }
    #expect(duplicates(seen).isDuplicate.allSatisfy { !$0 })
  }
}

import Interchange
import Metering
import TestSupport
import Testing

/// Whatever a length says, nothing beyond the bytes is read and every packet is counted.
@Suite struct LyingLengthTests {
  /// Nothing, one, the most, negative as if it had a sign, one off.
  private static func lies16(_ true16: UInt16) -> [UInt16] { [0, 1, .max, 0x8000, 0x7FFF, true16 &+ 1, true16 &- 1, true16 &+ 4] }

  @Test func anyWordOfAContainerMayLie() throws {
    let scratch = try Scratch()
    for (name, bytes) in HostileCaptures.containers where ["microseconds", "modifiedSwapped", "pcapng"].contains(name) {
      // The frames themselves are lied in below.
      for place in stride(from: 0, to: bytes.count - 3, by: 4) {
        let four = bytes[place..<(place + 4)].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        for big in [four, four.byteSwapped] {
          for lie in [0, 1, .max, 0x8000_0000, 0x7FFF_FFFF, 0x0100_0000, big &+ 1, big &- 1, big &+ 4, big &- 4] as [UInt32] {
            let word = network { $0.number(big == four ? lie : lie.byteSwapped) }
            var changed = bytes
            changed.replaceSubrange(place..<(place + 4), with: word)
            try metered(changed, "\(name) with \(word) at \(place)", in: scratch)
          }
        }
      }
    }
  }

  @Test func anyFieldOfAnyHeaderMayLieAndEveryPacketIsCounted() throws {
    // Whole captures of nothing but lies: link, IP, TCP, UDP, GRE, VXLAN, GENEVE, GTP and all the others, at each place of their headers.
    var links: [UInt16: [CapturedPacket]] = [:]
    for (_, link, frame) in HostileCaptures.frames {
      for place in frame.indices.dropLast() {
        let field = UInt16(frame[place]) << 8 | UInt16(frame[place + 1])
        for lie in Self.lies16(field) {
          var changed = frame
          (changed[place], changed[place + 1]) = (UInt8(lie >> 8), UInt8(truncatingIfNeeded: lie))
          links[link, default: []].append(CapturedPacket(at: HostileCaptures.start + Int64(place), changed))
        }
      }
    }
    for (link, packets) in links.sorted(by: { $0.key < $1.key }) {
      let stream = try #require(try metered(pcap(packets, link: link), memoryByteCount: 1 << 30, tunnels: link % 2 == 0 ? .inner : .both))
      #expect(stream.sources.first?.packets == UInt64(packets.count), "link \(link)")
    }
  }

  @Test func chainsOfHeadersMayLieInEveryLength() throws {
    let inner = HostileCaptures.tcp
    var packets: [[UInt8]] = []
    for length in 0...255 as ClosedRange<UInt8> {
      for header in [0, 43, 44, 51, 60, 135, 139, 140] as [UInt8] {
        packets.append(Frames.ipv6("fd00::1", "fd00::2", header, [6, length] + [UInt8](repeating: header, count: 70)))
        packets.append(Frames.ipv6("fd00::1", "fd00::2", header, [header, length] + [UInt8](repeating: length, count: 300)))
      }
      let gtp = [0x34, 0xFF, 0, 60, 0, 0, 0, 9, 0, 1, 0, 0x85, length] + [UInt8](repeating: 0x85, count: 30) + inner
      packets.append(Frames.ipv4("192.0.2.1", "192.0.2.2", 17, Frames.udp(50_000, 2152, gtp)))
      let geneve = [length, 0, 0x65, 0x58, 0, 0, 7, 0] + Frames.ethernet(inner)
      packets.append(Frames.ipv4("192.0.2.1", "192.0.2.2", 17, Frames.udp(50_000, 6081, geneve)))
      packets.append(Frames.ipv4("192.0.2.1", "192.0.2.2", 47, [length, 0, 8, 0] + inner))
      packets.append(Frames.ipv4("192.0.2.1", "192.0.2.2", 17, Frames.udp(50_000, 1701, [length, 2, 0, 9, 0, 9, length, length] + inner)))
    }
    let capture = packets.enumerated().map { CapturedPacket(at: HostileCaptures.start + Int64($0.offset), Frames.ethernet($0.element)) }
    let stream = try #require(try metered(pcap(capture)))
    #expect(stream.sources.first?.packets == UInt64(packets.count))
  }

  @Test func fiftyTunnelsWithinEachOtherAreOpenedAsFarAsIsSaid() throws {
    for carry in [
      { Frames.ipv4("192.0.2.1", "192.0.2.2", 4, $0) }, { Frames.ipv4("192.0.2.1", "192.0.2.2", 47, Frames.gre(0x0800, $0)) },
      { Frames.ipv4("192.0.2.1", "192.0.2.2", 17, Frames.udp(50_000, 4789, Frames.vxlan(9, Frames.ethernet($0)))) },
    ] as [([UInt8]) -> [UInt8]] {
      let packet = (0..<50).reduce(HostileCaptures.tcp) { packet, _ in carry(packet) }
      let stream = try #require(try metered(pcap([CapturedPacket(at: HostileCaptures.start, Frames.ethernet(packet))])))
      let source = try #require(stream.sources.first)
      // Eight were taken off.
      #expect(source.edgePackets == 1 && source.tunnelOverheadBytes == UInt64((packet.count - 40) / 50 * 8))
    }
  }
}

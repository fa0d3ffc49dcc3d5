import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct FlowaggConservationTests {
  /// Conversations with ARP, fragments without a first, cut and malformed packets among them.
  private static let mixed: [UInt8] = {
    let packets = FlowaggCaptures.conversations(seed: 2, count: 3000, seconds: 5000)
    return pcap(
      packets.enumerated().flatMap { number, packet -> [CapturedPacket] in
        let lone = Frames.ipv4(
          "10.0.0.9", "10.0.0.8", 17, [UInt8](repeating: 0, count: 48), fragment: .init(of: UInt32(number), offset: 9, more: false))
        let extra: [UInt8]? =
          switch number % 40 {
          case 0: Frames.ethernet(0x0806, [UInt8](repeating: 0, count: 28))
          case 10: Frames.ethernet(lone)
          case 20: Array(packet.frame.prefix(36))
          case 30: Frames.ethernet(Frames.ipv4("10.0.0.9", "10.0.0.8", 17, Frames.udp(1, 2), totalLength: 5))
          default: nil
          }
        return [packet] + (extra.map { [CapturedPacket(at: packet.timeNanoseconds, $0)] } ?? [])
      })
  }()

  @Test func whatIsCountedIsTheSameInEveryWindowAndStandsInItsDocument() throws {
    var totals: Set<[UInt64]> = []
    var sources: Set<String> = []
    for window in ["1s", "7s", "60s", "5m", "1h", "1d"] {
      let finished = try Tools.run("flowagg", ["--window", window, "-"], input: Self.mixed)
      #expect(finished.status == 0)
      #expect(try Schemas.problems(finished.output, kind: "edges") == "")
      let stream = try #require(try EdgeStreams.read(finished.output))
      let source = try #require(stream.sources.first)
      let bytes = stream.edges.reduce(0) { $0 + $1.volume.bytesToServer + $1.volume.bytesToClient }
      let packets = stream.edges.reduce(0) { $0 + $1.volume.packetsToServer + $1.volume.packetsToClient }
      #expect(packets == source.edgePackets && bytes == source.edgeBytes)
      #expect(source.packets == packets + source.notInEdges.reduce(0) { $0 + $1.packets })
      #expect(source.ipBytes == bytes + source.tunnelOverheadBytes + source.notInEdges.reduce(0) { $0 + $1.bytes })
      #expect(Set(source.notInEdges.map(\.reason)) == ["cut_header", "fragment_without_first", "malformed", "non_ip"])
      totals.insert([
        packets, bytes, stream.edges.reduce(0) { $0 + $1.flows }, stream.edges.reduce(0) { $0 + $1.outcome.answered },
        stream.edges.reduce(0) { $0 + $1.networkResponse.count },
      ])
      sources.formUnion(finished.sourceLines.map(String.init))
    }
    #expect(totals.count == 1 && sources.count == 1, "\(totals)")
  }
}

import Interchange
import TestSupport
import Testing

/// Fragments that flood, overlap, repeat and never fit: each is counted once.
@Suite struct FragmentFloodTests {
  private func capture(_ packets: [[UInt8]], stepNanoseconds: Int64 = 1000) -> [UInt8] {
    pcap(
      packets.enumerated().map {
        CapturedPacket(at: HostileCaptures.start + Int64($0.offset) * stepNanoseconds, Frames.ethernet($0.element))
      })
  }

  private func fragment(_ number: UInt32, _ offset: UInt16, more: Bool = true, payload: [UInt8]? = nil) -> [UInt8] {
    Frames.ipv4(
      "10.0.0.1", "10.0.0.2", 17, payload ?? [UInt8](repeating: 0, count: 8),
      fragment: .init(of: number, offset: offset, more: more))
  }

  @Test func aFloodOfFragmentsOfAsManyDatagramsIsCountedToTheLast() throws {
    let packets = (0..<20_000).map { fragment(UInt32($0), UInt16(1 + $0 % 8000)) }
    let source = try #require(try metered(capture(packets))?.sources.first)
    #expect(source.notInEdges.map(\.reason) == ["fragment_without_first"] && source.notInEdges.first?.packets == 20_000)
  }

  @Test func overlappingAndRepeatedFragmentsAreOfTheirDatagramsFlow() throws {
    let first = Frames.udp(1000, 53, payload: 8)
    var packets = [fragment(7, 3), fragment(7, 0, payload: first)]
    for place in 0..<3000 { packets.append(fragment(7, UInt16(1 + place % 5), more: place % 2 == 0)) }
    for _ in 0..<1000 { packets.append(fragment(7, 0, payload: first)) }
    let stream = try #require(try metered(capture(packets)))
    #expect(stream.edges.count == 1 && stream.edges.first?.port == 53)
    #expect(stream.sources.first?.edgePackets == UInt64(packets.count))
  }

  @Test func firstFragmentsWithoutTransportHeadersAndOfNothingAreCounted() throws {
    var packets: [[UInt8]] = []
    for length in 0..<24 {
      for offset in [0, 1, 8191] as [UInt16] {
        packets.append(fragment(UInt32(length), offset, more: offset == 0, payload: [UInt8](repeating: 0, count: length)))
      }
    }
    let source = try #require(try metered(capture(packets))?.sources.first)
    #expect(source.packets == UInt64(packets.count))
  }
}

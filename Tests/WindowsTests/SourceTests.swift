import Interchange
import TestSupport
import Testing

@Suite struct SourceTests {
  private let a = "10.0.0.1", b = "10.0.0.2"

  private func lost(_ source: SourceRecord) -> [String: [UInt64]] {
    Dictionary(uniqueKeysWithValues: source.notInEdges.map { ($0.reason, [$0.packets, $0.bytes]) })
  }

  @Test func whatIsInNoEdgeIsCountedWithItsReason() throws {
    let udp = Frames.ipv4(a, b, 17, Frames.udp(1, 2, payload: 10))
    let lone = Frames.ipv4(a, b, 17, [UInt8](repeating: 0, count: 80), fragment: .init(of: 9, offset: 3, more: false))
    var wrong = udp
    wrong[0] = 0x65
    let frames = [
      Frames.ethernet(udp), Frames.ethernet(0x0806, [0, 1]), Frames.ethernet(lone), Frames.ethernet(0x0800, wrong),
      Frames.ethernet(Frames.ipv4(a, b, 17, Frames.udp(1, 2), totalLength: 10)),
      Array(Frames.ethernet(udp).prefix(30)), Array(Frames.ethernet(Frames.ipv4(a, b, 6, Frames.tcp(1, 2, flags: 2))).prefix(36)),
    ]
    let source = try #require(try meter([pcap(frames.map { CapturedPacket(at: TestPacket.start, $0) })]).sources.first)
    #expect(source.packets == 7 && source.ipPackets == 4 && source.edgePackets == 1)
    #expect(source.edgeBytes == 38 && source.ipBytes == 38 + 100 + 10 + 40)
    #expect(lost(source) == ["non_ip": [1, 0], "fragment_without_first": [1, 100], "malformed": [2, 10], "cut_header": [2, 40]])
    #expect(source.notInEdges.map(\.reason) == source.notInEdges.map(\.reason).sorted())
    let other = try #require(try meter([pcap([CapturedPacket(at: 0, [0])], link: 147)]).sources.first)
    #expect(lost(other) == ["unsupported_link": [1, 0]] && other.links == ["linktype_147"])
  }

  @Test func timesThatGoBackAndTimesThatAreMissingAreCounted() throws {
    let frame = Frames.ethernet(Frames.ipv4(a, b, 17, Frames.udp(1, 2)))
    var builder = PcapngBuilder()
    builder.section()
    builder.interface()
    for seconds in [5, 3, 4, 1, 9] as [UInt64] { builder.packet(units: seconds * 1_000_000, frame) }
    builder.simplePacket(frame)
    let source = try #require(try meter([builder.bytes]).sources.first)
    #expect(source.timeWentBack == 2 && source.noTime == 1)
    #expect(source.first?.nanoseconds == 1_000_000_000 && source.last?.nanoseconds == 9_000_000_000)
    #expect(source.kind == "pcapng" && source.links == ["ethernet"] && source.complete)
  }

  @Test func aCaptureWithoutPacketsHasNoTimes() throws {
    let source = try #require(try meter([pcap([])]).sources.first)
    #expect(source.first == nil && source.last == nil && source.packets == 0 && source.complete)
  }

  @Test func aLengthOfZeroCountsWhatWasOnTheWire() throws {
    let frame = Frames.ethernet(Frames.ipv4(a, b, 6, Frames.tcp(1, 2, flags: 0x10, payload: 3000), totalLength: 0))
    let stream = try meter([pcap([CapturedPacket(at: 0, Array(frame.prefix(60)), originalByteCount: frame.count)])])
    #expect(stream.sources.first?.edgeBytes == 3040)
  }

  @Test func fragmentsOfOneSourceMayCompleteThoseOfAnother() throws {
    // The first fragment passes one tap and the rest another; the rest comes late, which counts for the source that brought it.
    let first = TestPacket(
      time: TestPacket.start + 80_000_000_000, from: End(address: a, port: 9), to: End(address: b, port: 53), proto: 17, payload: 64,
      fragment: (7, 0, true))
    var rest = first
    (rest.time, rest.fragment) = (TestPacket.start + 58_000_000_000, (7, 9, false))
    let filler = ClockTests.filler(from: 1) + ClockTests.filler(10, from: 70)
    let stream = try meter([(filler + [first]).capture, [rest].capture])
    #expect(stream.sources.map(\.edgePackets) == [75, 1])
    #expect(stream.sources.map(\.late) == [0, 1])
    #expect(stream.sources.map(\.edgeBytes) == [74 * 28 + 92, 84])
  }
}

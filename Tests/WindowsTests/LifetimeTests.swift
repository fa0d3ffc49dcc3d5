import Capture
import Interchange
import Metering
import TestSupport
import Testing
import Windows

/// Whole flows, written from the parts that windows close.
@Suite struct LifetimeTests {
  private let a = End(address: "10.0.0.1", port: 50_000), b = End(address: "10.0.0.2", port: 443)

  private func flows(_ packets: [TestPacket], _ header: EdgeStreamHeader = options()) throws -> [FlowRecord] {
    try Self.stream(packets, header).flows
  }

  private static func stream(_ packets: [TestPacket], _ header: EdgeStreamHeader) throws -> (flows: [FlowRecord], bytes: [UInt8]) {
    let scratch = try Scratch()
    let path = try scratch.write("one.capture", packets.capture)
    let sink = MemorySink()
    var meterOptions = MeterOptions()
    meterOptions.writesFlows = true
    _ = try Meter.open([CaptureInput(path: path)], header: header, options: meterOptions, to: sink).run()
    var reader = try FlowStreamReader(MemorySource(sink.bytes))
    var flows: [FlowRecord] = []
    var edgePackets: UInt64 = 0
    while let record = try reader.next() {
      switch record {
      case .flow(let flow): flows.append(flow)
      case .source(let source): edgePackets += source.edgePackets
      }
    }
    #expect(flows.reduce(0) { $0 + $1.volume.packetsToServer + $1.volume.packetsToClient } == edgePackets)
    return (flows, sink.bytes)
  }

  @Test func aFlowOfManyWindowsIsOneRecord() throws {
    var packets: [TestPacket] = [
      .at(0, a, b, flags: TestPacket.syn, sequence: 1), .at(0.25, b, a, flags: TestPacket.synAck, sequence: 9),
    ]
    for number in 1...20 { packets.append(.at(Double(number) * 30, a, b, sequence: UInt32(2 + number * 10), payload: 10)) }
    packets.append(.at(601, a, b, flags: TestPacket.fin, sequence: 300))
    packets.append(.at(602, b, a, flags: TestPacket.fin, sequence: 10))
    let found = try flows(packets)
    let flow = try #require(found.first)
    #expect(found.count == 1 && flow.endedBy == .fin && flow.direction == .handshake)
    #expect(flow.client == IPAddress(a.address) && flow.clientPort == 50_000 && flow.port == 443)
    #expect(
      flow.start == Timestamp(nanoseconds: TestPacket.start) && flow.end == Timestamp(nanoseconds: TestPacket.start + 602_000_000_000))
    #expect(flow.volume.packetsToServer == 22 && flow.volume.packetsToClient == 2)
    #expect(flow.networkResponseNanoseconds == 250_000_000 && flow.retransmissions == 0)
    #expect(flow.outcome.answered == 1 && flow.outcome.reset == 0 && flow.outcome.midstream == 0)
  }

  @Test func everyEndingIsTold() throws {
    func ending(_ packets: [TestPacket]) throws -> [FlowEnding] { try flows(packets).filter { $0.proto == .tcp }.map(\.endedBy) }
    let syn = TestPacket.at(0, a, b, flags: TestPacket.syn, sequence: 1)
    #expect(try ending([syn]) == [.end])
    #expect(try ending([syn, .at(1, b, a, flags: TestPacket.rst)]) == [.reset])
    #expect(try ending([syn, .at(1, a, b, flags: TestPacket.syn, sequence: 2)]) == [.syn, .end])
    #expect(try ending([syn, .at(301, a, b)]) == [.idle, .end])
    #expect(try ending([syn] + ClockTests.filler(200, from: 800)) == [.idle])
    let whole = [syn, .at(1, a, b, flags: TestPacket.fin), .at(2, b, a, flags: TestPacket.fin)]
    #expect(try ending(whole + [.at(3, a, b, flags: TestPacket.syn, sequence: 7)]) == [.fin, .end])
  }

  @Test func whatDoesNotGoBeyondWhatWasSentIsARetransmission() throws {
    func again(_ segments: [(sequence: UInt32, payload: Int)]) throws -> UInt64? {
      try flows(segments.enumerated().map { .at(Double($0.offset), a, b, sequence: $0.element.sequence, payload: $0.element.payload) })
        .first?
        .retransmissions
    }
    #expect(try again([(1, 10), (11, 10), (21, 10)]) == 0)
    #expect(try again([(1, 10), (11, 10), (1, 10)]) == 1)
    #expect(try again([(1, 10), (21, 10), (11, 10)]) == 1)
    #expect(try again([(1, 10), (5, 10)]) == 0)
    #expect(try again([(1, 10), (11, 0), (11, 0)]) == 0)
    // Numbers begin anew behind 2^32.
    #expect(try again([(0xFFFF_FFFA, 10), (4, 10), (0xFFFF_FFFA, 10)]) == 1)
    #expect(try again([(0xFFFF_FFFA, 10), (4, 10), (14, 10)]) == 0)
    let bothWays = [TestPacket.at(0, a, b, sequence: 5, payload: 5), .at(1, b, a, sequence: 5, payload: 5)]
    #expect(try flows(bothWays).first?.retransmissions == 0)
    #expect(try flows([.udp(0, a, b)]).first?.retransmissions == nil)
  }

  @Test(arguments: 0..<40) func flowsAddUpToEdges(_ seed: Int) throws {
    let packets = TrafficGenerator.traffic(TrafficGenerator(seed: UInt64(seed), idleTCP: 20, idleOther: 8, lateness: 3), count: 300)
    var sums: Set<[UInt64]> = []
    for window in [5, 60, 3600] as [UInt64] {
      let header = options(window: window, lateness: 3, idleTCP: 20, idleOther: 8)
      let edges = try meter(packets, header).edges
      let (flows, bytes) = try Self.stream(packets, header)
      #expect(UInt64(flows.count) == edges.reduce(0) { $0 + $1.flows }, "seed \(seed)")
      let outcomes: [KeyPath<EdgeRecord.Outcome, UInt64>] = [\.answered, \.refused, \.reset, \.unreachable, \.midstream]
      for outcome in outcomes {
        #expect(
          flows.reduce(0) { $0 + $1.outcome[keyPath: outcome] } == edges.reduce(0) { $0 + $1.outcome[keyPath: outcome] }, "seed \(seed)")
      }
      #expect(
        flows.count { $0.networkResponseNanoseconds != nil } == Int(edges.reduce(0) { $0 + $1.networkResponse.count }), "seed \(seed)")
      // What ends flows and when does not depend on windows; who is the client may.
      sums.insert([
        UInt64(flows.count), flows.reduce(0) { $0 + $1.volume.bytesToServer + $1.volume.bytesToClient },
        flows.reduce(0) { $0 + ($1.retransmissions ?? 0) }, UInt64(flows.count { $0.endedBy == .idle }),
        UInt64(flows.count { $0.endedBy == .fin }), UInt64(flows.count { $0.endedBy == .reset }),
      ])
      if seed < 4 { #expect(try Schemas.problems(bytes, kind: "flows") == "", "seed \(seed)") }
    }
    #expect(sums.count == 1, "seed \(seed): \(sums)")
  }
}

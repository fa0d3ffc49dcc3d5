import ByteStreams
import Capture
import Foundation
import Interchange
import Metering
import Packets
import TestSupport
import Testing

/// How often the client is found in a recorded scene when what tells it best is taken away.
///
/// The truth is what the whole recording says for certain. The figures are printed, and docs/accuracy.md holds them.
@Suite struct DirectionMeasurementTests {
  /// What is taken away from the recording.
  enum Cut: String, CaseIterable {
    case handshakes = "without SYN and SYN-ACK"
    case beginning = "from the middle on, without SYN and SYN-ACK"
    case fromClients = "only what clients send, without SYN"
    case fromServers = "only what servers send, without SYN-ACK"
    case short = "ten seconds of it, without SYN and SYN-ACK"
  }

  /// Two ends; B is not before A.
  struct Pair: Hashable {
    var proto: UInt8
    var a: (address: IPAddress, port: UInt16)
    var b: (address: IPAddress, port: UInt16)

    init(proto: UInt8, _ one: (address: IPAddress, port: UInt16), _ other: (address: IPAddress, port: UInt16)) {
      self.proto = proto
      let isOneFirst = one.address != other.address ? one.address < other.address : one.port <= other.port
      (a, b) = isOneFirst ? (one, other) : (other, one)
    }

    static func == (x: Pair, y: Pair) -> Bool { x.proto == y.proto && x.a == y.a && x.b == y.b }

    func hash(into hasher: inout Hasher) {
      hasher.combine(proto)
      for end in [a, b] {
        hasher.combine(end.address)
        hasher.combine(end.port)
      }
    }
  }

  struct Packet {
    var captured: CapturedPacket
    var summary: PacketSummary

    private func end(_ high: UInt64, _ low: UInt64, _ port: UInt16) -> (address: IPAddress, port: UInt16) {
      (summary.isIPv6 ? IPAddress(high: high, low: low) : IPAddress(v4: UInt32(truncatingIfNeeded: low)), port)
    }
    var source: (address: IPAddress, port: UInt16) { end(summary.sourceHigh, summary.sourceLow, summary.sourcePort) }
    var destination: (address: IPAddress, port: UInt16) {
      end(summary.destinationHigh, summary.destinationLow, summary.destinationPort)
    }
    var pair: Pair { Pair(proto: summary.proto, source, destination) }
    var hasSYN: Bool { summary.proto == 6 && summary.tcpFlags & TCPFlags.syn != 0 }
  }

  static func recording() throws -> [Packet] {
    let reader = CaptureReader(try openSource(path: Repository.fixture("three-tier.pcap.zst").path))
    var packets: [Packet] = []
    while reader.fill() {
      for record in reader.records[..<reader.count] {
        let start = Int(record.offset)
        let frame = Array(reader.block.bytes[start..<(start + Int(record.capturedByteCount))])
        let summary = PacketSummary(
          frame: frame.span, link: record.link, originalByteCount: record.originalByteCount, timeNanoseconds: record.timeNanoseconds)
        packets.append(
          Packet(
            captured: CapturedPacket(at: record.timeNanoseconds, frame, originalByteCount: Int(record.originalByteCount)), summary: summary)
        )
      }
    }
    return packets
  }

  static func flows(of packets: [Packet], window: UInt64) throws -> [FlowRecord] {
    let scratch = try Scratch()
    let path = try scratch.write("cut.pcap", pcap(packets.map(\.captured)))
    let sink = MemorySink()
    var meterOptions = MeterOptions()
    meterOptions.writesFlows = true
    _ = try Meter.open([CaptureInput(path: path)], header: options(window: window), options: meterOptions, to: sink).run()
    var reader = try FlowStreamReader(MemorySource(sink.bytes))
    var flows: [FlowRecord] = []
    while let record = try reader.next() { if case .flow(let flow) = record { flows.append(flow) } }
    return flows
  }

  static func pair(_ flow: FlowRecord) -> Pair {
    Pair(proto: flow.proto.number, (flow.client, flow.clientPort ?? 0), (flow.server, flow.port ?? 0))
  }

  static func isClientA(_ flow: FlowRecord) -> Bool {
    let pair = pair(flow)
    return pair.a == (flow.client, flow.clientPort ?? 0)
  }

  struct Score: CustomStringConvertible {
    var all: UInt64 = 0, right: UInt64 = 0, certain: UInt64 = 0, certainAndWrong: UInt64 = 0

    mutating func note(_ weight: UInt64, isRight: Bool, isCertain: Bool) {
      all += weight
      if isRight { right += weight }
      if isCertain { certain += weight }
      if isCertain, !isRight { certainAndWrong += weight }
    }

    private func share(_ part: UInt64) -> String {
      let perMille = all == 0 ? 0 : (part * 1000 + all / 2) / all
      return "\(perMille / 10).\(perMille % 10) %"
    }
    var description: String { "\(share(right)) right, \(share(certain)) certain, \(certainAndWrong) certain and wrong, of \(all)" }
  }

  @Test(arguments: [60, 300] as [UInt64]) func withoutHandshakesTheClientIsStillFound(window: UInt64) throws {
    let recording = try Self.recording()
    var clientIsA: [Pair: Bool] = [:]
    for flow in try Self.flows(of: recording, window: window) where flow.direction.isCertain && (flow.proto == .tcp || flow.proto == .udp) {
      clientIsA[Self.pair(flow)] = Self.isClientA(flow)
    }
    try #require(clientIsA.count > 3000)
    let first = try #require(recording.first).captured.timeNanoseconds
    for cut in Cut.allCases {
      let packets = recording.filter { packet in
        let isFromClient = clientIsA[packet.pair].map { $0 == (packet.source == packet.pair.a) }
        let seconds = (packet.captured.timeNanoseconds - first) / 1_000_000_000
        return switch cut {
        case .handshakes: !packet.hasSYN
        case .beginning: !packet.hasSYN && seconds >= 150
        case .short: !packet.hasSYN && (150..<160).contains(seconds)
        case .fromClients: !packet.hasSYN && isFromClient != false
        case .fromServers: !packet.hasSYN && isFromClient != true
        }
      }
      var flows = Score(), bytes = Score(), edges: [String: Score] = [:], bases: [String: Score] = [:]
      for flow in try Self.flows(of: packets, window: window) {
        guard let truth = clientIsA[Self.pair(flow)] else { continue }
        let isRight = Self.isClientA(flow) == truth
        let isCertain = flow.direction.isCertain
        flows.note(1, isRight: isRight, isCertain: isCertain)
        bytes.note(flow.volume.bytesToServer + flow.volume.bytesToClient, isRight: isRight, isCertain: isCertain)
        let edge = "\(flow.client) \(flow.server) \(flow.proto.text) \(flow.port ?? 0)"
        edges[edge, default: Score()].note(1, isRight: isRight, isCertain: isCertain)
        bases[flow.direction.text.description, default: Score()].note(1, isRight: isRight, isCertain: isCertain)
      }
      var byEdge = Score()
      for score in edges.values { byEdge.note(1, isRight: score.right == score.all, isCertain: score.certain > 0) }
      print("\(cut.rawValue), windows of \(window) s")
      print("  flows: \(flows)\n  bytes: \(bytes)\n  edges: \(byEdge)")
      for (basis, score) in bases.sorted(by: { $0.key < $1.key }) { print("    by \(basis): \(score)") }
      #expect(flows.all > 0)
      #expect(flows.certainAndWrong == 0, "\(cut.rawValue)")
      #expect(flows.right * 100 >= flows.all * 90, "\(cut.rawValue): \(flows)")
    }
  }
}

import Interchange
import SyntheticTraffic
import TestSupport
import Testing
import Topology

@Suite struct MonotonicityTests {
  /// The score of one dependency beside steady traffic that fixes the observed time.
  private func score(_ edges: [EdgeRecord]) throws -> Double {
    let background = WindowedTraffic(windowSeconds: 60, start: Graphs.start).edges(of: ThreeTierLab.application(seconds: 600))
    return try Graphs.topology(of: background + edges, windowSeconds: 60).edge("10.9.0.1", "10.9.0.2:tcp:5432").score
  }

  private func randomEdge(window: Int64, _ random: inout SeededRandom) -> EdgeRecord {
    let start = Graphs.start.nanoseconds + window * 60_000_000_000
    let first = Int64.random(in: 0..<30_000_000_000, using: &random)
    let last = Int64.random(in: first..<58_000_000_000, using: &random)
    var edge = EdgeRecord(
      window: .init(nanoseconds: start), client: IPAddress(v4: 0x0A09_0001), server: IPAddress(v4: 0x0A09_0002), proto: .tcp, port: 5432,
      direction: .handshake, first: .init(nanoseconds: start + first), last: .init(nanoseconds: start + last))
    edge.volume.bytesToServer = UInt64.random(in: 40..<100_000, using: &random)
    edge.volume.bytesToClient = UInt64.random(in: 40..<1_000_000, using: &random)
    edge.flows = UInt64.random(in: 1..<50, using: &random)
    edge.activeSlots = UInt64.random(in: 1...40, using: &random)
    edge.durationNanoseconds = UInt64.random(in: 1..<60_000_000_000, using: &random)
    edge.outcome.answered = edge.flows
    edge.service = Service(app: "postgresql", nature: .database, basis: .payload)
    return edge
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>) func moreOfAnythingNeverLowersTheScore(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var edges = (0..<10).filter { _ in Bool.random(using: &random) }.map { randomEdge(window: Int64($0), &random) }
    if edges.isEmpty { edges = [randomEdge(window: 4, &random)] }
    let base = try score(edges)
    let place = Int.random(in: 0..<edges.count, using: &random)
    func changed(_ change: (inout EdgeRecord) -> Void) throws -> Double {
      var copy = edges
      change(&copy[place])
      return try score(copy)
    }
    #expect(try changed { $0.volume.bytesToServer *= 3 } >= base, "bytes to server, seed \(seed)")
    #expect(try changed { $0.volume.bytesToClient *= 7 } >= base, "bytes to client, seed \(seed)")
    #expect(try changed { $0.durationNanoseconds *= 2 } >= base, "duration, seed \(seed)")
    #expect(try changed { $0.activeSlots += 15 } >= base, "active slots, seed \(seed)")
    #expect(try changed { $0.last = .init(nanoseconds: $0.window.nanoseconds + 59_900_000_000) } >= base, "last, seed \(seed)")
    let free = (0..<10 as Range<Int64>).first { window in
      !edges.contains { $0.window.nanoseconds == Graphs.start.nanoseconds + window * 60_000_000_000 }
    }
    if let free { #expect(try score(edges + [randomEdge(window: free, &random)]) >= base, "another window, seed \(seed)") }
    #expect(
      try changed {
        $0.outcome.answered = 0; $0.volume.bytesToClient = 0; $0.volume.packetsToClient = 0
      } <= base, "answers, seed \(seed)")
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>) func theOrderOfRecordsAndStreamsChangesNothing(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let edges = WindowedTraffic(windowSeconds: 60, start: Graphs.start).edges(of: ThreeTierLab.everything())
    func build(_ streams: [[EdgeRecord]], sources: [String]) throws -> [UInt8] {
      var builder = try TopologyBuilder()
      for (stream, name) in zip(streams, sources) {
        try builder.begin(EdgeStreamHeader(windowSeconds: 60), name: name)
        for edge in stream { builder.add(.edge(edge)) }
        builder.add(.source(SourceRecord(name: name, kind: "pcap")))
      }
      return try builder.topology().json.prettyBytes
    }
    let expected = try build([edges, []], sources: ["a", "b"])
    let shuffled = edges.shuffled(using: &random)
    let cut = Int.random(in: 0...shuffled.count, using: &random)
    #expect(try build([Array(shuffled[cut...]), Array(shuffled[..<cut])], sources: ["b", "a"]) == expected, "seed \(seed)")
  }

  @Test func figuresAtTheEndOfTheirRangeAreSurvived() throws {
    for window in [Int64.min, -300_000_000_000, 0, Int64.max - 300_000_000_001] {
      var edge = EdgeRecord(
        window: .init(nanoseconds: window), client: IPAddress(v4: 0x0A09_0001), server: IPAddress(v4: 0x0A09_0002), proto: .tcp, port: 5432,
        direction: .first, first: .init(nanoseconds: .min), last: .init(nanoseconds: .max))
      edge.volume.bytesToServer = .max
      edge.volume.bytesToClient = .max
      edge.flows = .max
      edge.activeSlots = .max
      edge.slots = 0
      edge.durationNanoseconds = .max
      var late = edge
      late.window = .init(nanoseconds: 600_000_000_000)
      let graph = try Graphs.topology(of: [edge, late, edge], windowSeconds: 300)
      #expect((0...1).contains(graph.edges[0].score))
      _ = graph.json.prettyBytes
    }
  }
}

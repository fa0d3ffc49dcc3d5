import Interchange
import TestSupport
import Testing

@Suite struct OracleTests {
  /// The first edges on which the two disagree, for people.
  private func difference(_ found: [EdgeRecord], _ expected: [EdgeRecord]) -> String {
    guard
      let place = (0..<max(found.count, expected.count)).first(where: {
        $0 >= found.count || $0 >= expected.count || found[$0] != expected[$0]
      })
    else {
      return "none"
    }
    func text(_ edges: [EdgeRecord]) -> String {
      guard place < edges.count else { return "no edge" }
      let edge = edges[place]
      return """
        \(edge.window) \(edge.client):\(edge.clientPort.map(String.init) ?? "") → \(edge.server):\(edge.port.map(String.init) ?? "") \(edge.proto.text) \
        \(edge.direction) \(edge.volume) flows \(edge.flows) slots \(edge.activeSlots) duration \(edge.durationNanoseconds) \
        \(edge.outcome) handshakes \(edge.networkResponse.count)/\(edge.networkResponse.sumNanoseconds) \(edge.first) – \(edge.last)
        """
    }
    return "edge \(place) of \(found.count) and \(expected.count):\n  found    \(text(found))\n  expected \(text(expected))"
  }

  @Test(arguments: 0..<200) func randomTrafficGivesTheEdgesOfTheSlowOracle(_ seed: Int) throws {
    let windows: [UInt64] = [5, 10, 60, 300]
    let header = options(window: windows[seed % 4], lateness: seed % 3 == 0 ? 12 : 3, idleTCP: 20, idleOther: 8)
    let generator = TrafficGenerator(seed: UInt64(seed), idleTCP: 20, idleOther: 8, lateness: seed % 3 == 0 ? 12 : 3)
    let packets = TrafficGenerator.traffic(generator, count: 30 + seed % 120 * 4)
    let stream = try meter(packets, header)
    #expect(stream.sources.first?.late == 0, "seed \(seed)")
    let expected = EdgeOracle.edges(of: packets, header)
    #expect(!expected.isEmpty)
    // Not `==` inside the macro: it would print all edges of both.
    let agrees = stream.edges == expected
    #expect(agrees, "seed \(seed): \(difference(stream.edges, expected))")
  }

  @Test func whatIsAddedUpDoesNotDependOnTheWindow() throws {
    for seed in 500..<510 as Range<UInt64> {
      let packets = TrafficGenerator.traffic(TrafficGenerator(seed: seed, idleTCP: 20, idleOther: 8, lateness: 3), count: 300)
      var totals: Set<[UInt64]> = []
      for window in [1, 7, 60, 300, 3600, 86_400] as [UInt64] {
        let stream = try meter(packets, options(window: window, lateness: 3, idleTCP: 20, idleOther: 8))
        let edges = stream.edges
        #expect(edges.allSatisfy { $0.window.nanoseconds % Int64(window * 1_000_000_000) == 0 })
        totals.insert([
          edges.reduce(0) { $0 + $1.flows }, edges.reduce(0) { $0 + $1.outcome.answered }, edges.reduce(0) { $0 + $1.outcome.refused },
          edges.reduce(0) { $0 + $1.outcome.reset }, edges.reduce(0) { $0 + $1.outcome.unreachable },
          edges.reduce(0) { $0 + $1.outcome.midstream },
          edges.reduce(0) { $0 + $1.networkResponse.count }, edges.reduce(0) { $0 &+ $1.networkResponse.sumNanoseconds },
          edges.reduce(0) { $0 + $1.volume.bytesToServer + $1.volume.bytesToClient },
        ])
      }
      #expect(totals.count == 1, "seed \(seed): \(totals)")
    }
  }
}

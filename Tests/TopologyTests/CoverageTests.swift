import Interchange
import SyntheticTraffic
import Testing
import Topology

@Suite struct CoverageTests {
  private func kinds(_ topology: Topology) -> Set<String> { Set(topology.metadata.coverage.map(\.kind)) }

  @Test func missingWindowsAreAGap() throws {
    let early = ThreeTierLab.application(seconds: 120)
    var late = early
    for place in late.indices { for entry in late[place].exchanges.indices { late[place].exchanges[entry].time += 600_000_000_000 } }
    let graph = try Graphs.topology(early + late, windowSeconds: 60)
    #expect(graph.metadata.coverage.filter { $0.kind == "gap_in_time" }.map(\.subject) == ["2026-11-21T03:47:00Z–2026-11-21T03:55:00Z"])
    // What was not captured counts against nobody.
    #expect(graph.strong == ThreeTierLab.truth)
  }

  @Test func damagedAndLateSourcesAreNamed() throws {
    var builder = try TopologyBuilder()
    try builder.begin(EdgeStreamHeader(), name: "s")
    var source = SourceRecord(name: "tap.pcap", kind: "pcap")
    source.complete = false
    source.damage = .init(offset: 4711, reason: "a length of 4 GB")
    source.late = 3
    builder.add(.source(source))
    builder.noteIncomplete(stream: "s")
    let coverage = try builder.topology().metadata.coverage
    #expect(
      coverage.contains {
        $0.kind == "damaged_source" && $0.subject == "tap.pcap" && $0.detail.contains("4711") && $0.detail.contains("4 GB")
      })
    #expect(coverage.contains { $0.kind == "late_packets" && $0.detail.hasPrefix("3 packets") })
    #expect(coverage.contains { $0.kind == "incomplete_stream" && $0.subject == "s" })
  }

  @Test func whatCapturesSayThatTheyLostIsNamed() throws {
    var builder = try TopologyBuilder()
    try builder.begin(EdgeStreamHeader(), name: "s")
    for (name, received, dropped, skipped) in [("a", 100, 7, 0), ("b", nil, 3, 2), ("c", 50, 0, 0)] as [(String, UInt64?, UInt64, UInt64)] {
      var source = SourceRecord(name: name, kind: "pcapng")
      (source.received, source.dropped, source.skippedBlocks) = (received, dropped, skipped)
      if skipped > 0 {
        source.complete = false
        source.damage = .init(offset: 40, reason: "a block")
      }
      builder.add(.source(source))
    }
    let coverage = try builder.topology().metadata.coverage
    #expect(
      coverage.filter { $0.kind == "lost_packets" }.map { "\($0.subject): \($0.detail)" } == [
        "a: The capture lost 7 of 100 packets by its own account.", "b: The capture lost 3 packets by its own account.",
      ])
    #expect(coverage.filter { $0.kind == "damaged_source" }.map(\.detail) == ["2 damaged blocks passed over at byte 40: a block."])
  }

  @Test func oneWayTrafficAndGuessedDirectionsAreNamed() throws {
    var guessed = Conversation("10.0.0.1", "10.0.0.2", 50000, at: [1, 2], bytes: (100, 100))
    guessed.direction = .first
    let silent = Conversation("10.0.0.3", "10.0.0.4", 80, at: [1, 2], bytes: (100, 0))
    let graph = try Graphs.topology([guessed, silent])
    #expect(graph.metadata.coverage.contains { $0.kind == "uncertain_direction" && $0.subject == "10.0.0.1 → 10.0.0.2:tcp:50000" })
    #expect(graph.metadata.coverage.contains { $0.kind == "one_way" && $0.subject == "10.0.0.3 → 10.0.0.4:tcp:80" })
    #expect(try !graph.edge("10.0.0.1", "10.0.0.2:tcp:50000").certain)
  }

  @Test func aFloodOfGapsIsCountedAndNotListed() throws {
    let graph = try Graphs.topology(ThreeTierLab.scan())
    let listed = graph.metadata.coverage.filter { $0.kind == "one_way" }
    #expect(listed.count == 21 && listed.contains { $0.subject.hasSuffix(" more") })
  }

  @Test func aCompleteCaptureHasNoGaps() throws { #expect(try kinds(Graphs.topology(ThreeTierLab.application())) == []) }

  @Test func streamsWithoutEdgesGiveAnEmptyGraph() throws {
    let graph = try Graphs.topology(of: [], windowSeconds: 300)
    #expect(graph.nodes == [] && graph.edges == [] && graph.metadata.oldestWindow == nil)
  }
}

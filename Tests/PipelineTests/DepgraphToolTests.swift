import ContentDigests
import Foundation
import Interchange
import SyntheticTraffic
import TestSupport
import Testing

@Suite struct DepgraphToolTests {
  static let start = Timestamp(nanoseconds: 1_795_232_700_000_000_000)

  static func stream(_ conversations: [Conversation] = ThreeTierLab.everything(), windowSeconds: UInt64 = 300) throws -> [UInt8] {
    let edges = WindowedTraffic(windowSeconds: windowSeconds, start: start).edges(of: conversations)
    return try EdgeStreamBytes.of(edges, windowSeconds: windowSeconds)
  }

  static let inventory = """
    schema: holdfast.inventory/1
    nodes:
    - {name: web1, kind: vm, tenant: shop, addresses: [10.77.0.10]}
    - {name: db1, kind: vm, tenant: shop, addresses: [{address: 10.77.0.14}], ports: [{proto: tcp, port: 5432, service: postgresql}]}
    - {name: app1, kind: container, addresses: [10.77.0.12], colour: blue}
    """

  @Test func aGraphComesFromStandardInputAndIsWhole() throws {
    let result = try Tools.run("depgraph", [], input: try Self.stream())
    #expect(result.status == 0 && result.messages == "", "\(result.messages)")
    let graph = try Topology(sealed: result.output)
    #expect(Set(graph.edges.filter { !$0.weak }.map { "\($0.source) \($0.target)" }) == ThreeTierLab.truth)
    #expect(try Schemas.problems(result.output, kind: "topology") == "")
  }

  @Test func theSameStreamsInAnyOrderGiveTheSameBytes() throws {
    let scratch = try Scratch()
    let one = try scratch.write("one.edges", try Self.stream(ThreeTierLab.application()))
    let other = try scratch.write("other.edges", try Self.stream(ThreeTierLab.polling() + ThreeTierLab.login()))
    let forth = try Tools.run("depgraph", [one, other])
    #expect(forth.status == 0, "\(forth.messages)")
    #expect(try Tools.run("depgraph", [other, one]).output == forth.output)
    #expect(try Tools.run("depgraph", [one, other]).output == forth.output)
  }

  @Test func namesComeFromTheInventoryAndUnknownMembersAreReported() throws {
    let scratch = try Scratch()
    let stream = try scratch.write("edges", try Self.stream())
    let inventory = try scratch.write("inventory.yaml", Array(Self.inventory.utf8))
    let result = try Tools.run("depgraph", ["--inventory", inventory, stream])
    #expect(result.status == 0)
    #expect(result.messages.contains("nodes[2].colour"), "\(result.messages)")
    let graph = try Topology(sealed: result.output)
    #expect(graph.edges.contains { $0.source == "app1" && $0.target == "db1:tcp:5432" && !$0.weak })
    #expect(graph.metadata.coverage.contains { $0.kind == "unidentified_address" })
  }

  @Test func aCutOrChangedStreamIsRefusedWithNothingWritten() throws {
    let whole = try Self.stream(ThreeTierLab.login() + Array(ThreeTierLab.application(seconds: 5)))
    let lines = whole.split(separator: 0x0A, omittingEmptySubsequences: false)
    var cuts = [0, 1, whole.count / 2, whole.count - 1, whole.count - 30].map { Array(whole[..<$0]) }
    cuts.append(Array(lines.prefix(5).joined(separator: [0x0A])) + [0x0A])
    cuts.append(Array(lines.dropLast(2).joined(separator: [0x0A])) + [0x0A])
    var random = SeededRandom(seed: 7)
    for _ in 0..<8 {
      var flipped = whole
      flipped[Int.random(in: 0..<whole.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      cuts.append(flipped)
    }
    for (place, cut) in cuts.enumerated() {
      let result = try Tools.run("depgraph", [], input: cut)
      #expect(
        result.status == 65 && result.output == [] && result.messages.contains("expected"),
        "cut \(place): \(result.status) \(result.messages)")
    }
  }

  @Test func whatIsThereOfACutStreamCanBeAskedFor() throws {
    let whole = try Self.stream()
    let result = try Tools.run("depgraph", ["--allow-incomplete"], input: Array(whole[..<(whole.count - 10)]))
    #expect(result.status == 3)
    #expect(try Topology(sealed: result.output).metadata.coverage.contains { $0.kind == "incomplete_stream" && $0.subject == "-" })
  }

  @Test func streamsOfDifferentWindowsAreRefused() throws {
    let scratch = try Scratch()
    let long = try scratch.write("long", try Self.stream(windowSeconds: 300)),
      short = try scratch.write("short", try Self.stream(windowSeconds: 60))
    let result = try Tools.run("depgraph", [long, short])
    #expect(result.status == 65 && result.output == [] && result.messages.contains("windows of 60 s"), "\(result.messages)")
  }

  @Test func otherInputsEndWithTheirOwnCodes() throws {
    let scratch = try Scratch()
    let stream = try scratch.write("edges", try Self.stream(ThreeTierLab.login()))
    let bad = try scratch.write("bad.yaml", Array("nodes:\n- name: a\n  kind: blimp\n".utf8))
    #expect(try Tools.run("depgraph", [scratch.path("nowhere")]).status == 66)
    #expect(try Tools.run("depgraph", ["--threshold", "2", stream]).status == 64)
    #expect(try Tools.run("depgraph", ["--format", "png", stream]).status == 64)
    let refused = try Tools.run("depgraph", ["--inventory", bad, stream])
    #expect(refused.status == 65 && refused.messages.contains("bad.yaml") && refused.messages.contains("line 3"), "\(refused.messages)")
    #expect(try Tools.run("depgraph", ["-o", scratch.path("no/such/folder"), stream]).status == 73)
  }

  @Test func windowsOutsideSinceAndUntilAreLeftOut() throws {
    let stream = try Self.stream(ThreeTierLab.application(), windowSeconds: 60)
    let result = try Tools.run("depgraph", ["--since", "2026-11-21T03:46:00Z", "--until", "2026-11-21T03:48:00Z"], input: stream)
    let graph = try Topology(sealed: result.output)
    #expect(graph.metadata.oldestWindow == Timestamp(rfc3339: "2026-11-21T03:46:00Z"))
    #expect(graph.metadata.newestWindow == Timestamp(rfc3339: "2026-11-21T03:47:00Z"))
  }

  @Test func explainNamesCriteriaFiguresAndWindows() throws {
    let stream = try Self.stream(windowSeconds: 60)
    let scratch = try Scratch()
    let file = try scratch.write("edges", stream)
    let graph = scratch.path("graph.json")
    #expect(try Tools.run("depgraph", ["-o", graph, file]).status == 0)
    let fromStream = try Tools.run("depgraph", ["explain", ThreeTierLab.app1, ThreeTierLab.db, file])
    let fromGraph = try Tools.run("depgraph", ["explain", "--topology", graph, ThreeTierLab.app1, "\(ThreeTierLab.db):tcp:5432"])
    #expect(fromStream.status == 0, "\(fromStream.messages)")
    #expect(fromStream.output == fromGraph.output)
    for words in [
      "score", "volume ", "frequency ", "duration ", "nature ", "trust ", "bytes_per_hour=", "present_s=", "average_open=", "weight=",
      "threshold of 0.3500",
      "windows of 60 s: 2026-11-21T03:45:00Z–2026-11-21T03:50:00Z", "handshake",
    ] { #expect(fromStream.text.contains(words), "«\(words)» in\n\(fromStream.text)") }
  }

  @Test func explainShowsTheWayOverOthersOrSaysThatThereIsNone() throws {
    let stream = try Self.stream(ThreeTierLab.application())
    let over = try Tools.run("depgraph", ["explain", ThreeTierLab.web, ThreeTierLab.db], input: stream)
    #expect(over.status == 0)
    #expect(over.text.contains("does not use") && over.text.contains("\(ThreeTierLab.web) → \(ThreeTierLab.lb):tcp:8080"), "\(over.text)")
    let none = try Tools.run("depgraph", ["explain", ThreeTierLab.db, ThreeTierLab.web], input: stream)
    #expect(none.status == 1 && none.text.contains("Nothing that it uses leads there"), "\(none.text)")
    #expect(try Tools.run("depgraph", ["explain", "nobody", ThreeTierLab.web], input: stream).status == 1)
  }

  @Test func explainRefusesATopologyThatWasCutOrChanged() throws {
    let scratch = try Scratch()
    let golden = try Repository.fixtureBytes("golden.topology.json")
    let changed = String(decoding: golden, as: UTF8.self).replacing("\"weak\": true", with: "\"weak\": false")
    for bytes in [Array(golden.dropLast()), Array(golden.prefix(golden.count / 2)), [], Array(changed.utf8)] {
      let result = try Tools.run("depgraph", ["explain", "--topology", try scratch.write("t", bytes), "app1", "db1"])
      #expect(result.status == 65 && result.output == [], "\(result.messages)")
    }
    #expect(try Tools.run("depgraph", ["explain", "--topology", "-", "app1", "db1"], input: golden).status == 0)
  }

  @Test func dotAndSVGComeOut() throws {
    let stream = try Self.stream()
    let dot = try Tools.run("depgraph", ["--format", "dot"], input: stream)
    #expect(dot.status == 0 && dot.text.hasPrefix("digraph holdfast {") && !dot.text.contains("dashed\", color=\"#a8a8a8\""))
    let all = try Tools.run("depgraph", ["--format", "dot", "--weak"], input: stream)
    #expect(all.text.contains("dashed\", color=\"#a8a8a8\""))
    let svg = try Tools.run("depgraph", ["--format", "svg"], input: stream)
    #expect(svg.status == 0 && svg.text.contains("<svg") && svg.text.contains("postgresql tcp/5432"), "\(svg.messages)")
  }

  @Test func theSameStreamTwiceIsRefusedAndDoesNotCountTwice() throws {
    let scratch = try Scratch()
    let capture = Repository.fixture("three-tier.pcap.zst").path
    let first = scratch.path("a.edges"), second = scratch.path("b.edges.zst")
    #expect(try Tools.shell("flowagg \(capture) -o \(first) && flowagg \(capture) -o \(second)").status == 0)
    let finished = try Tools.run("depgraph", [first, second])
    #expect(finished.status == 65 && finished.output.isEmpty)
    #expect(finished.messages.contains("the same stream"), "\(finished.messages)")
  }

  @Test func optionsThatWouldDoNothingAreRefused() throws {
    let golden = Repository.fixture("golden.topology.json").path
    #expect(try Tools.run("depgraph", ["explain", "app1", "db1", "--topology", golden, "--threshold", "0.9"]).status == 64)
    #expect(try Tools.run("depgraph", ["--since", "2026-01-02T00:00:00Z", "--until", "2026-01-01T00:00:00Z"]).status == 64)
  }

  @Test func anEmptyGraphSaysSo() throws {
    let capture = Repository.fixture("three-tier.pcap.zst").path
    let finished = try Tools.shell("flowagg \(capture) | depgraph --since 2030-01-01T00:00:00Z")
    #expect(finished.status == 0)
    #expect(finished.messages.contains("the graph is empty"), "\(finished.messages)")
    #expect(try Topology(sealed: finished.output).metadata.coverage.contains { $0.kind == "no_traffic" })
  }
}

import ContentDigests
import Foundation
import Interchange
import TestSupport
import Testing

/// The recorded three-tier scene through the built tools, held against the truth that the scene itself wrote down.
@Suite struct ThreeTierTests {
  struct Dependency: Hashable, Sendable, CustomStringConvertible {
    var client: String
    var service: String
    var description: String { "\(client) → \(service)" }
  }

  static func truth() throws -> Set<Dependency> {
    let tree = try JSONValue(parsing: try Repository.fixtureBytes("three-tier.truth.json"))
    let list = try #require(tree["dependencies"]?.array)
    return try Set(
      list.map { entry in
        let client = try #require(entry["client"]?.string), server = try #require(entry["server"]?.string)
        let proto = try #require(entry["proto"]?.string), port = try #require(entry["port"]?.integer)
        return Dependency(client: client, service: "\(server):\(proto):\(port)")
      })
  }

  static func topology(window: String, inventory: Bool = true) throws -> Topology {
    let capture = Repository.fixture("three-tier.pcap.zst").path
    let names = inventory ? "--inventory " + Repository.fixture("three-tier.inventory.yaml").path : ""
    let finished = try Tools.shell("flowagg --window \(window) '\(capture)' | depgraph \(names)")
    try #require(finished.status == 0, "\(finished.messages)")
    return try Topology(sealed: finished.output)
  }

  @Test(arguments: ["5s", "10s", "60s", "5m", "1h"]) func everyTrueDependencyIsFoundAndNoNoiseIsAboveTheThreshold(window: String) throws {
    let truth = try Self.truth()
    try #require(truth.count >= 10)
    let topology = try Self.topology(window: window)
    let strong = Set(
      topology.edges.filter { !$0.weak && $0.relation == .dependsOn }.map { Dependency(client: $0.source, service: $0.target) })
    #expect(truth.subtracting(strong).isEmpty, "not found with --window \(window)")
    #expect(strong.subtracting(truth).isEmpty, "noise above the threshold with --window \(window)")
  }

  @Test func noiseIsKeptAndMarkedWeak() throws {
    let topology = try Self.topology(window: "60s")
    for noise in ["scanner", "monitor", "admin"] {
      let edges = topology.edges.filter { $0.source == noise }
      #expect(!edges.isEmpty, "\(noise) was dropped")
      #expect(edges.allSatisfy { $0.weak }, "\(noise) is above the threshold")
    }
    #expect(topology.edges.contains { $0.target == "dns:udp:53" && $0.weak })
  }

  @Test func theSameCaptureGivesTheSameBytesRunAfterRun() throws {
    let capture = Repository.fixture("three-tier.pcap.zst").path
    let line =
      "flowagg --window 60s '\(capture)' | tee /dev/stderr | depgraph --inventory " + Repository.fixture("three-tier.inventory.yaml").path
    let first = try Tools.shell(line)
    try #require(first.status == 0)
    for _ in 0..<3 {
      let again = try Tools.shell(line)
      #expect(again.output == first.output)
      #expect(again.messages == first.messages)
    }
  }

  @Test func anExplanationNamesTheCriteriaTheirFiguresAndTheWindows() throws {
    let scratch = try Scratch()
    let file = try scratch.write("topology.json", try Self.topology(window: "60s").sealedJSON.prettyBytes)
    let finished = try Tools.run("depgraph", ["explain", "app1", "db", "--topology", file])
    #expect(finished.status == 0)
    for word in ["volume", "frequency", "duration", "nature", "bytes_to_server=", "windows_seen=6", "6 of 6 windows", "handshake"] {
      #expect(finished.text.contains(word), "«\(word)» is not in: \(finished.text)")
    }
  }

  @Test func theCapturesOwnTotalsAreConservedForAnyWindow() throws {
    let capture = Repository.fixture("three-tier.pcap.zst").path
    for window in ["7s", "60s", "1d"] {
      let finished = try Tools.run("flowagg", ["--window", window, capture])
      let problems = try Schemas.problems(finished.output, kind: "edges")
      #expect(problems.isEmpty, "\(problems)")
      let stream = try #require(try EdgeStreams.read(finished.output))
      #expect(stream.sources.map(\.packets) == [39758])
      #expect(stream.sources.map(\.edgePackets) == [39199])
      #expect(stream.edges.reduce(0) { $0 + $1.volume.packetsToServer + $1.volume.packetsToClient } == 39199)
    }
  }
}

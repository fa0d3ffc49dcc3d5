import ContentDigests
import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct ThreeTierTests {
  /// The dependencies of the recorded scene as its truth states them.
  private static func truth() throws -> Set<String> {
    let document = try JSONValue(parsing: Repository.fixtureBytes("three-tier.truth.json"))
    let dependencies = try #require(document["dependencies"]?.array)
    return Set(
      try dependencies.map { entry in
        let client = try #require(entry["client"]?.string), server = try #require(entry["server"]?.string)
        return "\(client) \(server):\(try #require(entry["proto"]?.string)):\(try #require(entry["port"]?.unsigned))"
      })
  }

  private static let files =
    "'\(Repository.fixture("three-tier.pcap.zst").path)' | depgraph --inventory '\(Repository.fixture("three-tier.inventory.yaml").path)'"

  @Test(arguments: ["10s", "60s", "5m", "1h"]) func everyTrueDependencyAndNoNoiseIsAboveTheThreshold(window: String) throws {
    let result = try Tools.shell("flowagg --window \(window) \(Self.files)")
    #expect(result.status == 0, "\(result.messages)")
    let graph = try Topology(sealed: result.output)
    let strong = Set(graph.edges.filter { !$0.weak }.map { "\($0.source) \($0.target)" })
    let truth = try Self.truth()
    #expect(truth.count == 11 && strong == truth)
    // Kept, not dropped: the noise is there and weak.
    for client in ["scanner", "monitor", "admin"] { #expect(graph.edges.contains { $0.source == client && $0.weak }) }
    #expect(try Schemas.problems(result.output, kind: "topology") == "")
  }

  @Test func explainGivesTheFiguresOfARecordedDependency() throws {
    let result = try Tools.shell("flowagg --window 60s \(Self.explain)")
    #expect(
      result.text.contains("app1 → db:tcp:5432") && result.text.contains("windows_seen=") && result.text.contains("windows of 60 s: "))
  }

  private static let explain =
    "'\(Repository.fixture("three-tier.pcap.zst").path)' | depgraph explain app1 db "
    + "--inventory '\(Repository.fixture("three-tier.inventory.yaml").path)'"
}

import Interchange
import Inventory
import SyntheticTraffic
import Testing
import Topology

/// Graphs of made-up traffic.
enum Graphs {
  static let start = Timestamp(nanoseconds: 1_795_232_700_000_000_000)

  static func topology(
    of edges: [EdgeRecord], windowSeconds: UInt64, inventory: Inventory? = nil, settings: TopologyBuilder.Settings = .init()
  ) throws -> Topology {
    var builder = try TopologyBuilder(settings: settings, inventory: inventory)
    try builder.begin(EdgeStreamHeader(windowSeconds: windowSeconds), name: "test")
    for edge in edges { builder.add(.edge(edge)) }
    return try builder.topology()
  }

  static func topology(
    _ conversations: [Conversation], windowSeconds: UInt64 = 300, start: Timestamp = start, inventory: Inventory? = nil
  ) throws -> Topology {
    let edges = WindowedTraffic(windowSeconds: windowSeconds, start: start).edges(of: conversations)
    return try topology(of: edges, windowSeconds: windowSeconds, inventory: inventory)
  }
}

extension Topology {
  /// Dependencies at or above the threshold, as `client service`.
  var strong: Set<String> { Set(edges.filter { !$0.weak }.map { "\($0.source) \($0.target)" }) }

  func edge(_ source: String, _ target: String) throws -> TopologyEdge {
    try #require(edges.first { $0.source == source && $0.target == target }, "\(source) → \(target)")
  }
}

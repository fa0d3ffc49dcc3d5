import Interchange

/// The way over dependencies whose product of scores is largest (Dijkstra on products, which never grow).
struct StrongestPath {
  private var outgoing: [String: [TopologyEdge]] = [:]
  private var owners: [String: String] = [:]

  init(_ topology: Topology) {
    for edge in topology.edges where edge.score > 0 { outgoing[edge.source, default: []].append(edge) }
    for node in topology.nodes { owners[node.id] = node.node }
  }

  /// The dependencies from one machine to another (or to one of its services, if given) in order; empty where there is no way.
  func path(from origin: String, to target: String, service: String?) -> [TopologyEdge] {
    var best: [String: Double] = [origin: 1]
    var arrival: [String: TopologyEdge] = [:]
    var open: Set<String> = [origin]
    var settled: Set<String> = []
    while let here = open.min(by: { (best[$1, default: 0], $0) < (best[$0, default: 0], $1) }) {
      open.remove(here)
      settled.insert(here)
      if here == target { break }
      for edge in (outgoing[here] ?? []) {
        let next = owners[edge.target] ?? edge.target
        if next == target, let service, edge.target != service { continue }
        let product = best[here, default: 0] * edge.score
        guard !settled.contains(next), product > best[next, default: 0] else { continue }
        best[next] = product
        arrival[next] = edge
        open.insert(next)
      }
    }
    var path: [TopologyEdge] = []
    var here = target
    while here != origin, let edge = arrival[here] {
      path.append(edge)
      here = owners[edge.source] ?? edge.source
    }
    return here == origin ? path.reversed() : []
  }
}

import Interchange

/// The dependencies of a topology between nodes (not services), and the strongest ways along them.
struct DependencyGraph {
  /// One dependency, seen from either end.
  struct Link {
    let edge: TopologyEdge
    /// The node that depends.
    let dependent: String
    /// The node that is depended on.
    let provider: String
    /// What the service used is for.
    let nature: Nature
  }

  /// In which direction dependencies are followed.
  enum Direction { case toProviders, toDependents }

  /// A way from a target to a node.
  struct Way {
    var links: [Link]
    /// The weakest score on the way, less the decay of every hop but the first.
    var reached: Double
  }

  private let links: [Link]

  init(_ topology: Topology) {
    let nodes = Dictionary(topology.nodes.map { ($0.id, $0) }) { first, _ in first }
    func owner(_ id: String) -> String { nodes[id]?.node ?? id }
    links = topology.edges.map { edge in
      Link(edge: edge, dependent: owner(edge.source), provider: owner(edge.target), nature: nodes[edge.target]?.service?.nature ?? .unknown)
    }.filter { $0.dependent != $0.provider }.sorted {
      ($0.edge.source, $0.edge.target, $0.edge.relation.rawValue) < ($1.edge.source, $1.edge.target, $1.edge.relation.rawValue)
    }
  }

  /// The strongest way to every node that can be reached over admitted links in at most so many hops.
  ///
  /// The strength of a way is that of its weakest link, times `decay` for every hop but the first: a chain of strong dependencies stays
  /// strong, a distant one fades. Of equals the shorter way counts, then the one whose links stand first.
  func strongestWays(
    from targets: [String], _ direction: Direction, hopsMax: Int, decay: Double, admitting admits: (Link) -> Bool
  ) -> [String: Way] {
    var best: [String: Way] = [:]
    var frontier: [String: Way] = Dictionary(uniqueKeysWithValues: targets.map { ($0, Way(links: [], reached: 1)) })
    let admitted = links.filter(admits)
    for hop in 1...hopsMax {
      var next: [String: Way] = [:]
      for link in admitted {
        let (from, to) = direction == .toProviders ? (link.dependent, link.provider) : (link.provider, link.dependent)
        guard let way = frontier[from], !targets.contains(to), !way.links.contains(where: { $0.dependent == to || $0.provider == to })
        else {
          continue
        }
        let weakest = min(way.links.map(\.edge.score).min() ?? 1, link.edge.score)
        var reached = weakest
        for _ in 1..<hop { reached *= decay }
        if reached > next[to]?.reached ?? -1 { next[to] = Way(links: way.links + [link], reached: reached) }
      }
      for (node, way) in next where way.reached > best[node]?.reached ?? -1 { best[node] = way }
      frontier = next
    }
    return best
  }

  /// The nodes that use a service, ascending, whatever the score.
  func users(of service: String) -> [String] {
    Set(links.filter { $0.edge.target == service && $0.edge.relation == .dependsOn && $0.edge.answered }.map(\.dependent)).sorted()
  }
}

extension DependencyGraph.Link {
  /// Whether both ends have shown that it is there: what one side alone could have sent chooses no snapshot.
  var isMutual: Bool { edge.answered && edge.certain }
}

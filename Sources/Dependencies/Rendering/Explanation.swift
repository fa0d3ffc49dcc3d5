import Interchange

/// Why the graph says, or does not say, that one thing depends on another: for people, in plain text.
public struct Explanation {
  /// Whether any dependency, direct or over others, was found.
  public let isFound: Bool
  /// The text, with newlines; names in it are as they came and must be made printable before a terminal sees them.
  public let text: String

  /// Explains how `from` depends on `to`; each is an id or a label of a node or service. Throws where a name fits nothing or several things.
  public init(from: String, to: String, in topology: Topology) throws(DocumentError) {
    let source = try Self.find(from, in: topology)
    let target = try Self.find(to, in: topology)
    let origin = source.node ?? source.id
    let targets = Set([target.id] + topology.nodes.filter { $0.node == target.id }.map(\.id))
    let direct = topology.edges.filter { ($0.source == origin || $0.source == source.id) && targets.contains($0.target) }
      .sorted { ($0.score, $1.target) > ($1.score, $0.target) }
    let coverage = topology.metadata.coverage
    guard direct.isEmpty else {
      isFound = true
      let edges = direct.map { EdgeText(edge: $0, metadata: topology.metadata).text }
      text = edges.joined(separator: "\n") + Self.notes(coverage, direct, [origin, target.id])
      return
    }
    var lines = "\(origin) does not use \(target.id) directly: no traffic from one to the other was seen.\n"
    let path = StrongestPath(topology).path(from: origin, to: target.node ?? target.id, service: target.node == nil ? nil : target.id)
    isFound = !path.isEmpty
    if path.isEmpty {
      lines += "Nothing that it uses leads there either.\n"
    } else {
      let product = path.reduce(1) { $0 * $1.score }
      lines += "The strongest way there over others (product of scores \(FigureText.decimal(product, places: 4))):\n"
      for edge in path {
        lines += "  \(edge.source) → \(edge.target)  score \(FigureText.decimal(edge.score, places: 4))\(edge.weak ? ", weak" : "")\n"
      }
    }
    text = lines + Self.notes(coverage, path, [origin, target.id])
  }

  private static func find(_ name: String, in topology: Topology) throws(DocumentError) -> TopologyNode {
    if let exact = topology.nodes.first(where: { $0.id == name }) { return exact }
    let fitting = topology.nodes.filter { $0.label == name || $0.addresses.contains(name) }
    guard fitting.count <= 1 else {
      throw DocumentError(
        at: .path("graph.nodes"), found: "«\(name)» for \(fitting.prefix(5).map { "«\($0.id)»" }.joined(separator: ", "))",
        expected: "the id of one of them")
    }
    guard let node = fitting.first else {
      throw DocumentError(
        at: .path("graph.nodes"), found: "nothing called «\(name)»", expected: "the id, label or address of a node or service")
    }
    return node
  }

  /// What the data could not show that touches these edges or machines, or everything.
  private static func notes(_ coverage: [TopologyMetadata.Gap], _ edges: [TopologyEdge], _ ids: [String]) -> String {
    let general: Set<String> = ["gap_in_time", "damaged_source", "incomplete_stream", "late_packets", "short_capture"]
    let subjects = Set(edges.map { "\($0.source) → \($0.target)" } + edges.flatMap { [$0.source, $0.target] } + ids)
    let fitting = coverage.filter { general.contains($0.kind) || subjects.contains($0.subject) }
    guard !fitting.isEmpty else { return "" }
    return "\nWhat the data could not show:\n" + fitting.map { "  \($0.kind)  \($0.subject): \($0.detail)\n" }.joined()
  }
}

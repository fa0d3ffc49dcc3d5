import Interchange

/// A topology in GraphViz's DOT language: nodes as boxes with their services in them, tenants around nodes, an arrow for each dependency.
///
/// Identifiers are numbers of our own making, so that no name from the network ever stands where the language would read it; names stand
/// in quoted labels only, escaped.
public struct DOTDocument {
  /// Whether weak dependencies are drawn too, dashed and grey.
  public var showsWeak: Bool

  /// A renderer.
  public init(showsWeak: Bool = false) { self.showsWeak = showsWeak }

  /// The DOT text of a topology. Same topology, same bytes.
  public func bytes(of topology: Topology) -> [UInt8] {
    let edges = topology.edges.filter { showsWeak || !$0.weak }
    let drawn = Drawn(topology, edges)
    var text = """
      digraph holdfast {
        graph [rankdir="LR", fontname="DejaVu Sans", fontsize="11", nodesep="0.2", ranksep="1.0"];
        node [shape="box", style="rounded,filled", fillcolor="#f7f9fc", color="#51617a", fontname="DejaVu Sans", fontsize="10"];
        edge [color="#2b4c7e", fontname="DejaVu Sans", fontsize="9", arrowsize="0.7"];

      """
    for (place, group) in drawn.tenants.enumerated() {
      if let tenant = group.tenant {
        text += "  subgraph \"cluster_t\(place)\" {\n    label=\"tenant \(Self.escaped(tenant))\"; style=\"dashed\"; color=\"#9aa7ba\";\n"
      }
      for node in group.nodes { text += machine(node, drawn, indent: group.tenant == nil ? "  " : "    ") }
      if group.tenant != nil { text += "  }\n" }
    }
    for edge in edges {
      guard let source = drawn.numbers[edge.source], let target = drawn.numbers[edge.target] else { continue }
      text += "  \"n\(source)\" -> \"n\(target)\" [\(Self.attributes(edge))];\n"
    }
    return Array((text + "}\n").utf8)
  }

  private func machine(_ node: TopologyNode, _ drawn: Drawn, indent: String) -> String {
    guard let number = drawn.numbers[node.id] else { return "" }
    // A name that a capture gave never stands without the address: it may be that of another machine.
    let below = node.kind != .address ? node.kind.rawValue : node.label == node.id ? nil : Self.escaped(node.id)
    let label = Self.escaped(node.label) + (below.map { "\\n\($0)" } ?? "")
    let services = drawn.services[node.id] ?? []
    var text = "\(indent)subgraph \"cluster_n\(number)\" {\n\(indent)  label=\"\"; style=\"rounded\"; color=\"#51617a\";\n"
    text += "\(indent)  \"n\(number)\" [label=\"\(label)\", fillcolor=\"#dde6f3\"];\n"
    for service in services {
      guard let number = drawn.numbers[service.id] else { continue }
      text += "\(indent)  \"n\(number)\" [label=\"\(Self.escaped(service.label))\", shape=\"ellipse\", style=\"filled\"];\n"
    }
    return text + "\(indent)}\n"
  }

  /// Scores stand in `xlabel`, which is put in place after the layout: with `label`, GraphViz 2.42 frees memory twice in most graphs
  /// of clusters whose edges lead to and fro.
  private static func attributes(_ edge: TopologyEdge) -> String {
    let score = decimal(edge.score, places: 2)
    guard !edge.weak else { return "xlabel=\"\(score)\", style=\"dashed\", color=\"#a8a8a8\", fontcolor=\"#808080\"" }
    let arrow = edge.certain ? "" : ", arrowhead=\"empty\""
    return "xlabel=\"\(score)\", penwidth=\"\(decimal(0.5 + 2.5 * edge.score, places: 2))\"\(arrow)"
  }

  private static func decimal(_ value: Double, places: Int) -> String {
    if case .number(let text) = JSONValue.decimal(value, places: places) { text } else { "" }
  }

  /// Text for inside a quoted DOT string: the quote and the backslash escaped, and everything else that is not plainly visible shown by its number.
  ///
  /// GraphViz reads `\N`, `\G`, `\n` and HTML entities (`&amp;`) in labels: the backslash is doubled and the ampersand written as an entity.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(200) {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default:
        if scalar.isPlain {
          result.unicodeScalars.append(scalar)
        } else {
          result += "[U+" + String(scalar.value, radix: 16, uppercase: true) + "]"
        }
      }
    }
    return text.unicodeScalars.count > 200 ? result + "…" : result
  }
}

/// What is drawn of a topology: dependencies, their ends and the machines around these.
private struct Drawn {
  var numbers: [String: Int] = [:]
  var services: [String: [TopologyNode]] = [:]
  var tenants: [(tenant: String?, nodes: [TopologyNode])] = []

  init(_ topology: Topology, _ edges: [TopologyEdge]) {
    var ends = Set(edges.flatMap { [$0.source, $0.target] })
    for node in topology.nodes { if let owner = node.node, ends.contains(node.id) { ends.insert(owner) } }
    var byTenant: [String?: [TopologyNode]] = [:]
    for node in topology.nodes where ends.contains(node.id) {
      numbers[node.id] = numbers.count + 1
      if let owner = node.node { services[owner, default: []].append(node) } else { byTenant[node.tenant, default: []].append(node) }
    }
    tenants = byTenant.map { ($0.key, $0.value) }.sorted {
      ($0.tenant ?? "", $0.tenant == nil ? 0 : 1) < ($1.tenant ?? "", $1.tenant == nil ? 0 : 1)
    }
  }
}

extension Unicode.Scalar {
  /// Whether a label may show it as it is: no control, format, direction, private or unassigned character.
  var isPlain: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}

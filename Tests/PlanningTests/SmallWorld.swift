import Interchange

/// Topologies in a few words.
struct SmallWorld {
  var nodes: [String: TopologyNode] = [:]
  var edges: [TopologyEdge] = []
  var threshold = 0.35
  var coverage: [TopologyMetadata.Gap] = []
  static let start = Timestamp(nanoseconds: 1_795_232_700_000_000_000)

  /// Adds that one depends on a port of another.
  mutating func depend(
    _ client: String, on server: String, port: UInt16 = 5432, _ nature: Nature = .database, score: Double = 0.9, certain: Bool = true,
    answered: Bool = true
  ) {
    for name in [client, server] where nodes[name] == nil { nodes[name] = TopologyNode(id: name, label: name, kind: .vm) }
    let id = "\(server):tcp:\(port)"
    nodes[id] = TopologyNode(
      id: id, label: id, kind: .service, node: server, proto: "tcp", port: port, service: Service(app: nil, nature: nature, basis: .payload)
    )
    let criterion = TopologyEdge.Criterion(value: score, figures: [], reason: "as the test says")
    var edge = TopologyEdge(
      source: client, target: id, relation: .dependsOn, score: score, weak: score < threshold, certain: certain, volume: criterion,
      frequency: criterion, duration: criterion, nature: criterion, bytesToServer: 1000, bytesToClient: 1000, answered: answered,
      windows: [Self.start], evidence: ["handshake"], first: Self.start, last: Self.start)
    edge.score = score
    edges.append(edge)
  }

  var topology: Topology {
    Topology(
      nodes: nodes.values.sorted { $0.id < $1.id },
      edges: edges.sorted { ($0.source, $0.target) < ($1.source, $1.target) },
      metadata: TopologyMetadata(
        threshold: threshold, windowSeconds: 300, oldestWindow: Self.start, newestWindow: Self.start, sources: [], coverage: coverage))
  }

  /// An inventory in which these nodes can be saved.
  static func inventory(saving names: [String], applications: [(String, [String])] = []) -> JSONValue {
    func object(_ members: [(String, JSONValue)]) -> JSONValue { .object(members.map { .init($0.0, $0.1) }) }
    return object([
      ("schema", .string(Inventory.schema)),
      (
        "nodes",
        .array(
          names.map { name in
            object([
              ("name", .string(name)), ("kind", .string("vm")),
              ("snapshot", object([("driver", .string("btrfs")), ("volume", .string("/srv/\(name)"))])),
              ("health", object([("command", .array([.string("/bin/true")]))])),
            ])
          })
      ),
      (
        "applications",
        .array(applications.map { object([("name", .string($0.0)), ("nodes", .array($0.1.map { .string($0) }))]) })
      ),
    ])
  }
}

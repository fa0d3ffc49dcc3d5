import ContentDigests
import Interchange

/// Makes a manifest of what is known and what is to change: pure, so that the same inputs give the same bytes, in whatever order they are.
public struct Planner {
  private let topology: Topology
  private let inventory: Inventory
  private let policy: Policy
  private let inputs: Manifest.Inputs

  /// A planner; `inventoryTree` is the inventory's document, which its digest is taken over.
  public init(topology: Topology, inventory: Inventory, inventoryTree: JSONValue, policy: Policy) {
    var ordered = topology
    ordered.nodes.sort { $0.id < $1.id }
    ordered.edges.sort { ($0.source, $0.target, $0.relation.rawValue) < ($1.source, $1.target, $1.relation.rawValue) }
    self.topology = ordered
    self.inventory = inventory
    self.policy = policy
    inputs = Manifest.Inputs(
      topology: ContentDigest.of(ordered.json), inventory: ContentDigest.of(Self.ordered(inventoryTree)),
      policy: ContentDigest.of(policy.json))
  }

  /// The plan of an upgrade of these targets by a command (empty: any).
  public func plan(targets: [Target], command: [String]) throws(PlanningError) -> Manifest {
    var nodes: Set<String> = []
    for target in targets {
      let found = target.nodes(in: inventory, and: topology)
      guard !found.isEmpty else { throw .unknownTarget(target.text) }
      nodes.formUnion(found)
    }
    let rule = policy.command ?? (command.isEmpty ? .any : .exact)
    guard rule == .any || !command.isEmpty else { throw .noCommand }
    let coverage = Coverage(topology.metadata)
    let threshold = (policy.threshold ?? topology.metadata.threshold) * (coverage.isPoor ? policy.poorCoverageFactor : 1)
    let graph = DependencyGraph(topology)
    var set = AffectedSet(graph, targets: nodes.sorted(), inventory: inventory, policy: policy, threshold: threshold)
    let snapshots = Snapshots(set.affected, inventory: inventory, policy: policy)
    for place in set.affected.indices { set.affected[place].snapshot = snapshots.nodes.contains(set.affected[place].node) }
    let health = health(set.affected)
    let end = topology.metadata.newestWindow.map { $0.adding(seconds: topology.metadata.windowSeconds) }
    return Manifest(
      change: .init(targets: targets.map(\.text).sorted(), nodes: nodes.sorted()), inputs: inputs, affected: set.affected,
      considered: set.considered, checks: checks(set, snapshots, health), hold: nodes.sorted().flatMap { hold($0, graph) },
      snapshots: snapshots.list,
      upgrade: .init(argv: command, command: rule, timeoutSeconds: policy.upgradeTimeoutSeconds), services: services(snapshots),
      health: health,
      restore: snapshots.list.reversed().map(\.id),
      retention: .init(keepSeconds: policy.keepSeconds, until: end.map { $0.adding(seconds: policy.keepSeconds) }),
      expires: end.map { $0.adding(seconds: policy.expiresSeconds) },
      coverage: coverage.gaps + coverage.consequence(threshold: threshold) + unchecked(set.affected, health) + unknownPolicyNodes)
  }

  /// What is changed or saved, and nobody asks whether it is well: the upgrade is accepted whatever became of it.
  private func unchecked(_ affected: [Manifest.Affected], _ health: [Manifest.HealthCheck]) -> [TopologyMetadata.Gap] {
    affected.filter { member in (member.role == .target || member.snapshot) && !health.contains { $0.node == member.node } }.map(\.node)
      .sorted().map {
        .init(kind: Coverage.noHealthCheck, subject: $0, detail: "\($0) has no health check: a damaged upgrade would be accepted")
      }
  }

  /// Nodes that the policy names and nobody knows: misspelt, most likely.
  private var unknownPolicyNodes: [TopologyMetadata.Gap] {
    let seen = Set(topology.nodes.filter { $0.kind != .service }.map(\.id))
    return [("always", policy.always), ("never", policy.never)].flatMap { member, names in
      Set(names).sorted().filter { !seen.contains($0) && inventory.node(named: $0) == nil }.map { name in
        .init(
          kind: Coverage.unknownPolicyNode, subject: name,
          detail: "the policy names \(name) in «\(member)», which neither the inventory nor the topology knows")
      }
    }
  }

  private func health(_ affected: [Manifest.Affected]) -> [Manifest.HealthCheck] {
    affected.compactMap { member in
      guard let health = inventory.node(named: member.node)?.health else { return nil }
      return .init(node: member.node, argv: health.command, timeoutSeconds: health.timeoutSeconds, retries: policy.healthRetries)
    }
  }

  private func services(_ snapshots: Snapshots) -> [Manifest.ServiceCommands] {
    snapshots.nodes.sorted().compactMap { name in
      guard let service = inventory.node(named: name)?.service else { return nil }
      return .init(node: name, stop: service.stop, start: service.start, timeoutSeconds: service.timeoutSeconds)
    }
  }

  private func checks(_ set: AffectedSet, _ snapshots: Snapshots, _ health: [Manifest.HealthCheck]) -> [Manifest.Check] {
    let unprotected = set.affected.filter { set.mustSave.contains($0.node) && !$0.snapshot }.map { member in
      let why = policy.never.contains(member.node) ? "the policy says never" : "the inventory names no snapshot driver and volume for it"
      return Manifest.Check(
        kind: .unprotected, node: member.node, required: policy.unprotected == .refuse, detail: "\(member.node) has to be saved, but \(why)"
      )
    }
    let volumes = snapshots.list.flatMap { snapshot in
      [
        Manifest.Check(
          kind: .volume, node: snapshot.node, required: true, detail: "\(snapshot.driver) can save and put back \(snapshot.volume)"),
        Manifest.Check(kind: .space, node: snapshot.node, required: true, detail: "there is room for a snapshot of \(snapshot.volume)"),
      ]
    }
    return unprotected + volumes
      + health.map {
        Manifest.Check(kind: .health, node: $0.node, required: policy.healthBefore, detail: "\($0.node) is well before the upgrade")
      }
  }

  /// Every port that the node serves, by its inventory or because it was heard to answer there: a scan makes no service.
  private func hold(_ name: String, _ graph: DependencyGraph) -> [Manifest.Hold] {
    let node = inventory.node(named: name)
    var ports: Set<String> = []
    var holds: [Manifest.Hold] = []
    let known = (node?.ports ?? []).map { (proto: $0.proto.text, port: $0.port) }
    let seen = topology.nodes.filter { $0.kind == .service && $0.node == name && !graph.users(of: $0.id).isEmpty }.compactMap { service in
      service.port.map { (proto: service.proto ?? "tcp", port: $0) }
    }
    // The topology also lists addresses that were the node's once; the inventory says which are now.
    let addresses =
      node.map { $0.addresses.filter { $0.until == nil }.map(\.address.description) } ?? topology.nodes.first { $0.id == name }?.addresses
      ?? []
    for (proto, port) in (known + seen).sorted(by: { ($0.proto, $0.port) < ($1.proto, $1.port) })
    where ports.insert("\(proto):\(port)").inserted {
      let clients = graph.users(of: "\(name):\(proto):\(port)").map { user in
        let processes = inventory.node(named: user)?.processes.filter { $0.role == .client && $0.ports.contains(port) } ?? []
        return Manifest.Hold.Client(node: user, processes: processes.map(\.name).sorted())
      }
      holds.append(.init(node: name, addresses: Set(addresses).sorted(), proto: proto, port: port, clients: clients))
    }
    return holds
  }

  /// A tree in one order: names of members ascending, and lists of named things by their names.
  private static func ordered(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let members): .object(members.map { .init($0.key, ordered($0.value)) }.sorted { $0.key < $1.key })
    case .array(let elements):
      elements.allSatisfy { $0["name"]?.string != nil }
        ? .array(elements.map(ordered).sorted { ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "") }) : .array(elements.map(ordered))
    default: value
    }
  }
}

extension Timestamp {
  /// The moment so many seconds later; the last one that can be written where that is too far.
  func adding(seconds: UInt64) -> Timestamp {
    let (product, overflow) = Int64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowSum) = nanoseconds.addingReportingOverflow(product)
    return Timestamp(nanoseconds: overflow || overflowSum ? .max : sum)
  }
}

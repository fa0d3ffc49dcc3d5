import Interchange

/// Which nodes an upgrade touches, which it nearly touches, and why.
struct AffectedSet {
  var affected: [Manifest.Affected] = []
  var considered: [Manifest.Considered] = []
  /// Nodes that the upgrade can write to through a service that must be saved, and the targets.
  var mustSave: Set<String> = []

  private let graph: DependencyGraph
  private let policy: Policy
  private let targets: [String]
  private let threshold: Double
  /// How many near misses are written down.
  private static let consideredMax = 100

  init(_ graph: DependencyGraph, targets: [String], inventory: Inventory, policy: Policy, threshold: Double) {
    self.graph = graph
    self.policy = policy
    self.targets = targets
    self.threshold = threshold
    mustSave = Set(targets)
    for target in targets {
      affected.append(.init(node: target, role: .target, snapshot: false, score: 1, path: [], reason: "it is what changes"))
    }
    addReached(.writesTo)
    addReached(.dependsOn)
    addByPolicy(inventory)
    affected.sort { ($0.role == .target ? 0 : 1, -$0.score, $0.node) < ($1.role == .target ? 0 : 1, -$1.score, $1.node) }
    let members = Set(affected.map(\.node))
    var seen: Set<String> = []
    considered = considered.sorted { (-$0.score, $0.node, $0.role.rawValue) < (-$1.score, $1.node, $1.role.rawValue) }.filter {
      !members.contains($0.node) && seen.insert($0.node).inserted
    }
    considered.removeLast(max(0, considered.count - Self.consideredMax))
  }

  private func direction(_ role: Manifest.Role) -> DependencyGraph.Direction { role == .writesTo ? .toProviders : .toDependents }

  /// Adds what the target writes to, or who depends on it; what was reached by looser rules only is a near miss.
  private mutating func addReached(_ role: Manifest.Role) {
    let direction = direction(role)
    let ways = graph.strongestWays(from: targets, direction, hopsMax: policy.hopsMax, decay: policy.decay) { [policy, threshold] link in
      link.isMutual && link.edge.score >= threshold && !policy.infrastructureNatures.contains(link.nature)
        && !policy.never.contains(link.dependent) && !policy.never.contains(link.provider)
    }
    for (node, way) in ways.sorted(by: { $0.key < $1.key }) where way.reached >= threshold {
      guard let last = way.links.last, role == .dependsOn || policy.writtenNatures.contains(last.nature) else { continue }
      if role == .writesTo, policy.mustSaveNatures.contains(last.nature) { mustSave.insert(node) }
      let member = Manifest.Affected(
        node: node, role: role, snapshot: false, score: way.reached, path: hops(way), reason: reason(role, node, way))
      guard let place = affected.firstIndex(where: { $0.node == node }) else {
        affected.append(member)
        continue
      }
      if affected[place].score < member.score { affected[place] = member }
    }
    let looser = graph.strongestWays(from: targets, direction, hopsMax: policy.hopsMax + 1, decay: policy.decay) { _ in true }
    for (node, way) in looser.sorted(by: { $0.key < $1.key }) where !affected.contains(where: { $0.node == node }) {
      considered.append(.init(node: node, role: role, score: way.reached, path: hops(way), whyNot: whyNot(role, node, way)))
    }
  }

  private mutating func addByPolicy(_ inventory: Inventory) {
    for node in Set(policy.always).sorted() where !affected.contains(where: { $0.node == node }) {
      affected.append(.init(node: node, role: .policy, snapshot: false, score: 1, path: [], reason: "the policy says always"))
    }
    guard policy.wholeGroups else { return }
    for application in inventory.applications.sorted(by: { $0.name < $1.name }) {
      guard
        let reason = application.nodes.sorted().first(where: { node in affected.contains { $0.node == node && $0.role != .sharedGroup } })
      else { continue }
      for node in application.nodes.sorted() where !policy.never.contains(node) && !affected.contains(where: { $0.node == node }) {
        affected.append(
          .init(
            node: node, role: .sharedGroup, snapshot: false, score: threshold, path: [],
            reason: "it belongs to the application \(application.name) together with \(reason)"))
      }
    }
  }

  private func hops(_ way: DependencyGraph.Way) -> [Manifest.Hop] {
    var weakest = 1.0
    var fade = 1.0
    return way.links.enumerated().map { place, link in
      weakest = min(weakest, link.edge.score)
      if place > 0 { fade *= policy.decay }
      return Manifest.Hop(source: link.edge.source, target: link.edge.target, score: link.edge.score, reached: weakest * fade)
    }
  }

  private func reason(_ role: Manifest.Role, _ node: String, _ way: DependencyGraph.Way) -> String {
    let distance = way.links.count == 1 ? "at once" : "over \(way.links.count) dependencies"
    let nature = way.links.last?.nature.rawValue ?? "unknown"
    return role == .writesTo
      ? "the target writes to its \(nature) service \(distance): an upgrade can damage what is stored there"
      : "it depends on the target \(distance): it holds connections to it and what follows from them"
  }

  private func whyNot(_ role: Manifest.Role, _ node: String, _ way: DependencyGraph.Way) -> String {
    if policy.never.contains(node) { return "the policy says never" }
    for link in way.links {
      let name = "\(link.edge.source) → \(link.edge.target)"
      if let other = [link.dependent, link.provider].first(where: policy.never.contains) {
        return "the way leads over \(other), and the policy says never"
      }
      if policy.infrastructureNatures.contains(link.nature) {
        return "\(name) is \(link.nature.rawValue): shared infrastructure drags nothing in"
      }
      if !link.edge.answered { return "\(name) was never answered: one side alone could have forged it" }
      if !link.edge.certain { return "\(name): who is the client is not certain, so one side alone could have forged it" }
      if link.edge.score < threshold { return "\(name) is weak: \(Self.text(link.edge.score)), expected at least \(Self.text(threshold))" }
    }
    if way.links.count > policy.hopsMax { return "it is \(way.links.count) dependencies away, expected at most \(policy.hopsMax)" }
    if way.reached < threshold {
      return
        "only \(Self.text(way.reached)) is left of the score after \(way.links.count) dependencies, expected at least \(Self.text(threshold))"
    }
    return "its \(way.links.last?.nature.rawValue ?? "unknown") service stores nothing that the target writes"
  }

  private static func text(_ score: Double) -> String {
    if case .number(let text) = JSONValue.decimal(score, places: 2) { text } else { "" }
  }
}

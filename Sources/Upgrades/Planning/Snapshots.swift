import Interchange

/// Which volumes are saved, in which groups and order.
struct Snapshots {
  /// In the order in which they are taken.
  let list: [Manifest.Snapshot]
  /// Whose volumes they are.
  let nodes: Set<String>

  /// Those who depend come before what they depend on: then nothing that is saved knows of something that its provider's snapshot has not got
  /// yet. A consistency group (an application of the inventory, else the node alone) stays together.
  init(_ affected: [Manifest.Affected], inventory: Inventory, policy: Policy) {
    struct Member {
      let node: String
      let group: String
      let driver: String
      let volume: String
      let rank: Int
    }
    let members = affected.compactMap { member -> Member? in
      guard !policy.never.contains(member.node), let snapshot = inventory.node(named: member.node)?.snapshot, let volume = snapshot.volume
      else { return nil }
      let rank =
        switch member.role {
        case .dependsOn: -member.path.count
        case .target, .policy, .sharedGroup: 0
        case .writesTo: member.path.count
        }
      let group = inventory.applications.filter { $0.nodes.contains(member.node) }.map(\.name).min() ?? member.node
      return Member(node: member.node, group: group, driver: snapshot.driver, volume: volume, rank: rank)
    }
    let firsts = Dictionary(grouping: members, by: \.group).mapValues { $0.map(\.rank).min() ?? 0 }
    let ordered = members.sorted {
      (firsts[$0.group] ?? 0, $0.group, $0.rank, $0.node) < (firsts[$1.group] ?? 0, $1.group, $1.rank, $1.node)
    }
    list = ordered.enumerated().map { place, member in
      .init(id: String(place + 1), group: member.group, node: member.node, driver: member.driver, volume: member.volume)
    }
    nodes = Set(members.map(\.node))
  }
}

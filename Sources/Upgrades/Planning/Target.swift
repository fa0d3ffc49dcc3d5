import Interchange

/// What is to change: a node, or a selection of the inventory.
public enum Target: Sendable, Equatable {
  case node(String)
  case software(String)
  case image(String)
  case tenant(String)
  case application(String)

  /// Reads `db1`, `software=postgresql`, `image=postgres:15.4`, `tenant=bank`, `application=payments`.
  public init(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    switch parts.count == 2 ? parts[0] : "" {
    case "software": self = .software(parts[1])
    case "image": self = .image(parts[1])
    case "tenant": self = .tenant(parts[1])
    case "application": self = .application(parts[1])
    default: self = .node(text)
    }
  }

  /// The text that is read back as this.
  public var text: String {
    switch self {
    case .node(let name): name
    case .software(let name): "software=\(name)"
    case .image(let name): "image=\(name)"
    case .tenant(let name): "tenant=\(name)"
    case .application(let name): "application=\(name)"
    }
  }

  /// The nodes that are meant, ascending; a node may be known to the topology alone.
  public func nodes(in inventory: Inventory, and topology: Topology) -> [String] {
    let found: [String] =
      switch self {
      case .node(let name):
        inventory.node(named: name) != nil || topology.nodes.contains { $0.id == name && $0.kind != .service } ? [name] : []
      case .software(let name): inventory.nodes.filter { $0.software.contains { $0.name == name } }.map(\.name)
      case .image(let name): inventory.nodes.filter { $0.image == name }.map(\.name)
      case .tenant(let name): inventory.nodes.filter { $0.tenant == name }.map(\.name)
      case .application(let name): inventory.applications.first { $0.name == name }?.nodes ?? []
      }
    return Set(found).sorted()
  }
}

/// Why there can be no plan.
public enum PlanningError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No node is meant by this target.
  case unknownTarget(String)
  /// The policy wants the very command that was planned, and none was given.
  case noCommand

  /// One line for people.
  public var description: String {
    switch self {
    case .unknownTarget(let text): "«\(text)»: no node of the inventory or the topology is meant by it"
    case .noCommand: "the policy says «command: exact», but no command was given: expected -- and the upgrade"
    }
  }
}

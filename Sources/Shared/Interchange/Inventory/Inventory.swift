/// What is known of the machines from elsewhere than their traffic (`holdfast.inventory/1`): names, addresses and when, software, how to save them.
public struct Inventory: Sendable, Equatable {
  /// The schema this program reads.
  public static let schema = "holdfast.inventory/1"

  /// Machines, in the document's order; names are unique.
  public var nodes: [InventoryNode]
  /// Named groups of machines, in the document's order; names are unique.
  public var applications: [InventoryApplication]
  /// Paths of members that nobody here knows, such as `nodes[2].colour`, in the document's order: to be reported, not refused.
  public var unknownKeys: [String]

  /// An inventory of these parts.
  public init(nodes: [InventoryNode] = [], applications: [InventoryApplication] = [], unknownKeys: [String] = []) {
    self.nodes = nodes
    self.applications = applications
    self.unknownKeys = unknownKeys
  }

  /// The machine of that name; nil where there is none.
  public func node(named name: String) -> InventoryNode? { nodes.first { $0.name == name } }
}

/// A named group of machines that belong to one application.
public struct InventoryApplication: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Names of its machines, each of which is in the inventory.
  public var nodes: [String]

  /// A group of that name.
  public init(name: String, nodes: [String]) {
    self.name = name
    self.nodes = nodes
  }
}

/// One machine: a VM, a container, a host, or something outside.
public struct InventoryNode: Sendable, Equatable {
  /// What a machine is.
  public enum Kind: String, Sendable, CaseIterable { case vm, container, host, external }

  /// Its name, the id of its node in a topology.
  public var name: String
  /// What it is; `host` where the document does not say.
  public var kind: Kind = .host
  /// Whose it is.
  public var tenant: String?
  /// The machine it runs on.
  public var hypervisor: String?
  /// What it was made from, such as `postgres:15.4`.
  public var image: String?
  /// Its addresses and when they were its own.
  public var addresses: [Address] = []
  /// What is installed.
  public var software: [Software] = []
  /// What it serves.
  public var ports: [Port] = []
  /// Folders that hold its data.
  public var volumes: [Volume] = []
  /// How it can be saved; nil where nobody said.
  public var snapshot: Snapshot?
  /// How to ask whether it works; nil where nobody said.
  public var health: Health?
  /// How to stop and start what uses its volume; nil where nothing has to be.
  public var service: ServiceCommands?
  /// Processes that serve or use something.
  public var processes: [Process] = []

  /// A machine of that name about which nothing else is known.
  public init(name: String) { self.name = name }
}

/// What an upgrade affects and why, what to save first and in which order, and how to put it back (`holdfast.manifest/1`).
///
/// Its id is taken over its content by `ContentDigests`; every list has a fixed order, so that the same plan is the same bytes.
public struct Manifest: Sendable, Equatable {
  /// The schema this program writes and reads.
  public static let schema = "holdfast.manifest/1"

  /// What is to change.
  public var change: Change
  /// What the plan was made from.
  public var inputs: Inputs
  /// The nodes that the upgrade touches: targets first, then by falling score.
  public var affected: [Affected]
  /// Nodes that were looked at and left out, with the reason.
  public var considered: [Considered]
  /// What must be so before anything is done.
  public var checks: [Check]
  /// What the upgrade serves, and who would have to be held.
  public var hold: [Hold]
  /// Snapshots in the order in which they are taken.
  public var snapshots: [Snapshot]
  /// The command that changes things.
  public var upgrade: Upgrade
  /// How to stop and start what uses a volume.
  public var services: [ServiceCommands]
  /// Commands that tell whether a node is well, in the order in which they are asked.
  public var health: [HealthCheck]
  /// Ids of `snapshots` in the order in which they are put back.
  public var restore: [String]
  /// How long snapshots are kept.
  public var retention: Retention
  /// From when on a newer plan should be made; counted from the newest window, nil where there was none.
  public var expires: Timestamp?
  /// What the topology's data could not show.
  public var coverage: [TopologyMetadata.Gap]

  /// A manifest of these parts.
  public init(
    change: Change, inputs: Inputs, affected: [Affected], considered: [Considered], checks: [Check], hold: [Hold], snapshots: [Snapshot],
    upgrade: Upgrade, services: [ServiceCommands], health: [HealthCheck], restore: [String], retention: Retention, expires: Timestamp?,
    coverage: [TopologyMetadata.Gap]
  ) {
    self.change = change
    self.inputs = inputs
    self.affected = affected
    self.considered = considered
    self.checks = checks
    self.hold = hold
    self.snapshots = snapshots
    self.upgrade = upgrade
    self.services = services
    self.health = health
    self.restore = restore
    self.retention = retention
    self.expires = expires
    self.coverage = coverage
  }
}

extension Manifest {
  /// What is to change.
  public struct Change: Sendable, Equatable {
    /// The targets as given, such as `db1` or `software=postgresql`.
    public var targets: [String]
    /// The nodes they stand for, ascending.
    public var nodes: [String]

    /// A change of those nodes.
    public init(targets: [String], nodes: [String]) {
      self.targets = targets
      self.nodes = nodes
    }
  }

  /// SHA-256 digests of what the plan was made from.
  public struct Inputs: Sendable, Equatable {
    /// The topology's.
    public var topology: String
    /// The inventory's.
    public var inventory: String
    /// The policy's, the defaults included.
    public var policy: String

    /// Digests of the three inputs.
    public init(topology: String, inventory: String, policy: String) {
      self.topology = topology
      self.inventory = inventory
      self.policy = policy
    }
  }

  /// Something that must be so before anything is done.
  public struct Check: Sendable, Equatable {
    /// What is checked.
    public enum Kind: String, Sendable {
      /// The driver of a snapshot is there and the volume is one that it can save and put back.
      case volume
      /// There is room for the snapshot.
      case space
      /// The node is well before the upgrade.
      case health
      /// A node that has to be saved cannot be: the plan itself fails here.
      case unprotected
    }
    /// What is checked.
    public var kind: Kind
    /// Whom it concerns.
    public var node: String
    /// Whether nothing may be done while it fails.
    public var required: Bool
    /// One sentence for people.
    public var detail: String

    /// A check of a node.
    public init(kind: Kind, node: String, required: Bool, detail: String) {
      self.kind = kind
      self.node = node
      self.required = required
      self.detail = detail
    }
  }

  /// One snapshot of one volume.
  public struct Snapshot: Sendable, Equatable {
    /// `1`, `2`, …: its place in the order.
    public var id: String
    /// Snapshots of one group should be of one moment.
    public var group: String
    /// Whose volume it is.
    public var node: String
    /// The driver that takes it.
    public var driver: String
    /// What it is taken of, in the driver's words: for `btrfs` the absolute path of a subvolume.
    public var volume: String

    /// A snapshot of a volume.
    public init(id: String, group: String, node: String, driver: String, volume: String) {
      self.id = id
      self.group = group
      self.node = node
      self.driver = driver
      self.volume = volume
    }
  }

  /// The command that changes things.
  public struct Upgrade: Sendable, Equatable {
    /// How the command given to snapexec must relate to `argv`.
    public enum Rule: String, Sendable {
      /// It must be the same, word by word.
      case exact
      /// It may be any.
      case any
    }
    /// The command and its arguments; empty where the plan names none.
    public var argv: [String]
    /// Whether another may be run.
    public var command: Rule
    /// After how many seconds it counts as failed.
    public var timeoutSeconds: UInt64

    /// An upgrade by that command.
    public init(argv: [String], command: Rule, timeoutSeconds: UInt64) {
      self.argv = argv
      self.command = command
      self.timeoutSeconds = timeoutSeconds
    }
  }

  /// How to stop and start what uses a node's volume; both run before and after a restore only.
  public struct ServiceCommands: Sendable, Equatable {
    /// Whose services they are.
    public var node: String
    /// Absolute path and arguments; empty: nothing has to be stopped.
    public var stop: [String]
    /// Absolute path and arguments; empty: nothing has to be started.
    public var start: [String]
    /// After how many seconds either counts as failed.
    public var timeoutSeconds: UInt64

    /// The commands of a node.
    public init(node: String, stop: [String], start: [String], timeoutSeconds: UInt64) {
      self.node = node
      self.stop = stop
      self.start = start
      self.timeoutSeconds = timeoutSeconds
    }
  }

  /// A command that ends with 0 where a node is well.
  public struct HealthCheck: Sendable, Equatable {
    /// Who is asked.
    public var node: String
    /// Absolute path and arguments.
    public var argv: [String]
    /// After how many seconds one try counts as failed.
    public var timeoutSeconds: UInt64
    /// How often it is tried again, a second apart, before the node counts as not well.
    public var retries: UInt64

    /// A health check of a node.
    public init(node: String, argv: [String], timeoutSeconds: UInt64, retries: UInt64) {
      self.node = node
      self.argv = argv
      self.timeoutSeconds = timeoutSeconds
      self.retries = retries
    }
  }

  /// How long snapshots are kept; nothing is deleted without an order to.
  public struct Retention: Sendable, Equatable {
    /// Seconds after the newest window.
    public var keepSeconds: UInt64
    /// That moment; nil where there was no window.
    public var until: Timestamp?

    /// Snapshots are kept that long.
    public init(keepSeconds: UInt64, until: Timestamp?) {
      self.keepSeconds = keepSeconds
      self.until = until
    }
  }
}

extension Manifest {
  /// Why a node is affected.
  public enum Role: String, Sendable {
    /// It is what changes.
    case target
    /// The target writes to it, at once or through others: an upgrade can damage it.
    case writesTo = "writes_to"
    /// It depends on the target, at once or through others.
    case dependsOn = "depends_on"
    /// It shares a consistency group with a node that is saved.
    case sharedGroup = "shared_group"
    /// The policy says always.
    case policy
  }

  /// One dependency on the way from a target to an affected node.
  public struct Hop: Sendable, Equatable {
    /// Who depends.
    public var source: String
    /// On what.
    public var target: String
    /// The edge's own score, in [0, 1].
    public var score: Double
    /// What is left of the score after this hop, decay included.
    public var reached: Double

    /// A hop over an edge of the topology.
    public init(source: String, target: String, score: Double, reached: Double) {
      self.source = source
      self.target = target
      self.score = score
      self.reached = reached
    }
  }

  /// A node that the upgrade touches.
  public struct Affected: Sendable, Equatable {
    /// The node's name.
    public var node: String
    /// Why it is here: the strongest reason.
    public var role: Role
    /// Whether it gets a snapshot.
    public var snapshot: Bool
    /// How strongly it is tied to the target, in [0, 1]; 1 for the target itself.
    public var score: Double
    /// The edges that lead to it, beginning at a target; empty for the target itself.
    public var path: [Hop]
    /// One sentence for people.
    public var reason: String

    /// An affected node with its reasons.
    public init(node: String, role: Role, snapshot: Bool, score: Double, path: [Hop], reason: String) {
      self.node = node
      self.role = role
      self.snapshot = snapshot
      self.score = score
      self.path = path
      self.reason = reason
    }
  }

  /// A node that was looked at and left out.
  public struct Considered: Sendable, Equatable {
    /// The node's name.
    public var node: String
    /// The way it would have had to come in.
    public var role: Role
    /// How far it came, in [0, 1].
    public var score: Double
    /// The edges that lead to it.
    public var path: [Hop]
    /// Why it is out, one sentence.
    public var whyNot: String

    /// A near miss with its reason.
    public init(node: String, role: Role, score: Double, path: [Hop], whyNot: String) {
      self.node = node
      self.role = role
      self.score = score
      self.path = path
      self.whyNot = whyNot
    }
  }

  /// One address and port that the change serves, and who uses it.
  public struct Hold: Sendable, Equatable {
    /// Clients on one node.
    public struct Client: Sendable, Equatable {
      /// The node's name.
      public var node: String
      /// Its client processes, as the inventory names them.
      public var processes: [String]

      /// Client processes of a node.
      public init(node: String, processes: [String]) {
        self.node = node
        self.processes = processes
      }
    }
    /// Who serves it.
    public var node: String
    /// The server's addresses, ascending.
    public var addresses: [String]
    /// `tcp`, `udp`, …
    public var proto: String
    /// The port.
    public var port: UInt16
    /// Who uses it, by name.
    public var clients: [Client]

    /// A port to hold.
    public init(node: String, addresses: [String], proto: String, port: UInt16, clients: [Client]) {
      self.node = node
      self.addresses = addresses
      self.proto = proto
      self.port = port
      self.clients = clients
    }
  }
}

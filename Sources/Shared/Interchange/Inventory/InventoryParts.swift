extension InventoryNode {
  /// An address and the time in which it was this machine's.
  public struct Address: Sendable, Equatable {
    /// The address.
    public var address: IPAddress
    /// The overlay network in which it is meant; nil: in any for which no other machine names it.
    public var network: String?
    /// The first moment at which it was this machine's; nil: since ever.
    public var from: Timestamp?
    /// The first moment at which it was no longer; nil: still.
    public var until: Timestamp?

    /// An address that was this machine's from `from` up to, not including, `until`.
    public init(address: IPAddress, network: String? = nil, from: Timestamp? = nil, until: Timestamp? = nil) {
      self.address = address
      self.network = network
      self.from = from
      self.until = until
    }
  }

  /// An installed piece of software.
  public struct Software: Sendable, Equatable {
    /// Its package's name.
    public var name: String
    /// Its version as text.
    public var version: String?
    /// Absolute paths of what belongs to it.
    public var paths: [String]
    /// The name of the process by which it serves.
    public var server: String?

    /// Software of that name.
    public init(name: String, version: String? = nil, paths: [String] = [], server: String? = nil) {
      self.name = name
      self.version = version
      self.paths = paths
      self.server = server
    }
  }

  /// A port on which the machine serves.
  public struct Port: Sendable, Equatable {
    /// TCP, UDP, ….
    public var proto: TransportProtocol
    /// The port, 1 to 65535.
    public var port: UInt16
    /// What is served there, such as `postgresql`.
    public var service: String?

    /// A port that serves.
    public init(proto: TransportProtocol, port: UInt16, service: String? = nil) {
      self.proto = proto
      self.port = port
      self.service = service
    }
  }

  /// A folder that holds data.
  public struct Volume: Sendable, Equatable {
    /// Its absolute path on the machine.
    public var path: String

    /// The folder at that path.
    public init(path: String) { self.path = path }
  }

  /// By which driver, and what, a snapshot of the machine takes.
  public struct Snapshot: Sendable, Equatable {
    /// The driver's name, such as `btrfs`.
    public var driver: String
    /// What it saves: a path, or a name that the driver understands.
    public var volume: String?
    /// Members of the document that only the driver understands, in the document's order.
    public var settings: [JSONValue.Member]

    /// A way to take snapshots.
    public init(driver: String, volume: String? = nil, settings: [JSONValue.Member] = []) {
      self.driver = driver
      self.volume = volume
      self.settings = settings
    }
  }

  /// A command that ends with 0 while the machine works.
  public struct Health: Sendable, Equatable {
    /// An absolute path and its arguments; no shell reads them.
    public var command: [String]
    /// After how many seconds it counts as failed, 1 to 86400.
    public var timeoutSeconds: UInt64

    /// A command to ask with.
    public init(command: [String], timeoutSeconds: UInt64 = 30) {
      self.command = command
      self.timeoutSeconds = timeoutSeconds
    }
  }

  /// Commands that stop and start what uses the machine's volume, around a restore.
  public struct ServiceCommands: Sendable, Equatable {
    /// An absolute path and its arguments; empty where nothing has to be stopped.
    public var stop: [String]
    /// An absolute path and its arguments; empty where nothing has to be started.
    public var start: [String]
    /// After how many seconds either counts as failed, 1 to 86400.
    public var timeoutSeconds: UInt64

    /// Commands around a restore.
    public init(stop: [String], start: [String], timeoutSeconds: UInt64 = 300) {
      self.stop = stop
      self.start = start
      self.timeoutSeconds = timeoutSeconds
    }
  }

  /// A process that serves or uses something.
  public struct Process: Sendable, Equatable {
    /// Which side of connections it is on.
    public enum Role: String, Sendable, CaseIterable { case server, client }

    /// The name of its executable, or the absolute path.
    public var name: String
    /// Its side; nil where the document does not say.
    public var role: Role?
    /// For a server: its ports on this machine. For a client: ports it connects to.
    public var ports: [UInt16]

    /// A process of that name.
    public init(name: String, role: Role? = nil, ports: [UInt16] = []) {
      self.name = name
      self.role = role
      self.ports = ports
    }
  }
}

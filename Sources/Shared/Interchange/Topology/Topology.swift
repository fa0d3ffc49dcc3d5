/// Who depends on whom: nodes, their services, and scored dependencies with their evidence (`holdfast.topology/1`, a JSON Graph Format v2 document).
public struct Topology: Sendable, Equatable {
  /// The schema this program writes and reads.
  public static let schema = "holdfast.topology/1"

  /// Nodes and services, by id, ascending.
  public var nodes: [TopologyNode]
  /// Dependencies, by source, target and relation, ascending.
  public var edges: [TopologyEdge]
  /// What the graph was made from and what it cannot show.
  public var metadata: TopologyMetadata

  /// A graph of these parts.
  public init(nodes: [TopologyNode], edges: [TopologyEdge], metadata: TopologyMetadata) {
    self.nodes = nodes
    self.edges = edges
    self.metadata = metadata
  }
}

/// A VM, container, host, external or unidentified address, or a service of one.
public struct TopologyNode: Sendable, Equatable {
  /// What a node is.
  public enum Kind: String, Sendable {
    case vm, container, host, external
    /// An address that the inventory does not know.
    case address
    /// A port of a node; its id is `NODE:PROTO:PORT`.
    case service
  }

  /// The inventory's name, else the address; for a service `NODE:PROTO:PORT`.
  public var id: String
  /// What people read.
  public var label: String
  /// What it is.
  public var kind: Kind
  /// The tenant it belongs to.
  public var tenant: String?
  /// Its addresses that were seen, ascending; empty for a service.
  public var addresses: [String]
  /// For a service: the id of the node that offers it.
  public var node: String?
  /// For a service: its protocol and port (nil for protocols without ports).
  public var proto: String?
  /// For a service: its port.
  public var port: UInt16?
  /// For a service: what it is.
  public var service: Service?
  /// For a service: names of its server seen in the traffic, ascending. For an address that no inventory knows: names from `namesFrom`.
  public var names: [String]
  /// Where the names of a machine come from: `capture`, the name records of a capture; nil where there are none.
  public var namesFrom: String?

  /// A node or service of that id.
  public init(
    id: String, label: String, kind: Kind, tenant: String? = nil, addresses: [String] = [], node: String? = nil, proto: String? = nil,
    port: UInt16? = nil, service: Service? = nil, names: [String] = []
  ) {
    self.id = id
    self.label = label
    self.kind = kind
    self.tenant = tenant
    self.addresses = addresses
    self.node = node
    self.proto = proto
    self.port = port
    self.service = service
    self.names = names
  }
}

/// That one depends on another, how much, and why we think so.
public struct TopologyEdge: Sendable, Equatable {
  /// What an edge says.
  public enum Relation: String, Sendable {
    /// From a node to a service that it uses.
    case dependsOn = "depends_on"
    /// From a service to a service that it answers by.
    case through
  }

  /// One of the four criteria: its value and the raw figures it came from.
  public struct Criterion: Sendable, Equatable {
    /// In [0, 1].
    public var value: Double
    /// The figures behind it, by name with the unit at the end, in a fixed order.
    public var figures: [JSONValue.Member]
    /// One sentence for people: the figures and what they mean.
    public var reason: String

    /// A criterion with its reasons.
    public init(value: Double, figures: [JSONValue.Member], reason: String) {
      self.value = value
      self.figures = figures
      self.reason = reason
    }
  }

  /// Id of the one that depends.
  public var source: String
  /// Id of what it depends on.
  public var target: String
  /// What the edge says.
  public var relation: Relation
  /// In [0, 1].
  public var score: Double
  /// Whether the score is below the threshold; such edges are kept.
  public var weak: Bool
  /// Whether direction rests on certain evidence in at least one window.
  public var certain: Bool
  /// How many bytes and how many connections matter.
  public var volume: Criterion
  /// In how much of the time.
  public var frequency: Criterion
  /// How long connections last.
  public var duration: Criterion
  /// What the service is for.
  public var nature: Criterion
  /// How far the observation itself can be trusted: whether anybody answered, and how sure the direction is; nil where nobody judged that.
  public var trust: Criterion?
  /// IP bytes from the source to the target: what it writes.
  public var bytesToServer: UInt64
  /// IP bytes back.
  public var bytesToClient: UInt64
  /// Whether the target was ever heard to answer; evidence that only one side could have forged chooses no snapshot.
  public var answered: Bool
  /// Starts of the windows in which it was seen, ascending.
  public var windows: [Timestamp]
  /// What it rests on, such as `handshake` or `port`, strongest first.
  public var evidence: [String]
  /// Time of the first and of the last packet.
  public var first: Timestamp
  /// Time of the last packet.
  public var last: Timestamp

  /// A dependency with its criteria.
  public init(
    source: String, target: String, relation: Relation, score: Double, weak: Bool, certain: Bool, volume: Criterion, frequency: Criterion,
    duration: Criterion, nature: Criterion, trust: Criterion? = nil, bytesToServer: UInt64, bytesToClient: UInt64, answered: Bool,
    windows: [Timestamp],
    evidence: [String], first: Timestamp, last: Timestamp
  ) {
    self.source = source
    self.target = target
    self.relation = relation
    self.score = score
    self.weak = weak
    self.certain = certain
    self.volume = volume
    self.frequency = frequency
    self.duration = duration
    self.nature = nature
    self.trust = trust
    self.bytesToServer = bytesToServer
    self.bytesToClient = bytesToClient
    self.answered = answered
    self.windows = windows
    self.evidence = evidence
    self.first = first
    self.last = last
  }
}

/// What a topology was made from, with which settings, and what the data could not show.
public struct TopologyMetadata: Sendable, Equatable {
  /// One thing the data could not show.
  public struct Gap: Sendable, Equatable {
    /// `gap_in_time`, `one_way`, `uncertain_direction`, `damaged_source`, `incomplete_stream`, `unidentified_address`, `late_packets`, …
    public var kind: String
    /// What it concerns: a source, a node or an interval.
    public var subject: String
    /// One sentence for people.
    public var detail: String

    /// Something that could not be seen.
    public init(kind: String, subject: String, detail: String) {
      self.kind = kind
      self.subject = subject
      self.detail = detail
    }
  }

  /// Below this score an edge is weak.
  public var threshold: Double
  /// Length of the windows in seconds.
  public var windowSeconds: UInt64
  /// Start of the oldest window; nil without edges.
  public var oldestWindow: Timestamp?
  /// Start of the newest window; nil without edges. Retention and expiry count from its end.
  public var newestWindow: Timestamp?
  /// What was read: the edge streams' own sources, in order.
  public var sources: [SourceRecord]
  /// What the data could not show.
  public var coverage: [Gap]

  /// Metadata of these values.
  public init(
    threshold: Double, windowSeconds: UInt64, oldestWindow: Timestamp?, newestWindow: Timestamp?, sources: [SourceRecord], coverage: [Gap]
  ) {
    self.threshold = threshold
    self.windowSeconds = windowSeconds
    self.oldestWindow = oldestWindow
    self.newestWindow = newestWindow
    self.sources = sources
    self.coverage = coverage
  }
}

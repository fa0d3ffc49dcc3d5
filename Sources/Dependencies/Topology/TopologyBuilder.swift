import Interchange
import Inventory

/// Makes a topology of the records of any number of edge streams; the result does not depend on their order.
///
/// Memory grows with the number of dependencies times the windows in which each was seen, not with the number of records.
public struct TopologyBuilder {
  /// What a caller may choose.
  public struct Settings: Sendable {
    /// Below this score a dependency is weak, 0 to 1.
    public var threshold = Criteria.defaultThreshold
    /// Windows that end at or before this moment are left out.
    public var since: Timestamp?
    /// Windows that begin at or after this moment are left out.
    public var until: Timestamp?

    /// The documented defaults.
    public init() {}
  }

  private let settings: Settings
  private var identities: Identities
  private var totals: [Pair: EdgeTotals] = [:]
  private var natures = ServiceEvidence()
  private var observed = ObservedTime()
  private var sources: [SourceRecord] = []
  private var notes = CoverageNotes()
  private var windowSeconds: UInt64?

  /// A builder that has read nothing; throws where the inventory contradicts itself.
  public init(settings: Settings = Settings(), inventory: Inventory? = nil) throws(DocumentError) {
    self.settings = settings
    identities = try Identities(inventory)
  }

  /// Begins a stream; throws where its windows are not as long as those of the streams before it, since their figures cannot be added.
  public mutating func begin(_ header: EdgeStreamHeader, name: String) throws(DocumentError) {
    if let windowSeconds, windowSeconds != header.windowSeconds {
      throw DocumentError(
        document: name, at: .line(1), found: "windows of \(header.windowSeconds) s",
        expected: "windows of \(windowSeconds) s, as in the stream before it")
    }
    windowSeconds = header.windowSeconds
    observed.windowNanoseconds = Int64(header.windowSeconds) * 1_000_000_000
  }

  /// Takes in one record of the stream that was begun last.
  public mutating func add(_ record: EdgeStreamRecord) {
    switch record {
    case .edge(let edge): add(edge)
    case .nesting: break
    case .name(let record): identities.add(record)
    case .source(let source): sources.append(source)
    }
  }

  /// Notes that a stream had no correct end and that its user wanted what was there.
  public mutating func noteIncomplete(stream name: String) { notes.incompleteStreams.insert(name) }

  private mutating func add(_ edge: EdgeRecord) {
    if let until = settings.until, edge.window >= until { return }
    if let since = settings.since, observed.end(ofWindow: edge.window) <= since { return }
    guard !edge.server.isGroup, !edge.client.isGroup else {
      notes.groupRecords += 1
      notes.groupBytes = notes.groupBytes.addingSaturated(edge.volume.bytesToServer).addingSaturated(edge.volume.bytesToClient)
      return
    }
    observed.add(edge)
    let pieces = identities.divide(edge)
    if pieces.count > 1 { notes.divided.insert("\(edge.client) → \(edge.server), window of \(edge.window)") }
    for piece in pieces {
      let service = ServiceKey(node: piece.server, proto: edge.proto, port: edge.port)
      totals[Pair(client: piece.client, service: service), default: EdgeTotals()].add(piece.edge)
      natures.add(piece.edge, to: service)
    }
  }

  /// The topology of all that was read; throws where two different things would bear one id.
  public consuming func topology() throws(DocumentError) -> Topology {
    let timeline = observed.timeline
    let judged = natures.judgements(configured: identities.configuredServices)
    let surveys = Surveys(totals, timeline: timeline, natures: judged)
    var edges: [TopologyEdge] = []
    for (pair, total) in totals {
      let criteria = Criteria(
        total, service: pair.service, judged: judged[pair.service], timeline: timeline, survey: surveys.survey(of: pair, total))
      edges.append(
        criteria.edge(source: identities.id(of: pair.client), target: identities.id(of: pair.service), total, threshold: settings.threshold)
      )
    }
    edges.sort { ($0.source, $0.target) < ($1.source, $1.target) }
    let nodes = try identities.nodes(services: Set(totals.keys.map(\.service)), judged: judged, names: natures.names)
    sources.sort { $0.sortKey < $1.sortKey }
    notes.identities = identities.hasInventory ? identities.unidentified : nil
    notes.unseen = identities.unseen
    return Topology(
      nodes: nodes, edges: edges,
      metadata: TopologyMetadata(
        threshold: settings.threshold, windowSeconds: windowSeconds ?? 0, oldestWindow: timeline.oldestWindow,
        newestWindow: timeline.newestWindow,
        sources: sources, coverage: notes.gaps(edges: edges, nodes: nodes, sources: sources, timeline: timeline)))
  }
}

/// One machine's use of one service.
struct Pair: Hashable {
  var client: Int
  var service: ServiceKey
}

/// A service: a port of a machine, or a protocol without ports.
struct ServiceKey: Hashable {
  var node: Int
  var proto: TransportProtocol
  var port: UInt16?
}

extension SourceRecord {
  fileprivate var sortKey: (String, String, Int64, Int64, UInt64, UInt64) {
    (name, kind, first?.nanoseconds ?? .min, last?.nanoseconds ?? .min, packets, edgePackets)
  }
}

extension IPAddress {
  /// Whether this is no machine's address: multicast (RFC 5771, RFC 4291 §2.7), limited broadcast, or unspecified.
  var isGroup: Bool {
    if isIPv6 { return high >> 56 == 0xFF || (high == 0 && low == 0) }
    return low >> 28 == 0xE || low == 0xFFFF_FFFF || low == 0
  }
}

extension UInt64 {
  /// The sum, or the largest number where it does not fit: a hostile stream must not stop us.
  func addingSaturated(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}

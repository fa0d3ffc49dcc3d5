/// Numbers of a topology are written with four decimals, so that the same graph is the same bytes.
private let scorePlaces = 4

extension Topology {
  /// The document as a JSON tree; `metadata.digest` is left to `ContentDigest`.
  public var json: JSONValue {
    .object([
      .init(
        "graph",
        .object([
          .init("directed", .bool(true)),
          .init("type", .string(Topology.schema)),
          .init("nodes", .object(nodes.map { .init($0.id, $0.json) })),
          .init("edges", .array(edges.map(\.json))),
          .init("metadata", metadata.json),
        ]))
    ])
  }

  /// Reads the document back from its JSON tree.
  public init(json: JSONValue) throws(DocumentError) {
    var root = try DocumentReader(json)
    var graph = try DocumentReader(try root.required("graph"), path: "graph")
    let type = try graph.string("type")
    guard type == Topology.schema else {
      throw DocumentError(at: .path("graph.type"), found: "«\(type)»", expected: "«\(Topology.schema)»")
    }
    let nodeMembers = try graph.required("nodes", "an object") { $0.object }
    nodes = []
    for member in nodeMembers { nodes.append(try TopologyNode(id: member.key, json: member.value)) }
    let ids = Set(nodes.map(\.id))
    edges = []
    for (value, path) in try graph.list("edges") {
      let edge = try TopologyEdge(json: value, path: path)
      for id in [edge.source, edge.target] where !ids.contains(id) {
        throw DocumentError(at: .path(path), found: "«\(id)»", expected: "the id of a node of this graph")
      }
      edges.append(edge)
    }
    metadata = try TopologyMetadata(json: try graph.required("metadata"))
  }
}

extension TopologyNode {
  var json: JSONValue {
    var metadata: [JSONValue.Member] = [.init("kind", .string(kind.rawValue))]
    if let tenant { metadata.append(.init("tenant", .string(tenant))) }
    if !addresses.isEmpty { metadata.append(.init("addresses", .array(addresses.map { .string($0) }))) }
    if let node { metadata.append(.init("node", .string(node))) }
    if let proto { metadata.append(.init("proto", .string(proto))) }
    if let port { metadata.append(.init("port", .integer(port))) }
    if let service {
      var members: [JSONValue.Member] = []
      if let app = service.app { members.append(.init("app", .string(app))) }
      members.append(.init("nature", .string(service.nature.rawValue)))
      members.append(.init("basis", .string(service.basis.rawValue)))
      metadata.append(.init("service", .object(members)))
    }
    if !names.isEmpty { metadata.append(.init("names", .array(names.map { .string($0) }))) }
    if let namesFrom { metadata.append(.init("names_from", .string(namesFrom))) }
    return .object([.init("label", .string(label)), .init("metadata", .object(metadata))])
  }

  init(id: String, json: JSONValue) throws(DocumentError) {
    var reader = try DocumentReader(json, path: "graph.nodes[«\(id)»]")
    var metadata = try DocumentReader(try reader.required("metadata"), path: reader.path + ".metadata")
    self.id = id
    label = try reader.optionalString("label") ?? id
    kind = try metadata.required("kind", "a kind of node") { $0.string.flatMap(Kind.init) }
    tenant = try metadata.optionalString("tenant")
    addresses = try metadata.strings("addresses")
    node = try metadata.optionalString("node")
    proto = try metadata.optionalString("proto")
    port = try metadata.optional("port", "a port") { $0.unsigned.flatMap(UInt16.init(exactly:)) }
    service = try metadata.optional("service", "a service") { value in
      guard let nature = value["nature"]?.string.flatMap(Nature.init), let basis = value["basis"]?.string.flatMap(ServiceBasis.init) else {
        return nil
      }
      return Service(app: value["app"]?.string, nature: nature, basis: basis)
    }
    names = try metadata.strings("names")
    namesFrom = try metadata.optionalString("names_from")
  }
}

extension TopologyEdge.Criterion {
  var json: JSONValue {
    .object([.init("value", .decimal(value, places: scorePlaces)), .init("figures", .object(figures)), .init("reason", .string(reason))])
  }

  init(json: JSONValue, path: String) throws(DocumentError) {
    var reader = try DocumentReader(json, path: path)
    value = try reader.required("value", "a number from 0 to 1") { $0.double.flatMap { (0...1).contains($0) ? $0 : nil } }
    figures = try reader.optional("figures", "an object") { $0.object } ?? []
    reason = try reader.optionalString("reason") ?? ""
  }
}

extension TopologyEdge {
  var json: JSONValue {
    let trust: [JSONValue.Member] = trust.map { [.init("trust", $0.json)] } ?? []
    return .object([
      .init("source", .string(source)), .init("target", .string(target)), .init("relation", .string(relation.rawValue)),
      .init(
        "metadata",
        .object(
          [
            .init("score", .decimal(score, places: scorePlaces)), .init("weak", .bool(weak)), .init("certain", .bool(certain)),
            .init("answered", .bool(answered)), .init("volume", volume.json), .init("frequency", frequency.json),
            .init("duration", duration.json), .init("nature", nature.json),
          ] + trust + [
            .init("bytes_to_server", .integer(bytesToServer)),
            .init("bytes_to_client", .integer(bytesToClient)), .init("windows", .array(windows.map { .string($0.rfc3339) })),
            .init("evidence", .array(evidence.map { .string($0) })), .init("first", .string(first.rfc3339)),
            .init("last", .string(last.rfc3339)),
          ])),
    ])
  }

  init(json: JSONValue, path: String) throws(DocumentError) {
    var reader = try DocumentReader(json, path: path)
    source = try reader.string("source")
    target = try reader.string("target")
    relation = try reader.required("relation", "depends_on or through") { $0.string.flatMap(Relation.init) }
    var metadata = try DocumentReader(try reader.required("metadata"), path: path + ".metadata")
    score = try metadata.required("score", "a number from 0 to 1") { $0.double.flatMap { (0...1).contains($0) ? $0 : nil } }
    weak = try metadata.required("weak", "true or false") { $0.bool }
    certain = try metadata.required("certain", "true or false") { $0.bool }
    answered = try metadata.required("answered", "true or false") { $0.bool }
    volume = try Criterion(json: try metadata.required("volume"), path: path + ".metadata.volume")
    frequency = try Criterion(json: try metadata.required("frequency"), path: path + ".metadata.frequency")
    duration = try Criterion(json: try metadata.required("duration"), path: path + ".metadata.duration")
    nature = try Criterion(json: try metadata.required("nature"), path: path + ".metadata.nature")
    trust = nil
    if let value = metadata.optional("trust") { trust = try Criterion(json: value, path: path + ".metadata.trust") }
    bytesToServer = try metadata.required("bytes_to_server", "a number of bytes") { $0.unsigned }
    bytesToClient = try metadata.required("bytes_to_client", "a number of bytes") { $0.unsigned }
    windows = try metadata.required("windows", "a list of times") { value in
      guard let texts = value.array else { return nil }
      let times = texts.compactMap { $0.string.flatMap { Timestamp(rfc3339: $0) } }
      return times.count == texts.count ? times : nil
    }
    evidence = try metadata.strings("evidence")
    first = try metadata.required("first", "an RFC 3339 time") { $0.string.flatMap { Timestamp(rfc3339: $0) } }
    last = try metadata.required("last", "an RFC 3339 time") { $0.string.flatMap { Timestamp(rfc3339: $0) } }
  }
}

extension TopologyMetadata {
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("threshold", .decimal(threshold, places: scorePlaces)), .init("window_s", .integer(windowSeconds)),
    ]
    if let oldestWindow { members.append(.init("oldest_window", .string(oldestWindow.rfc3339))) }
    if let newestWindow { members.append(.init("newest_window", .string(newestWindow.rfc3339))) }
    members.append(
      .init(
        "sources",
        .array(
          sources.map { source in
            var members: [JSONValue.Member] = [
              .init("name", .string(source.name)), .init("kind", .string(source.kind)), .init("packets", .integer(source.packets)),
              .init("edge_packets", .integer(source.edgePackets)), .init("complete", .bool(source.complete)),
            ]
            if let first = source.first { members.append(.init("first", .string(first.rfc3339))) }
            if let last = source.last { members.append(.init("last", .string(last.rfc3339))) }
            return .object(members)
          })))
    members.append(
      .init(
        "coverage",
        .array(
          coverage.map {
            .object([.init("kind", .string($0.kind)), .init("subject", .string($0.subject)), .init("detail", .string($0.detail))])
          })))
    return .object(members)
  }

  init(json: JSONValue) throws(DocumentError) {
    var reader = try DocumentReader(json, path: "graph.metadata")
    let time: (JSONValue) -> Timestamp? = { $0.string.flatMap { Timestamp(rfc3339: $0) } }
    threshold = try reader.required("threshold", "a number from 0 to 1") { $0.double }
    windowSeconds = try reader.required("window_s", "a number of seconds") { $0.unsigned }
    oldestWindow = try reader.optional("oldest_window", "an RFC 3339 time", time)
    newestWindow = try reader.optional("newest_window", "an RFC 3339 time", time)
    sources = []
    for (value, path) in try reader.list("sources") {
      var entry = try DocumentReader(value, path: path)
      var source = SourceRecord(name: try entry.string("name"), kind: try entry.string("kind"))
      source.packets = try entry.required("packets", "a number of packets") { $0.unsigned }
      source.edgePackets = try entry.required("edge_packets", "a number of packets") { $0.unsigned }
      source.complete = try entry.required("complete", "true or false") { $0.bool }
      source.first = try entry.optional("first", "an RFC 3339 time", time)
      source.last = try entry.optional("last", "an RFC 3339 time", time)
      sources.append(source)
    }
    coverage = []
    for (value, path) in try reader.list("coverage") {
      var entry = try DocumentReader(value, path: path)
      coverage.append(Gap(kind: try entry.string("kind"), subject: try entry.string("subject"), detail: try entry.string("detail")))
    }
  }
}

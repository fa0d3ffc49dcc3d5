extension DocumentReader {
  /// A manifest is an order: what is not understood must not be passed over in silence.
  func refuseUnknownKeys() throws(DocumentError) {
    if let key = unknownKeys.first { throw DocumentError(at: .path("\(path).\(key)"), found: "«\(key)»", expected: "nothing by that name") }
  }

  mutating func requiredStrings(_ key: String) throws(DocumentError) -> [String] {
    _ = try required(key)
    return try strings(key)
  }

  mutating func score(_ key: String) throws(DocumentError) -> Double {
    try required(key, "a number from 0 to 1") { $0.double.flatMap { (0...1).contains($0) ? $0 : nil } }
  }

  /// The objects of a list that must be there, each read to its last member.
  mutating func objects<Element>(
    _ key: String, _ read: (inout DocumentReader) throws(DocumentError) -> Element
  ) throws(DocumentError) -> [Element] {
    _ = try required(key)
    var elements: [Element] = []
    for (value, path) in try list(key) {
      var reader = try DocumentReader(value, path: path)
      elements.append(try read(&reader))
      try reader.refuseUnknownKeys()
    }
    return elements
  }

  /// An object that must be there, read to its last member.
  mutating func object<Element>(
    _ key: String, _ read: (inout DocumentReader) throws(DocumentError) -> Element
  ) throws(DocumentError) -> Element {
    var reader = try DocumentReader(try required(key), path: "\(path).\(key)")
    let element = try read(&reader)
    try reader.refuseUnknownKeys()
    return element
  }
}

extension Manifest {
  /// Reads the document from its JSON tree; members that this program does not know are refused.
  ///
  /// The id is not looked at here: `Manifest(sealed:)` of ContentDigests does that.
  public init(json: JSONValue) throws(DocumentError) {
    var root = try DocumentReader(json, path: "manifest")
    let schema = try root.string("schema")
    guard schema == Manifest.schema else {
      throw DocumentError(at: .path("manifest.schema"), found: "«\(schema)»", expected: "«\(Manifest.schema)»")
    }
    _ = root.optional("id")
    change = try root.object("change") { (reader) throws(DocumentError) in
      Change(targets: try reader.requiredStrings("targets"), nodes: try reader.requiredStrings("nodes"))
    }
    inputs = try root.object("inputs") { (reader) throws(DocumentError) in
      Inputs(topology: try reader.string("topology"), inventory: try reader.string("inventory"), policy: try reader.string("policy"))
    }
    affected = try root.objects("affected", Affected.init(reading:))
    considered = try root.objects("considered", Considered.init(reading:))
    checks = try root.objects("checks") { (reader) throws(DocumentError) in
      Check(
        kind: try reader.required("kind", "a kind of check") { $0.string.flatMap(Check.Kind.init) }, node: try reader.string("node"),
        required: try reader.required("required", "true or false") { $0.bool }, detail: try reader.string("detail"))
    }
    hold = try root.objects("hold", Hold.init(reading:))
    snapshots = try root.objects("snapshots") { (reader) throws(DocumentError) in
      Snapshot(
        id: try reader.string("id"), group: try reader.string("group"), node: try reader.string("node"),
        driver: try reader.string("driver"),
        volume: try reader.string("volume"))
    }
    upgrade = try root.object("upgrade") { (reader) throws(DocumentError) in
      Upgrade(
        argv: try reader.requiredStrings("argv"),
        command: try reader.required("command", "exact or any") { $0.string.flatMap(Upgrade.Rule.init) },
        timeoutSeconds: try reader.required("timeout_s", "a number of seconds") { $0.unsigned })
    }
    services = try root.objects("services") { (reader) throws(DocumentError) in
      ServiceCommands(
        node: try reader.string("node"), stop: try reader.requiredStrings("stop"), start: try reader.requiredStrings("start"),
        timeoutSeconds: try reader.required("timeout_s", "a number of seconds") { $0.unsigned })
    }
    health = try root.objects("health") { (reader) throws(DocumentError) in
      HealthCheck(
        node: try reader.string("node"), argv: try reader.requiredStrings("argv"),
        timeoutSeconds: try reader.required("timeout_s", "a number of seconds") { $0.unsigned },
        retries: try reader.required("retries", "a number of tries") { $0.unsigned })
    }
    restore = try root.requiredStrings("restore")
    let time: (JSONValue) -> Timestamp? = { $0.string.flatMap { Timestamp(rfc3339: $0) } }
    retention = try root.object("retention") { (reader) throws(DocumentError) in
      Retention(
        keepSeconds: try reader.required("keep_s", "a number of seconds") { $0.unsigned },
        until: try reader.optional("until", "an RFC 3339 time", time))
    }
    expires = try root.optional("expires", "an RFC 3339 time", time)
    coverage = try root.objects("coverage") { (reader) throws(DocumentError) in
      TopologyMetadata.Gap(kind: try reader.string("kind"), subject: try reader.string("subject"), detail: try reader.string("detail"))
    }
    try root.refuseUnknownKeys()
    try checkReferences()
  }

  /// The order of restoring names every snapshot once, and ids are the places in the list: names of snapshots on disk are made of them.
  private func checkReferences() throws(DocumentError) {
    for (place, snapshot) in snapshots.enumerated() where snapshot.id != String(place + 1) {
      throw DocumentError(at: .path("manifest.snapshots[\(place)].id"), found: "«\(snapshot.id)»", expected: "«\(place + 1)»")
    }
    guard restore.sorted() == snapshots.map(\.id).sorted() else {
      throw DocumentError(
        at: .path("manifest.restore"), found: restore.joined(separator: " "), expected: "the id of every snapshot once")
    }
  }
}

extension Manifest.Hop {
  init(reading reader: inout DocumentReader) throws(DocumentError) {
    source = try reader.string("source")
    target = try reader.string("target")
    score = try reader.score("score")
    reached = try reader.score("reached")
  }
}

extension Manifest.Affected {
  init(reading reader: inout DocumentReader) throws(DocumentError) {
    node = try reader.string("node")
    role = try reader.required("role", "a role") { $0.string.flatMap(Manifest.Role.init) }
    snapshot = try reader.required("snapshot", "true or false") { $0.bool }
    score = try reader.score("score")
    path = try reader.objects("path", Manifest.Hop.init(reading:))
    reason = try reader.string("reason")
  }
}

extension Manifest.Considered {
  init(reading reader: inout DocumentReader) throws(DocumentError) {
    node = try reader.string("node")
    role = try reader.required("role", "a role") { $0.string.flatMap(Manifest.Role.init) }
    score = try reader.score("score")
    path = try reader.objects("path", Manifest.Hop.init(reading:))
    whyNot = try reader.string("why_not")
  }
}

extension Manifest.Hold {
  init(reading reader: inout DocumentReader) throws(DocumentError) {
    node = try reader.string("node")
    addresses = try reader.requiredStrings("addresses")
    proto = try reader.string("proto")
    port = try reader.required("port", "a port") { $0.unsigned.flatMap(UInt16.init(exactly:)) }
    clients = try reader.objects("clients") { (client) throws(DocumentError) in
      Client(node: try client.string("node"), processes: try client.requiredStrings("processes"))
    }
  }
}

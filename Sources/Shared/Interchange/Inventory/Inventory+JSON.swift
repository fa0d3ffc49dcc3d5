extension Inventory {
  /// Reads an inventory from its tree.
  ///
  /// Absent members are fine and unknown ones are listed in `unknownKeys`. A number where text is expected is taken as it was
  /// written, so that `version: 1.10` stays `1.10`. Throws for values of the wrong kind, for names that stand twice, and for
  /// applications of machines that are not there.
  public init(json: JSONValue) throws(DocumentError) {
    self.init()
    var root = try DocumentReader(json)
    if let schema = try root.optionalText("schema"), schema != Inventory.schema {
      throw DocumentError(at: .path("schema"), found: "«\(schema)»", expected: "«\(Inventory.schema)»")
    }
    _ = try root.required("nodes")
    for (value, path) in try root.items("nodes") {
      let node = try InventoryNode(json: value, path: path, unknownKeys: &unknownKeys)
      guard self.node(named: node.name) == nil else {
        throw DocumentError(at: .path(path + ".name"), found: "«\(node.name)» a second time", expected: "each name once")
      }
      nodes.append(node)
    }
    let names = Set(nodes.map(\.name))
    for (value, path) in try root.items("applications") {
      var entry = try DocumentReader(value, path: path)
      let application = InventoryApplication(name: try entry.text("name"), nodes: try entry.texts("nodes"))
      for (place, node) in application.nodes.enumerated() where !names.contains(node) {
        throw DocumentError(at: .path("\(path).nodes[\(place)]"), found: "«\(node)»", expected: "the name of a node of this inventory")
      }
      guard !applications.contains(where: { $0.name == application.name }) else {
        throw DocumentError(at: .path(path + ".name"), found: "«\(application.name)» a second time", expected: "each name once")
      }
      applications.append(application)
      entry.report(&unknownKeys)
    }
    unknownKeys += root.unknownKeys
  }
}

extension InventoryNode {
  init(json: JSONValue, path: String, unknownKeys: inout [String]) throws(DocumentError) {
    var reader = try DocumentReader(json, path: path)
    self.init(name: try reader.text("name"))
    guard !name.isEmpty else { throw DocumentError(at: .path(path + ".name"), found: "an empty text", expected: "a name") }
    kind = try reader.optional("kind", "vm, container, host or external") { $0.string.flatMap(Kind.init) } ?? .host
    tenant = try reader.optionalText("tenant")
    hypervisor = try reader.optionalText("hypervisor")
    image = try reader.optionalText("image")
    for (value, path) in try reader.items("addresses") { addresses.append(try Address(json: value, path: path, unknownKeys: &unknownKeys)) }
    for (value, path) in try reader.items("software") { software.append(try Software(json: value, path: path, unknownKeys: &unknownKeys)) }
    for (value, path) in try reader.items("ports") { ports.append(try Port(json: value, path: path, unknownKeys: &unknownKeys)) }
    for (value, path) in try reader.items("volumes") {
      var entry = try DocumentReader(value, path: path)
      volumes.append(Volume(path: try entry.absolutePath("path")))
      entry.report(&unknownKeys)
    }
    if let value = reader.optional("snapshot") { snapshot = try Snapshot(json: value, path: path + ".snapshot") }
    if let value = reader.optional("health") { health = try Health(json: value, path: path + ".health", unknownKeys: &unknownKeys) }
    if let value = reader.optional("service") {
      service = try ServiceCommands(json: value, path: path + ".service", unknownKeys: &unknownKeys)
    }
    for (value, path) in try reader.items("processes") { processes.append(try Process(json: value, path: path, unknownKeys: &unknownKeys)) }
    reader.report(&unknownKeys)
  }
}

extension InventoryNode.Address {
  /// An object, or the bare address where it was always the machine's.
  init(json: JSONValue, path: String, unknownKeys: inout [String]) throws(DocumentError) {
    if let text = json.string {
      guard let address = IPAddress(text) else { throw DocumentError(at: .path(path), found: "«\(text)»", expected: "an IP address") }
      self.init(address: address)
      return
    }
    var reader = try DocumentReader(json, path: path)
    self.init(
      address: try reader.required("address", "an IP address") { $0.string.flatMap { IPAddress($0) } },
      network: try reader.optionalText("network"),
      from: try reader.optional("from", "an RFC 3339 time") { $0.string.flatMap { Timestamp(rfc3339: $0) } },
      until: try reader.optional("until", "an RFC 3339 time") { $0.string.flatMap { Timestamp(rfc3339: $0) } })
    if let from, let until, from >= until {
      throw DocumentError(at: .path(path), found: "from \(from) until \(until)", expected: "a beginning before the end")
    }
    reader.report(&unknownKeys)
  }
}

extension InventoryNode.Software {
  init(json: JSONValue, path: String, unknownKeys: inout [String]) throws(DocumentError) {
    var reader = try DocumentReader(json, path: path)
    self.init(
      name: try reader.text("name"), version: try reader.optionalText("version"), paths: try reader.texts("paths"),
      server: try reader.optionalText("server"))
    for (place, entry) in paths.enumerated() where !entry.hasPrefix("/") {
      throw DocumentError(at: .path("\(path).paths[\(place)]"), found: "«\(entry)»", expected: "an absolute path")
    }
    reader.report(&unknownKeys)
  }
}

extension InventoryNode.Port {
  init(json: JSONValue, path: String, unknownKeys: inout [String]) throws(DocumentError) {
    var reader = try DocumentReader(json, path: path)
    let proto = try reader.optional("proto", "a protocol's name or number") { value in
      value.string.flatMap { TransportProtocol($0) } ?? value.unsigned.flatMap(UInt8.init(exactly:)).map(TransportProtocol.init(number:))
    }
    self.init(
      proto: proto ?? .tcp,
      port: try reader.required("port", "a port from 1 to 65535") {
        $0.unsigned.flatMap(UInt16.init(exactly:)).flatMap { $0 > 0 ? $0 : nil }
      },
      service: try reader.optionalText("service"))
    reader.report(&unknownKeys)
  }
}

extension InventoryNode.Snapshot {
  init(json: JSONValue, path: String) throws(DocumentError) {
    var reader = try DocumentReader(json, path: path)
    let driver = try reader.text("driver")
    let volume = try reader.optionalText("volume")
    self.init(driver: driver, volume: volume, settings: (json.object ?? []).filter { $0.key != "driver" && $0.key != "volume" })
  }
}

extension InventoryNode.Health {
  init(json: JSONValue, path: String, unknownKeys: inout [String]) throws(DocumentError) {
    var reader = try DocumentReader(json, path: path)
    let command = try reader.texts("command")
    guard let program = command.first, program.hasPrefix("/") else {
      throw DocumentError(
        at: .path(path + ".command"), found: command.first.map { "«\($0)»" } ?? "nothing", expected: "an absolute path and its arguments")
    }
    let timeout = try reader.optional("timeout_s", "seconds from 1 to 86400") { value in
      value.unsigned.flatMap { (1...86400).contains($0) ? $0 : nil }
    }
    self.init(command: command, timeoutSeconds: timeout ?? 30)
    reader.report(&unknownKeys)
  }
}

extension InventoryNode.ServiceCommands {
  init(json: JSONValue, path: String, unknownKeys: inout [String]) throws(DocumentError) {
    var reader = try DocumentReader(json, path: path)
    let timeout = try reader.optional("timeout_s", "seconds from 1 to 86400") { value in
      value.unsigned.flatMap { (1...86400).contains($0) ? $0 : nil }
    }
    self.init(stop: try reader.texts("stop"), start: try reader.texts("start"), timeoutSeconds: timeout ?? 300)
    for (name, command) in [("stop", stop), ("start", start)] {
      if let program = command.first, !program.hasPrefix("/") {
        throw DocumentError(at: .path("\(path).\(name)"), found: "«\(program)»", expected: "an absolute path and its arguments")
      }
    }
    reader.report(&unknownKeys)
  }
}

extension InventoryNode.Process {
  init(json: JSONValue, path: String, unknownKeys: inout [String]) throws(DocumentError) {
    var reader = try DocumentReader(json, path: path)
    let name = try reader.text("name")
    let role = try reader.optional("role", "server or client") { $0.string.flatMap(Role.init) }
    let ports = try reader.optional("ports", "a list of ports from 1 to 65535") { value -> [UInt16]? in
      guard let elements = value.array else { return nil }
      let ports = elements.compactMap { $0.unsigned.flatMap(UInt16.init(exactly:)).flatMap { $0 > 0 ? $0 : nil } }
      return ports.count == elements.count ? ports : nil
    }
    self.init(name: name, role: role, ports: ports ?? [])
    reader.report(&unknownKeys)
  }
}

extension JSONValue {
  /// The text of a string, or of a number as it was written.
  fileprivate var scalarText: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }
}

extension DocumentReader {
  fileprivate mutating func text(_ key: String) throws(DocumentError) -> String { try required(key, "a text") { $0.scalarText } }
  fileprivate mutating func optionalText(_ key: String) throws(DocumentError) -> String? { try optional(key, "a text") { $0.scalarText } }

  fileprivate mutating func texts(_ key: String) throws(DocumentError) -> [String] {
    try optional(key, "a list of texts") { value -> [String]? in
      guard let elements = value.array else { return nil }
      let texts = elements.compactMap(\.scalarText)
      return texts.count == elements.count ? texts : nil
    } ?? []
  }

  fileprivate mutating func absolutePath(_ key: String) throws(DocumentError) -> String {
    try required(key, "an absolute path") { $0.string.flatMap { $0.hasPrefix("/") ? $0 : nil } }
  }

  /// The elements of a list with the path of each; the outermost object's own name is left out of paths.
  fileprivate mutating func items(_ key: String) throws(DocumentError) -> [(value: JSONValue, path: String)] {
    try list(key).map { ($0.value, $0.path.hasPrefix("document.") ? String($0.path.dropFirst("document.".count)) : $0.path) }
  }

  fileprivate func report(_ unknown: inout [String]) { unknown += unknownKeys.map { "\(path).\($0)" } }
}

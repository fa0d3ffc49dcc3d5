import Interchange
import Inventory

/// The machines behind addresses, each by a small number.
struct Identities {
  private enum Identity: Hashable {
    case known(String)
    case address(IPAddress, network: String?)
  }

  /// A record, or the part of one, that belongs to one pair of machines.
  struct Piece {
    var client: Int
    var server: Int
    var edge: EdgeRecord
  }

  let hasInventory: Bool
  private let inventory: Inventory
  private let book: AddressBook
  private var numbers: [Identity: Int] = [:]
  private var identities: [Identity] = []
  private var addresses: [Set<IPAddress>] = []
  /// Names that the captures give to addresses.
  private var captured: [IPAddress: Set<String>] = [:]

  init(_ inventory: Inventory?) throws(DocumentError) {
    hasInventory = inventory != nil
    self.inventory = inventory ?? Inventory()
    book = try AddressBook(self.inventory)
  }

  /// Takes in the names that a capture gives to an address.
  mutating func add(_ record: NameRecord) { captured[record.address, default: []].formUnion(record.names) }

  /// The names that captures give to a machine which the inventory does not know, by UTF-8 bytes, at most 16. An overlay's addresses have
  /// none: a capture does not say to which network its names belong.
  private func capturedNames(of number: Int) -> [String] {
    guard case .address(let address, network: nil) = identities[number], let names = captured[address] else { return [] }
    return NameRecord(address: address, names: Array(names)).names
  }

  private mutating func number(_ address: IPAddress, _ network: String?, owner: String?) -> Int {
    let identity: Identity = owner.map { .known($0) } ?? .address(address, network: network)
    if let number = numbers[identity] {
      addresses[number].insert(address)
      return number
    }
    numbers[identity] = identities.count
    identities.append(identity)
    addresses.append([address])
    return identities.count - 1
  }

  /// The record for the machines that its addresses were; where one changed hands within it, a part for each by cumulative floor over time.
  mutating func divide(_ edge: EdgeRecord) -> [Piece] {
    let last = max(edge.first, edge.last)
    let clients = book.stretches(of: edge.client, network: edge.network, from: edge.first, through: last)
    let servers = book.stretches(of: edge.server, network: edge.network, from: edge.first, through: last)
    if clients.count == 1, servers.count == 1 {
      let client = number(edge.client, edge.network, owner: clients[0].node)
      return [Piece(client: client, server: number(edge.server, edge.network, owner: servers[0].node), edge: edge)]
    }
    let cuts = Set((clients + servers).map(\.from)).sorted()
    return cuts.enumerated().map { place, from in
      let until = place + 1 < cuts.count ? cuts[place + 1] : nil
      let client = number(edge.client, edge.network, owner: clients.last { $0.from <= from }?.node)
      let server = number(edge.server, edge.network, owner: servers.last { $0.from <= from }?.node)
      return Piece(client: client, server: server, edge: edge.part(from: from, until: until))
    }
  }

  /// The id of a machine: the inventory's name, else the address, with its network before it.
  func id(of number: Int) -> String {
    switch identities[number] {
    case .known(let name): name
    case .address(let address, let network): network.map { "\($0)/\(address)" } ?? "\(address)"
    }
  }

  /// The id of a service: `NODE:PROTO:PORT`, or `NODE:PROTO`.
  func id(of service: ServiceKey) -> String {
    "\(id(of: service.node)):\(service.proto.text)" + (service.port.map { ":\($0)" } ?? "")
  }

  /// Services that the inventory names, of machines that were seen.
  var configuredServices: [ServiceKey: String] {
    var result: [ServiceKey: String] = [:]
    for node in inventory.nodes {
      guard let number = numbers[.known(node.name)] else { continue }
      for port in node.ports {
        if let service = port.service { result[ServiceKey(node: number, proto: port.proto, port: port.port)] = service }
      }
    }
    return result
  }

  /// Machines of the inventory that no traffic showed, sorted.
  var unseen: [String] { inventory.nodes.map(\.name).filter { numbers[.known($0)] == nil }.sorted() }

  /// Ids of machines that the inventory does not know.
  var unidentified: Set<String> {
    Set(identities.indices.filter { if case .address = identities[$0] { true } else { false } }.map { id(of: $0) })
  }

  /// All nodes of the graph, sorted by id; throws where two things would bear one id.
  func nodes(services: Set<ServiceKey>, judged: [ServiceKey: Service], names: [ServiceKey: Set<String>]) throws(DocumentError)
    -> [TopologyNode]
  {
    let known = Dictionary(inventory.nodes.map { ($0.name, $0) }) { first, _ in first }
    var nodes: [TopologyNode] = identities.indices.map { number in
      var node = TopologyNode(
        id: id(of: number), label: id(of: number), kind: .address, addresses: addresses[number].sorted().map(\.description))
      if case .known(let name) = identities[number], let entry = known[name] {
        node.kind = TopologyNode.Kind(rawValue: entry.kind.rawValue) ?? .host
        node.tenant = entry.tenant
      }
      let names = capturedNames(of: number)
      if let name = names.first {
        node.label = name
        node.names = names
        node.namesFrom = "capture"
      }
      return node
    }
    for service in services {
      let port = service.port.map { "\(service.proto.text)/\($0)" } ?? service.proto.text
      nodes.append(
        TopologyNode(
          id: id(of: service), label: judged[service]?.app.map { "\($0) \(port)" } ?? port, kind: .service, node: id(of: service.node),
          proto: service.proto.text, port: service.port, service: judged[service], names: (names[service] ?? []).sorted()))
    }
    nodes.sort { $0.id < $1.id }
    for (one, next) in zip(nodes, nodes.dropFirst()) where one.id == next.id {
      throw DocumentError(
        at: .path("nodes"), found: "«\(one.id)» for two different things",
        expected: "names that are no address and no service of another node")
    }
    return nodes
  }
}

extension EdgeRecord {
  /// The share of this record that falls from `from` up to `until` (to its end if nil), if its traffic is spread evenly over first to last.
  fileprivate func part(from: Timestamp, until: Timestamp?) -> EdgeRecord {
    let length = UInt64(clamping: last.nanoseconds.subtractingSaturated(first.nanoseconds))
    let start = UInt64(clamping: from.nanoseconds.subtractingSaturated(first.nanoseconds))
    let end = until.map { UInt64(clamping: $0.nanoseconds.subtractingSaturated(first.nanoseconds)) } ?? length
    func upTo(_ value: UInt64, _ time: UInt64) -> UInt64 {
      guard length > 0, time < length else { return value }
      let product = value.multipliedFullWidth(by: time)
      return length.dividingFullWidth(product).quotient
    }
    func share(_ value: UInt64) -> UInt64 { upTo(value, end) - upTo(value, start) }
    /// What was seen at all is seen in every part: one side's answer is not lost to rounding.
    func atLeastOne(_ value: UInt64) -> UInt64 { value == 0 ? 0 : max(1, share(value)) }
    var part = self
    part.volume.bytesToServer = share(volume.bytesToServer)
    part.volume.bytesToClient = share(volume.bytesToClient)
    part.volume.packetsToServer = share(volume.packetsToServer)
    part.volume.packetsToClient = share(volume.packetsToClient)
    part.flows = share(flows)
    part.activeSlots = atLeastOne(activeSlots)
    part.durationNanoseconds = share(durationNanoseconds)
    part.outcome.answered = atLeastOne(outcome.answered)
    part.outcome.refused = share(outcome.refused)
    part.outcome.reset = share(outcome.reset)
    part.outcome.unreachable = share(outcome.unreachable)
    part.outcome.midstream = share(outcome.midstream)
    part.first = from
    part.last = until.map { Timestamp(nanoseconds: $0.nanoseconds - 1) } ?? last
    return part
  }
}

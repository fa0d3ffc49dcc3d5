import Interchange
import Inventory
import SyntheticTraffic
import Testing
import Topology

@Suite struct IdentityTests {
  private func inventory(_ yaml: String) throws -> Inventory { try Inventory(parsing: Array(yaml.utf8)) }

  /// Steady queries to a floating address that moves from db1 to db2 at 03:46:42.
  @Test(arguments: [300, 60, 10] as [UInt64]) func anAddressThatChangedHandsIsTwoNodes(windowSeconds: UInt64) throws {
    let inventory = try inventory(
      """
      nodes:
      - {name: db1, kind: vm, tenant: bank, addresses: [10.0.0.21, {address: 10.0.0.100, until: '2026-11-21T03:46:42Z'}]}
      - {name: db2, kind: vm, addresses: [{address: 10.0.0.100, from: '2026-11-21T03:46:42Z'}]}
      - {name: app, kind: container, addresses: [10.0.0.12]}
      """)
    let queries = Conversation(
      "10.0.0.12", "10.0.0.100", 5432, app: "postgresql", .database, at: (0..<300).map(Double.init), bytes: (300, 700))
    let graph = try Graphs.topology([queries], windowSeconds: windowSeconds, inventory: inventory)
    #expect(graph.strong == ["app db1:tcp:5432", "app db2:tcp:5432"])
    let before = try graph.edge("app", "db1:tcp:5432"), after = try graph.edge("app", "db2:tcp:5432")
    #expect(before.bytesToServer + after.bytesToServer == 300 * 300 && before.bytesToClient + after.bytesToClient == 300 * 700)
    // 102 of 300 seconds lie before the move.
    #expect((100 * 300...104 * 300).contains(before.bytesToServer), "\(before.bytesToServer)")
    #expect(before.last < after.first)
    #expect(graph.nodes.first { $0.id == "db1" }?.tenant == "bank" && graph.nodes.first { $0.id == "app" }?.kind == .container)
    #expect(!graph.metadata.coverage.contains { $0.kind == "unidentified_address" })
  }

  @Test func overlaysWithTheSameAddressesStayApart() throws {
    var one = ThreeTierLab.application(), other = one
    for place in one.indices { one[place].network = "vni:1" }
    for place in other.indices { other[place].network = "vni:2" }
    let graph = try Graphs.topology(one + other)
    #expect(graph.strong.count == 2 * ThreeTierLab.truth.count)
    #expect(
      graph.nodes.contains { $0.id == "vni:1/\(ThreeTierLab.db)" } && graph.nodes.contains { $0.id == "vni:2/\(ThreeTierLab.db):tcp:5432" })
  }

  @Test func aServiceNobodyRecognisedIsWhatTheInventoryCallsIt() throws {
    let inventory = try inventory("nodes: [{name: db, addresses: [10.0.0.2], ports: [{port: 9000, service: postgresql}]}]")
    let queries = Conversation("10.0.0.1", "10.0.0.2", 9000, at: (0..<100).map(Double.init), bytes: (300, 700))
    let graph = try Graphs.topology([queries], inventory: inventory)
    #expect(graph.nodes.first { $0.id == "db:tcp:9000" }?.service == Service(app: "postgresql", nature: .database, basis: .port))
    #expect(try graph.edge("10.0.0.1", "db:tcp:9000").nature.value == 1)
  }

  @Test func namesOfTheCaptureLabelWhatTheInventoryDoesNotKnow() throws {
    var builder = try TopologyBuilder(inventory: try inventory("nodes: [{name: db, addresses: [10.0.0.2]}]"))
    try builder.begin(EdgeStreamHeader(), name: "test")
    let queries = Conversation("10.0.0.1", "10.0.0.2", 80, at: [0, 1], bytes: (300, 700))
    var overlay = queries
    overlay.network = "vni:1"
    for edge in WindowedTraffic(windowSeconds: 300, start: Graphs.start).edges(of: [queries, overlay]) { builder.add(.edge(edge)) }
    for (address, names) in [
      ("10.0.0.1", ["web9", "web1"]), ("10.0.0.1", ["web1", "</x>"]), ("10.0.0.2", ["other"]), ("10.0.0.9", ["unseen"]),
    ] {
      builder.add(.name(NameRecord(address: try #require(IPAddress(address)), names: names)))
    }
    let graph = try builder.topology()
    let known = try #require(graph.nodes.first { $0.id == "db" }), named = try #require(graph.nodes.first { $0.id == "10.0.0.1" })
    #expect(named.label == "</x>" && named.names == ["</x>", "web1", "web9"] && named.namesFrom == "capture")
    #expect(known.label == "db" && known.names == [] && known.namesFrom == nil)
    // A capture does not say to which overlay its names belong.
    #expect(graph.nodes.first { $0.id == "vni:1/10.0.0.1" }?.label == "vni:1/10.0.0.1")
    #expect(try Topology(json: graph.json).nodes == graph.nodes)
  }

  @Test func oneNameForTwoThingsIsRefused() throws {
    let inventory = try inventory("nodes: [{name: 10.0.0.2, addresses: [10.0.0.1]}]")
    let queries = Conversation("10.0.0.1", "10.0.0.2", 80, at: [0, 1], bytes: (300, 700))
    #expect(throws: DocumentError.self) { try Graphs.topology([queries], inventory: inventory) }
  }

  @Test func machinesWithoutNamesOrTrafficAreInTheCoverage() throws {
    let inventory = try inventory("nodes: [{name: web, addresses: [\(ThreeTierLab.web)]}, {name: idle, addresses: [10.1.1.1]}]")
    let coverage = try Graphs.topology(ThreeTierLab.application(), inventory: inventory).metadata.coverage
    #expect(coverage.contains { $0.kind == "unseen_node" && $0.subject == "idle" })
    #expect(coverage.contains { $0.kind == "unidentified_address" && $0.subject == ThreeTierLab.db })
    #expect(!coverage.contains { $0.kind == "unidentified_address" && $0.subject == "web" })
    #expect(try !Graphs.topology(ThreeTierLab.application()).metadata.coverage.contains { $0.kind == "unidentified_address" })
  }
}

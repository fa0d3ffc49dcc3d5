import Interchange
import Inventory
import TestSupport
import Testing

@Suite struct InventoryLoadingTests {
  static let yaml = """
    schema: holdfast.inventory/1
    nodes:
    - name: db1
      kind: vm
      tenant: bank
      hypervisor: hv1
      image: postgres:15.4
      addresses:
      - address: 10.0.0.21
      - address: 10.0.0.100
        until: 2026-11-21T03:46:42Z
      software:
      - {name: postgresql, version: 15.10, paths: [/usr/lib/postgresql/15], server: postgres}
      ports:
      - {proto: tcp, port: 5432, service: postgresql}
      volumes:
      - {path: /var/lib/postgresql}
      snapshot: {driver: btrfs, volume: /srv/db1, quiesce: true}
      health: {command: [/usr/bin/pg_isready, -h, 10.0.0.21], timeout_s: 5}
      processes:
      - {name: postgres, role: server, ports: [5432]}
    - name: no
      colour: blue
    applications:
    - {name: payments, nodes: [db1]}
    owner: me
    """
  static let json = """
    {"schema":"holdfast.inventory/1","nodes":[{"name":"db1","kind":"vm","tenant":"bank","hypervisor":"hv1","image":"postgres:15.4",
    "addresses":[{"address":"10.0.0.21"},{"address":"10.0.0.100","until":"2026-11-21T03:46:42Z"}],
    "software":[{"name":"postgresql","version":"15.10","paths":["/usr/lib/postgresql/15"],"server":"postgres"}],
    "ports":[{"proto":"tcp","port":5432,"service":"postgresql"}],"volumes":[{"path":"/var/lib/postgresql"}],
    "snapshot":{"driver":"btrfs","volume":"/srv/db1","quiesce":true},
    "health":{"command":["/usr/bin/pg_isready","-h","10.0.0.21"],"timeout_s":5},
    "processes":[{"name":"postgres","role":"server","ports":[5432]}]},{"name":"no","colour":"blue"}],
    "applications":[{"name":"payments","nodes":["db1"]}],"owner":"me"}
    """

  @Test func yamlAndJSONSayTheSame() throws {
    let inventory = try Inventory(parsing: Array(Self.yaml.utf8))
    #expect(inventory == (try Inventory(parsing: Array(Self.json.utf8))))
    let db1 = try #require(inventory.node(named: "db1"))
    #expect(db1.kind == .vm && db1.tenant == "bank" && db1.hypervisor == "hv1" && db1.image == "postgres:15.4")
    #expect(db1.addresses.map(\.address.description) == ["10.0.0.21", "10.0.0.100"])
    #expect(db1.addresses[1].until == Timestamp(rfc3339: "2026-11-21T03:46:42Z"))
    #expect(db1.software == [.init(name: "postgresql", version: "15.10", paths: ["/usr/lib/postgresql/15"], server: "postgres")])
    #expect(db1.ports == [.init(proto: .tcp, port: 5432, service: "postgresql")])
    #expect(db1.snapshot == .init(driver: "btrfs", volume: "/srv/db1", settings: [.init("quiesce", .bool(true))]))
    #expect(db1.health == .init(command: ["/usr/bin/pg_isready", "-h", "10.0.0.21"], timeoutSeconds: 5))
    #expect(db1.processes == [.init(name: "postgres", role: .server, ports: [5432])])
    #expect(inventory.applications == [.init(name: "payments", nodes: ["db1"])])
  }

  @Test func unknownMembersAreListedAndNotRefused() throws {
    #expect(try Inventory(parsing: Array(Self.yaml.utf8)).unknownKeys == ["nodes[1].colour", "owner"])
  }

  @Test func aVersionKeepsTheTextItWasWrittenIn() throws {
    for written in ["1.10", "15", "'15.4'", "2e3"] {
      let inventory = try Inventory(parsing: Array("nodes: [{name: a, software: [{name: s, version: \(written)}]}]".utf8))
      #expect(inventory.nodes.first?.software.first?.version == written.replacing("'", with: ""))
    }
  }

  @Test func wordsOfOlderYAMLAreTexts() throws {
    for word in ["no", "on", "Yes", "1:30", "010", "0x1F", "1_000"] {
      #expect(try Inventory(parsing: Array("nodes: [{name: \(word)}]".utf8)).nodes.map(\.name) == [word])
    }
  }

  @Test(arguments: [
    ("nodes:\n- name: a\n  kind: blimp\n", "nodes[0].kind (line 3)"), ("nodes:\n- kind: vm\n", "nodes[0] (line 2)"),
    ("nodes:\n- name: a\n- name: a\n", "nodes[1].name (line 3)"),
    ("nodes:\n- name: a\n  ports:\n  - {port: 010}\n", "nodes[0].ports[0].port (line 4)"),
    ("nodes:\n- name: a\n  addresses:\n  - address: 10.0.0.300\n", "nodes[0].addresses[0].address (line 4)"),
    ("nodes:\n- name: a\n  name: b\n", "line "), ("nodes: [\n", "line "), ("a: [1\nb: 2", "line "),
    ("nodes: []\napplications:\n- {name: x, nodes: [y]}\n", "applications[0].nodes[0] (line 3)"),
    ("nodes:\n- {name: a, health: {command: [ls]}}\n", "nodes[0].health.command (line 2)"), ("{\"nodes\": [}", "byte 11"),
    ("schema: holdfast.edges/1\nnodes: []\n", "schema (line 1)"), ("{}", "document"), ("", "line 1"),
  ])
  func whatIsWrongIsSaidWithItsPlace(text: String, place: String) {
    do {
      _ = try Inventory(parsing: Array(text.utf8))
      Issue.record("accepted: \(text)")
    } catch { #expect("\(error)".contains(place), "\(error)") }
  }

  @Test func aliasesCannotMakeATreeWithoutBound() {
    var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    for level in 1...9 { text += "a\(level): &a\(level) [\((0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ","))]\n" }
    #expect(throws: DocumentError.self) { try Inventory(parsing: Array((text + "nodes: []\n").utf8)) }
  }
}

@Suite struct InventorySchemaTests {
  @Test func theSchemaHoldsWhatIsRead() throws {
    #expect(try Schemas.problems(Array(InventoryLoadingTests.json.utf8), kind: "inventory") == "")
  }

  @Test(arguments: [
    "{\"nodes\":[{\"name\":\"a\",\"kind\":\"blimp\"}]}", "{\"nodes\":[{}]}",
    "{\"nodes\":[{\"name\":\"a\",\"addresses\":[\"10.0.0.300\"]}]}",
  ])
  func whatIsRefusedIsAgainstTheSchemaToo(text: String) throws {
    #expect(try Schemas.problems(Array(text.utf8), kind: "inventory") != "")
    #expect(throws: DocumentError.self) { try Inventory(parsing: Array(text.utf8)) }
  }
}

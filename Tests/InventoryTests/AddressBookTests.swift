import Interchange
import Inventory
import Testing

@Suite struct AddressBookTests {
  private func book(_ yaml: String) throws -> AddressBook { try AddressBook(Inventory(parsing: Array(yaml.utf8))) }
  private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }
  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  static let floating = """
    nodes:
    - {name: db1, addresses: [10.0.0.21, {address: 10.0.0.100, until: '2026-11-21T03:46:42Z'}]}
    - {name: db2, addresses: [10.0.0.22, {address: 10.0.0.100, from: '2026-11-21T03:46:42Z'}]}
    """

  @Test func anAddressThatChangedHandsIsTwoMachines() throws {
    let book = try book(Self.floating)
    let floating = try address("10.0.0.100")
    #expect(book.node(of: floating, at: try time("2026-11-21T03:46:41.999999999Z")) == "db1")
    #expect(book.node(of: floating, at: try time("2026-11-21T03:46:42Z")) == "db2")
    let stretches = book.stretches(of: floating, from: try time("2026-11-21T03:45:00Z"), through: try time("2026-11-21T03:50:00Z"))
    #expect(
      stretches == [
        .init(from: try time("2026-11-21T03:45:00Z"), node: "db1"), .init(from: try time("2026-11-21T03:46:42Z"), node: "db2"),
      ])
    #expect(
      book.stretches(of: floating, from: try time("2026-11-21T03:47:00Z"), through: try time("2026-11-21T03:50:00Z")).map(\.node) == ["db2"]
    )
  }

  @Test func anAddressNobodyNamesHasNoMachine() throws {
    let book = try book(Self.floating)
    #expect(book.node(of: try address("10.0.0.99"), at: try time("2026-11-21T03:46:42Z")) == nil)
    #expect(book.stretches(of: try address("::1"), from: .init(nanoseconds: 0), through: .init(nanoseconds: 9)).map(\.node) == [nil])
  }

  @Test func twoMachinesWithOneAddressAtATimeAreRefusedByName() throws {
    let yaml = """
      nodes:
      - {name: left, addresses: [{address: 10.0.0.1, until: '2026-01-02T00:00:00Z'}]}
      - {name: right, addresses: [{address: 10.0.0.1, from: '2026-01-01T00:00:00Z'}]}
      """
    do {
      _ = try book(yaml)
      Issue.record("accepted")
    } catch let error as DocumentError {
      let text = "\(error)"
      #expect(text.contains("«left»") && text.contains("«right»") && text.contains("10.0.0.1"), "\(text)")
    }
  }

  @Test func aNetworkOfItsOwnComesBeforeTheGeneralAddress() throws {
    let book = try book("nodes: [{name: plain, addresses: [10.0.0.1]}, {name: tenant, addresses: [{address: 10.0.0.1, network: 'vni:7'}]}]")
    let now = Timestamp(nanoseconds: 0)
    #expect(book.node(of: try address("10.0.0.1"), network: "vni:7", at: now) == "tenant")
    #expect(book.node(of: try address("10.0.0.1"), network: "vni:8", at: now) == "plain")
    #expect(book.node(of: try address("10.0.0.1"), at: now) == "plain")
  }
}

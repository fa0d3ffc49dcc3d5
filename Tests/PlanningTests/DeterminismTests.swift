import ContentDigests
import Interchange
import Planning
import TestSupport
import Testing

@Suite struct DeterminismTests {
  @Test(arguments: 0..<20) func theSameInputsInAnyOrderGiveTheSameBytes(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let names = (0..<8).map { "n\($0)" }
    var world = SmallWorld()
    for _ in 0..<20 {
      let (a, b) = (Int.random(in: 0..<8, using: &random), Int.random(in: 0..<8, using: &random))
      guard a != b, !world.edges.contains(where: { $0.source == names[a] && $0.target.hasPrefix(names[b]) }) else { continue }
      world.depend(
        names[a], on: names[b], port: 5432, Nature.allCases.randomElement(using: &random) ?? .web,
        score: Double(Int.random(in: 0...10, using: &random)) / 10, certain: Bool.random(using: &random),
        answered: Bool.random(using: &random))
    }
    let target = try #require(world.nodes.keys.sorted().first { !$0.contains(":") })
    func bytes(_ topology: Topology, _ tree: JSONValue) throws -> [UInt8] {
      let planner = Planner(topology: topology, inventory: try Inventory(json: tree), inventoryTree: tree, policy: Policy())
      return SealedManifest(try planner.plan(targets: [.node(target)], command: ["/bin/true"])).bytes
    }
    let applications = [("a", ["n1", "n2"]), ("b", ["n2", "n3", "n4"])]
    let first = try bytes(world.topology, SmallWorld.inventory(saving: names, applications: applications))
    var shuffled = world.topology
    shuffled.nodes.shuffle(using: &random)
    shuffled.edges.shuffle(using: &random)
    let tree = SmallWorld.inventory(saving: names.shuffled(using: &random), applications: applications.reversed())
    #expect(try bytes(shuffled, tree) == first, "seed \(seed)")
  }

  @Test func thePolicyOfEveryMemberIsReadBack() throws {
    var policy = Policy()
    policy.threshold = 0.5
    policy.hopsMax = 5
    policy.always = ["b", "a"]
    policy.command = .any
    policy.unprotected = .report
    let again = try Policy(parsing: policy.json.prettyBytes)
    #expect(again.json == policy.json)
    #expect(throws: DocumentError.self) { try Policy(parsing: Array("treshold: 0.5\n".utf8)) }
    #expect(throws: DocumentError.self) { try Policy(parsing: Array("decay: 1.5\n".utf8)) }
    #expect(throws: DocumentError.self) { try Policy(parsing: Array("always: [a]\nnever: [a]\n".utf8)) }
    #expect(try Policy(parsing: Array("threshold: 0.5\n".utf8)).threshold == 0.5)
  }

  @Test func theInputDigestIsTheTopologysOwn() throws {
    let bytes = try Repository.fixtureBytes("golden.topology.json")
    let stated = try JSONValue(parsing: bytes)["graph"]?["metadata"]?["digest"]?.string
    let planner = Planner(topology: try Topology(sealed: bytes), inventory: Inventory(), inventoryTree: .object([]), policy: Policy())
    #expect(try planner.plan(targets: [.node("db1")], command: []).inputs.topology == stated)
  }
}

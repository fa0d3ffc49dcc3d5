import ContentDigests
import Interchange
import Planning
import Testing

@Suite struct AffectedSetTests {
  private func plan(
    _ world: SmallWorld, _ target: String = "app1", policy: Policy = Policy(), saving: [String] = ["web1", "app1", "db1", "mq1", "dns1"],
    applications: [(String, [String])] = []
  ) throws -> Manifest {
    let tree = SmallWorld.inventory(saving: saving, applications: applications)
    return try Planner(topology: world.topology, inventory: try Inventory(json: tree), inventoryTree: tree, policy: policy)
      .plan(targets: [Target(target)], command: ["/bin/true"])
  }

  private func member(_ manifest: Manifest, _ node: String) -> Manifest.Affected? { manifest.affected.first { $0.node == node } }
  private func miss(_ manifest: Manifest, _ node: String) -> Manifest.Considered? { manifest.considered.first { $0.node == node } }

  @Test func whatTheTargetWritesToAndWhoDependsOnItAreAffected() throws {
    var world = SmallWorld()
    world.depend("web1", on: "app1", port: 8080, .web)
    world.depend("app1", on: "db1")
    world.depend("db1", on: "mq1", port: 5672, .messaging)
    let manifest = try plan(world)
    #expect(manifest.affected.map(\.node) == ["app1", "db1", "web1", "mq1"])
    #expect(member(manifest, "db1")?.role == .writesTo)
    #expect(member(manifest, "web1")?.role == .dependsOn)
    #expect(member(manifest, "mq1")?.path.map(\.target) == ["db1:tcp:5432", "mq1:tcp:5672"])
    #expect(member(manifest, "mq1")?.score == 0.9 * 0.8)
    let mayBeSaved = manifest.affected.allSatisfy(\.snapshot)
    #expect(mayBeSaved)
  }

  @Test func dependentsAreSavedFirstAndPutBackLast() throws {
    var world = SmallWorld()
    world.depend("web1", on: "app1", port: 8080, .web)
    world.depend("app1", on: "db1")
    let manifest = try plan(world, applications: [("payments", ["db1", "web1", "app1"])])
    #expect(manifest.snapshots.map(\.node) == ["web1", "app1", "db1"])
    #expect(manifest.snapshots.map(\.group) == ["payments", "payments", "payments"])
    #expect(manifest.restore == ["3", "2", "1"])
  }

  @Test func infrastructureDragsNothingIn() throws {
    var world = SmallWorld()
    world.depend("app1", on: "dns1", port: 53, .naming)
    world.depend("web1", on: "dns1", port: 53, .naming)
    let manifest = try plan(world)
    #expect(manifest.affected.map(\.node) == ["app1"])
    #expect(miss(manifest, "dns1")?.whyNot.contains("shared infrastructure") == true)
    let ofTheServer = try plan(world, "dns1")
    #expect(ofTheServer.affected.map(\.node) == ["dns1"])
  }

  @Test(arguments: [(certain: true, answered: false), (certain: false, answered: true)])
  func evidenceThatOneSideCouldHaveForgedChoosesNoSnapshot(certain: Bool, answered: Bool) throws {
    var world = SmallWorld()
    world.depend("app1", on: "db1", score: 1, certain: certain, answered: answered)
    world.depend("web1", on: "app1", port: 8080, .web, score: 1, certain: certain, answered: answered)
    let manifest = try plan(world)
    #expect(manifest.affected.map(\.node) == ["app1"])
    #expect(manifest.snapshots.map(\.node) == ["app1"])
    #expect(miss(manifest, "db1")?.whyNot.contains("forged") == true)
    #expect(miss(manifest, "web1")?.whyNot.contains("forged") == true)
  }

  @Test func weakDependenciesAreNearMisses() throws {
    var world = SmallWorld()
    world.depend("app1", on: "db1", score: 0.34)
    let manifest = try plan(world)
    #expect(member(manifest, "db1") == nil)
    #expect(miss(manifest, "db1")?.whyNot == "app1 → db1:tcp:5432 is weak: 0.34, expected at least 0.35")
    world.coverage = [.init(kind: "gap_in_time", subject: "tap", detail: "nothing for an hour")]
    let wider = try plan(world)
    #expect(member(wider, "db1") != nil, "where coverage is poor the plan is wider")
    #expect(wider.coverage.contains { $0.kind == "wider_plan" })
  }

  @Test func aChainFadesAndEndsAtTheHopLimit() throws {
    var world = SmallWorld()
    for (a, b) in [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")] { world.depend(a, on: b, score: 0.9) }
    let manifest = try plan(world, "a", saving: [])
    #expect(manifest.affected.map(\.node) == ["a", "b", "c", "d"])
    #expect(miss(manifest, "e")?.whyNot == "it is 4 dependencies away, expected at most 3")
    var policy = Policy()
    policy.decay = 0.4
    let shorter = try plan(world, "a", policy: policy, saving: [])
    #expect(shorter.affected.map(\.node) == ["a", "b", "c"])
    #expect(miss(shorter, "d")?.whyNot.hasPrefix("only 0.14 is left") == true)
  }

  @Test func thePolicySaysAlwaysAndNever() throws {
    var world = SmallWorld()
    world.depend("app1", on: "db1")
    var policy = Policy()
    policy.always = ["web1"]
    policy.never = ["db1"]
    let manifest = try plan(world, policy: policy)
    #expect(manifest.affected.map(\.node) == ["app1", "web1"])
    #expect(member(manifest, "web1")?.role == .policy)
    #expect(miss(manifest, "db1")?.whyNot == "the policy says never")
  }

  @Test func nodesOfThePolicyThatNobodyKnowsAreNoted() throws {
    var world = SmallWorld()
    world.depend("app1", on: "db1")
    var policy = Policy()
    policy.always = ["wbe1"]
    policy.never = ["db1", "bd1"]
    let noted = try plan(world, policy: policy).coverage.filter { $0.kind == "unknown_policy_node" }
    #expect(noted.map(\.subject) == ["wbe1", "bd1"])
  }

  @Test func whatIsChangedOrSavedWithoutAHealthCheckIsNoted() throws {
    var world = SmallWorld()
    world.depend("app1", on: "db1")
    world.depend("web1", on: "app1", port: 8080, .web)
    let tree = SmallWorld.inventory(saving: ["db1"])
    let inventory = try Inventory(json: tree)
    let manifest = try Planner(topology: world.topology, inventory: inventory, inventoryTree: tree, policy: Policy())
      .plan(targets: [.node("app1")], command: [])
    let unchecked = ["app1", "db1"].filter { inventory.node(named: $0)?.health == nil }
    #expect(unchecked.contains("app1"))
    let noted = manifest.coverage.filter { $0.kind == "no_health_check" }
    #expect(noted.map(\.subject) == unchecked, "web1 is neither changed nor saved")
    let text = ManifestText(SealedManifest(manifest)).text
    #expect(text.contains("app1 has no health check: a damaged upgrade would be accepted"))
  }

  @Test func aStoreThatCannotBeSavedFailsThePlan() throws {
    var world = SmallWorld()
    world.depend("app1", on: "db1")
    world.depend("web1", on: "app1", port: 8080, .web)
    let manifest = try plan(world, saving: ["app1"])
    #expect(manifest.checks.filter { $0.kind == .unprotected }.map(\.node) == ["db1"])
    #expect(manifest.checks.first?.required == true)
    var policy = Policy()
    policy.unprotected = .report
    #expect(try plan(world, policy: policy, saving: ["app1"]).checks.first?.required == false)
  }

  @Test func whatAnswersIsHeldAndWhatWasOnlyScannedIsNot() throws {
    var world = SmallWorld()
    world.depend("web1", on: "app1", port: 8080, .web)
    world.depend("db1", on: "app1", port: 22, .remoteShell, score: 0.01, answered: false)
    let hold = try plan(world).hold
    #expect(hold.map(\.port) == [8080])
    #expect(hold.first?.clients.map(\.node) == ["web1"])
  }

  @Test func wholeGroupsComeInWithOneOfThem() throws {
    var policy = Policy()
    policy.wholeGroups = true
    var world = SmallWorld()
    world.depend("app1", on: "dns1", port: 53, .naming)
    let manifest = try plan(world, policy: policy, applications: [("payments", ["mq1", "app1"])])
    #expect(manifest.affected.map(\.role) == [.target, .sharedGroup])
    #expect(manifest.snapshots.map(\.node) == ["app1", "mq1"])
  }

  @Test func unknownTargetsAndMissingCommandsAreRefused() throws {
    var world = SmallWorld()
    world.depend("app1", on: "db1")
    #expect(throws: PlanningError.unknownTarget("software=mysql")) { try plan(world, "software=mysql") }
    var policy = Policy()
    policy.command = .exact
    let tree = SmallWorld.inventory(saving: ["app1"])
    let planner = Planner(topology: world.topology, inventory: try Inventory(json: tree), inventoryTree: tree, policy: policy)
    #expect(throws: PlanningError.noCommand) { try planner.plan(targets: [.node("app1")], command: []) }
  }
}

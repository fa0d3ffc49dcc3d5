import ContentDigests
import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct SnapplanToolTests {
  private let topology = Repository.fixture("golden.topology.json").path
  private let scratch: Scratch
  private let inventory: String

  init() throws {
    scratch = try Scratch()
    inventory = try scratch.write(
      "inventory.yaml",
      Array(
        """
        schema: holdfast.inventory/1
        nodes:
        - name: db1
          software: [{name: postgresql}]
          snapshot: {driver: btrfs, volume: /srv/db1}
          health: {command: [/bin/true]}
          service: {stop: [/bin/false], start: [/bin/true]}
        - name: app1
        applications: [{name: payments, nodes: [db1]}]
        """.utf8))
  }

  @Test func aPlanIsMadeAndExplained() throws {
    let made = try Tools.run("snapplan", [topology, "--inventory", inventory, "--target", "db1", "--", "/bin/upgrade", "--now"])
    #expect(made.status == 0, "\(made.messages)")
    #expect(try Schemas.problems(made.output, kind: "manifest") == "")
    let manifest = try SealedManifest(sealed: made.output).manifest
    #expect(manifest.upgrade.argv == ["/bin/upgrade", "--now"] && manifest.upgrade.command == .exact)
    #expect(manifest.snapshots.map(\.volume) == ["/srv/db1"])
    #expect(manifest.services.map(\.stop) == [["/bin/false"]])
    let again = try Tools.shell("snapplan --target db1 --inventory \(inventory) -- /bin/upgrade --now < \(topology)")
    #expect(again.output == made.output, "the same bytes from a pipe")
    let words = try Tools.run("snapplan", ["explain"], input: made.output)
    #expect(words.status == 0 && words.text.contains("app1 → db1:tcp:5432"))
  }

  @Test(arguments: ["software=postgresql", "application=payments", "db1"]) func targetsAreSelections(target: String) throws {
    let made = try Tools.run("snapplan", [topology, "--inventory", inventory, "--target", target])
    #expect(try SealedManifest(sealed: made.output).manifest.change == .init(targets: [target], nodes: ["db1"]))
  }

  @Test func whatThePlanLacksIsWarnedOf() throws {
    let policy = try scratch.write("policy.yaml", Array("never: [legcay1]\n".utf8))
    let made = try Tools.run("snapplan", [topology, "--inventory", inventory, "--target", "app1", "--policy", policy])
    #expect(made.status == 0)
    #expect(made.messages.contains("warning: app1 has no health check: a damaged upgrade would be accepted"))
    #expect(made.messages.contains("warning: the policy names legcay1 in «never»"))
    #expect(!made.messages.contains("db1 has no health check"))
    #expect(try Schemas.problems(made.output, kind: "manifest") == "")
    let words = try Tools.run("snapplan", ["explain"], input: made.output)
    #expect(words.text.contains("app1 has no health check") && words.text.contains("legcay1"))
    let cut = try Tools.run("snapplan", ["explain"], input: made.output.dropLast())
    #expect(cut.status == 65, "without its final newline it may be cut off")
  }

  @Test func unusableInputIsRefused() throws {
    #expect(try Tools.run("snapplan", [topology]).status == 64)
    #expect(try Tools.run("snapplan", [topology, "--target", "nobody"]).status == 64)
    #expect(try Tools.run("snapplan", [scratch.path("absent"), "--target", "db1"]).status == 66)
    let bytes = try Repository.fixtureBytes("golden.topology.json")
    for cut in [0, bytes.count / 3, bytes.count - 2] {
      let path = try scratch.write("cut", Array(bytes[..<cut]))
      let result = try Tools.run("snapplan", [path, "--target", "db1", "-o", scratch.path("out")])
      #expect(result.status == 65 && !FileManager.default.fileExists(atPath: scratch.path("out")), "cut at \(cut)")
    }
    let policy = try scratch.write("policy.yaml", Array("treshold: 1\n".utf8))
    #expect(try Tools.run("snapplan", [topology, "--target", "db1", "--policy", policy]).status == 65)
  }
}

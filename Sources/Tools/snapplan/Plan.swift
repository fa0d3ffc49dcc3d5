import ArgumentParser
import ContentDigests
import Interchange
import Inventory
import Planning
import ToolSupport

struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a manifest.", discussion: "What follows -- is the upgrade; if it is given, snapexec will run no other.")

  @Argument(help: ArgumentHelp("The topology; - is standard input.", valueName: "topology"))
  var topology = "-"

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What changes: a node, software=…, image=…, tenant=… or application=…; may be given several times.", valueName: "target"))
  var target: [String]

  @Option(name: .long, help: ArgumentHelp("The inventory, YAML or JSON.", valueName: "file"))
  var inventory: String?

  @Option(name: .long, help: ArgumentHelp("The policy, YAML or JSON; without it the defaults.", valueName: "file"))
  var policy: String?

  @Argument(parsing: .postTerminator, help: ArgumentHelp("The upgrade and its arguments, after --.", valueName: "command"))
  var command: [String] = []

  @OptionGroup var common: CommonOptions

  func run() throws {
    let diagnostics = common.diagnostics(tool: "snapplan")
    try runTool(diagnostics) {
      let topology = try reading(topology) { (bytes) throws(DocumentError) in try Topology(sealed: bytes) }
      let tree = try inventory.map { path in
        try reading(path) { (bytes) throws(DocumentError) in try DocumentTree(parsing: bytes) }
      }
      let known = try inventory.map { path in try inventory(tree, path) } ?? Inventory()
      for key in known.unknownKeys { diagnostics.warning("\(inventory ?? "inventory"): «\(key)» is unknown and was left out") }
      let rules = try policy.map { path in
        try reading(path) { (bytes) throws(DocumentError) in try Policy(parsing: bytes) }
      }
      let planner = Planner(
        topology: topology, inventory: known, inventoryTree: tree?.tree ?? .object([]), policy: rules ?? Policy())
      let manifest: Manifest
      do { manifest = try planner.plan(targets: target.map { Target($0) }, command: command) } catch {
        throw ToolFailure(.usage, "\(error); no plan was made")
      }
      for check in manifest.checks where check.kind == .unprotected { diagnostics.warning(check.detail) }
      for warning in ManifestText.warnings(manifest) { diagnostics.warning(warning) }
      try common.write(SealedManifest(manifest).bytes)
      return .done
    }
  }

  private func inventory(_ tree: DocumentTree?, _ path: String) throws -> Inventory {
    guard let tree else { return Inventory() }
    do { return try Inventory(json: tree.tree) } catch { throw tree.placed(error).naming(path) }
  }
}

/// Reads a document of a file; an error names the file.
func reading<Document>(_ path: String, _ read: ([UInt8]) throws(DocumentError) -> Document) throws -> Document {
  let bytes = try readDocument(path: path)
  do { return try read(bytes) } catch { throw error.naming(path) }
}

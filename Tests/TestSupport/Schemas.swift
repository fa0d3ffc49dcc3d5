import Foundation

/// Checks documents against the JSON Schemas of docs/formats, with PyPI's `jsonschema`.
public enum Schemas {
  /// What is wrong with a document; empty where nothing is. `kind` is edges, topology, manifest, report, inventory or policy.
  public static func problems(_ bytes: [UInt8], kind: String) throws -> String {
    let scratch = try Scratch()
    let file = try scratch.write("document", bytes)
    let checker = Repository.root.appending(path: "scripts/check-document").path
    let result = try Tools.run(executable: checker, [kind, file])
    return result.status == 0 ? "" : result.text + result.messages + "(exit \(result.status))"
  }
}

import Interchange

/// A text of YAML or JSON (one that begins with `{`) as a tree, with the places of its values for messages.
public struct DocumentTree {
  /// The document.
  public let tree: JSONValue
  private let yaml: YAMLDocument?

  /// Reads a text; throws with the line (YAML) or byte (JSON) at which it is none.
  public init(parsing bytes: [UInt8]) throws(DocumentError) {
    let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    if bytes.first(where: { !space.contains($0) }) == 0x7B {
      tree = try JSONValue(parsing: bytes)
      yaml = nil
    } else {
      let document = try YAMLDocument(parsing: bytes)
      tree = document.tree
      yaml = document
    }
  }

  /// The same error with the line of what it speaks of, where that is known.
  public func placed(_ error: DocumentError) -> DocumentError { yaml?.placed(error) ?? error }
}

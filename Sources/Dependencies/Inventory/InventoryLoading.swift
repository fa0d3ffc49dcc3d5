import Interchange

extension Inventory {
  /// Reads an inventory from YAML or JSON bytes; a text that begins with `{` is JSON.
  ///
  /// Throws with the line (YAML) or byte (JSON) where the text itself is wrong, else with the path of the member, and for YAML its line.
  public init(parsing bytes: [UInt8]) throws(DocumentError) {
    let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    if bytes.first(where: { !space.contains($0) }) == 0x7B {
      try self.init(json: try JSONValue(parsing: bytes))
      return
    }
    let document = try YAMLDocument(parsing: bytes)
    do { try self.init(json: document.tree) } catch { throw document.placed(error) }
  }
}

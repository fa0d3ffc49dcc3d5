import Crypto
import Interchange

/// SHA-256 content ids of documents: `sha256:` and 64 hexadecimal digits.
public enum ContentDigest {
  /// The id of some bytes.
  public static func of(_ bytes: [UInt8]) -> String {
    "sha256:"
      + SHA256.hash(data: bytes).map { byte in
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
      }.joined()
  }

  /// The id of a JSON text's content: taken over its compact form, so that white space does not matter.
  public static func of(_ json: JSONValue) -> String { of(json.compactBytes) }
}

extension Topology {
  /// The document with `graph.metadata.digest`: the id of all of its content but that member.
  public var sealedJSON: JSONValue {
    let digest = ContentDigest.of(json)
    return json.replacing(path: ["graph", "metadata"]) { metadata in
      guard case .object(let members) = metadata else { return metadata }
      return .object([.init("digest", .string(digest))] + members)
    }
  }

  /// Reads a topology and checks its digest: a document in which a byte was changed is refused, and so is one that was cut, be it
  /// by no more than the newline at its end.
  public init(sealed bytes: [UInt8]) throws(DocumentError) {
    guard bytes.last == 0x0A else {
      throw DocumentError(at: .byte(bytes.count), found: "the end of the text", expected: "a newline before it")
    }
    let tree = try JSONValue(parsing: bytes)
    guard let stated = tree["graph"]?["metadata"]?["digest"]?.string else {
      throw DocumentError(at: .path("graph.metadata"), found: "no «digest»", expected: "«digest»")
    }
    let actual = ContentDigest.of(tree.replacing(path: ["graph", "metadata"]) { $0.removing("digest") })
    guard stated == actual else { throw DocumentError(at: .path("graph.metadata.digest"), found: stated, expected: actual) }
    try self.init(json: tree)
  }
}

extension JSONValue {
  /// This tree with the value at a path of member names changed.
  func replacing(path: ArraySlice<String>, _ change: (JSONValue) -> JSONValue) -> JSONValue {
    guard let key = path.first else { return change(self) }
    guard case .object(let members) = self else { return self }
    return .object(members.map { $0.key == key ? Member(key, $0.value.replacing(path: path.dropFirst(), change)) : $0 })
  }
}

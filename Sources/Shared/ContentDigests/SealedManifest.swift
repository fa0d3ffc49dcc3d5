import Interchange

/// A manifest with the id of its content and the bytes that it was read from.
public struct SealedManifest: Sendable {
  /// `sha256:` and 64 hexadecimal digits, over the compact form of all but `id`.
  public let id: String
  /// What it says.
  public let manifest: Manifest
  /// The bytes that were checked: whoever keeps a copy keeps these.
  public let bytes: [UInt8]

  /// Reads a manifest and checks its id; what was checked is what is read. Throws where a byte of the content was changed.
  public init(sealed bytes: [UInt8]) throws(DocumentError) {
    guard bytes.last == 0x0A else {
      throw DocumentError(at: .byte(bytes.count), found: "the end of the text", expected: "a newline before it")
    }
    let tree = try JSONValue(parsing: bytes)
    guard let stated = tree["id"]?.string else { throw DocumentError(at: .path("manifest"), found: "no «id»", expected: "«id»") }
    let actual = ContentDigest.of(tree.removing("id"))
    guard stated == actual else { throw DocumentError(at: .path("manifest.id"), found: stated, expected: actual) }
    manifest = try Manifest(json: tree)
    id = actual
    self.bytes = bytes
  }

  /// Seals a manifest.
  public init(_ manifest: Manifest) {
    let payload = manifest.json
    id = ContentDigest.of(payload)
    self.manifest = manifest
    var members = payload.object ?? []
    members.insert(.init("id", .string(id)), at: min(1, members.count))
    bytes = JSONValue.object(members).prettyBytes
  }

  /// The id's hexadecimal digits.
  public var digits: String { String(id.dropFirst("sha256:".count)) }
}

import ContentDigests
import Interchange
import Planning
import TestSupport
import Testing

/// fixtures/golden.manifest.json has a member of every kind; its id was computed by another program.
@Suite struct GoldenManifestTests {
  private let bytes: [UInt8]
  init() throws { bytes = try Repository.fixtureBytes("golden.manifest.json") }

  @Test func itIsReadAndWrittenAgainTheSame() throws {
    let sealed = try SealedManifest(sealed: bytes)
    #expect(SealedManifest(sealed.manifest).bytes == bytes)
    #expect(SealedManifest(sealed.manifest).id == sealed.id)
    #expect(try Schemas.problems(bytes, kind: "manifest") == "")
  }

  @Test func everyPrefixIsRefused() throws {
    for count in 0..<bytes.count {
      #expect(throws: DocumentError.self, "the first \(count) bytes") { try SealedManifest(sealed: Array(bytes[..<count])) }
    }
  }

  @Test func everyFlippedBitIsRefused() throws {
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= 1 << UInt8(place % 8)
      // 0 after a decimal point and the like are numbers of other text: the id is taken over the text.
      #expect(throws: DocumentError.self, "byte \(place)") { try SealedManifest(sealed: damaged) }
    }
  }

  @Test func membersThatNobodyKnowsAreRefused() throws {
    let tree = try JSONValue(parsing: bytes).removing("id")
    let grown = JSONValue.object((tree.object ?? []) + [.init("rolling", .bool(true))])
    #expect(throws: DocumentError.self) { try Manifest(json: grown) }
  }

  @Test func ordersThatDoNotFitTogetherAreRefused() throws {
    var manifest = try SealedManifest(sealed: bytes).manifest
    manifest.restore = ["1", "1"]
    #expect(throws: DocumentError.self) { try SealedManifest(sealed: SealedManifest(manifest).bytes) }
    manifest = try SealedManifest(sealed: bytes).manifest
    manifest.snapshots[0].id = "../1"
    #expect(throws: DocumentError.self) { try SealedManifest(sealed: SealedManifest(manifest).bytes) }
  }

  @Test func theWordsNameEveryMemberWithItsPath() throws {
    let sealed = try SealedManifest(sealed: bytes)
    let text = ManifestText(sealed).text
    for member in sealed.manifest.affected {
      #expect(text.contains(member.node) && text.contains(member.reason))
      for hop in member.path { #expect(text.contains("\(hop.source) → \(hop.target)")) }
    }
    for miss in sealed.manifest.considered { #expect(text.contains(miss.whyNot)) }
    for snapshot in sealed.manifest.snapshots { #expect(text.contains(snapshot.volume)) }
  }
}

import ContentDigests
import Interchange
import TestSupport
import Testing

@Suite struct GoldenTopologyTests {
  private func golden() throws -> [UInt8] { try Repository.fixtureBytes("golden.topology.json") }

  @Test func itIsReadAndWrittenAgainToTheByte() throws {
    let bytes = try golden()
    let topology = try Topology(sealed: bytes)
    #expect(topology.nodes.map(\.id) == ["10.0.0.66", "app1", "app1:tcp:45678", "db1", "db1:tcp:5432"])
    #expect(topology.edges.map(\.weak) == [true, false, true])
    #expect(topology.edges.map(\.certain) == [true, true, false])
    #expect(topology.metadata.coverage.map(\.kind) == ["damaged_source", "uncertain_direction", "unidentified_address"])
    #expect(topology.sealedJSON.prettyBytes == bytes)
  }

  @Test func itsScoresFollowFromItsCriteria() throws {
    for edge in try Topology(sealed: golden()).edges {
      let activity = edge.frequency.value * (0.5 + 0.35 * edge.volume.value + 0.15 * edge.duration.value)
      let trust = try #require(edge.trust)
      #expect(abs(edge.nature.value * activity * trust.value - edge.score) < 0.000_06)
    }
  }

  @Test func theSchemaHoldsIt() throws { #expect(try Schemas.problems(golden(), kind: "topology") == "") }

  @Test func theSchemaRefusesAScoreAboveOne() throws {
    let text = String(decoding: try golden(), as: UTF8.self).replacing("\"score\": 1.0000", with: "\"score\": 1.5000")
    #expect(try Schemas.problems(Array(text.utf8), kind: "topology").contains("1.5"))
  }

  @Test func everyCutIsRefused() throws {
    let bytes = try golden()
    for length in 0..<bytes.count {
      #expect(throws: DocumentError.self, "first \(length) bytes") { try Topology(sealed: Array(bytes[..<length])) }
    }
  }

  @Test func aFlippedBitIsRefusedWhereverItIs() throws {
    let bytes = try golden()
    let original = try JSONValue(parsing: bytes)
    var random = SeededRandom(seed: 20_261_121)
    for place in bytes.indices {
      var flipped = bytes
      flipped[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      // White space between the values is not part of what the document says.
      if (try? Topology(sealed: flipped)) != nil { #expect(try JSONValue(parsing: flipped) == original, "byte \(place)") }
    }
  }
}

import TestSupport
import Testing

/// `scripts/check-document edges` finds what a reader of the stream would not mind.
@Suite struct CheckDocumentTests {
  @Test(arguments: [
    ("\"flows\":3", "\"flows\":2.5", "line 2: frequency/flows"),
    ("\"basis\":\"handshake\",\"certain\":true", "\"basis\":\"handshake\",\"certain\":false", "line 2: direction"),
    ("03:45:00.5Z", "03:45:00.50Z", "line 2: first"),
    ("\"10.0.0.11\"", "\"10.0.0.256\"", "line 2: client"),
    ("\"proto\":\"tcp\"", "\"proto\":6", "line 2: proto"),
    ("\"slots\":60}", "\"slots\":60,\"more\":1}", "unknown members ['more']"),
    ("\"port\":5432,", "\"port\":5432,\"port\":5432,", "stands twice"),
    ("\"port\":5432,", "\"port\": 5432,", "white space"), ("\"server\":\"10.0.0.21\"", "\"server\":\"10.0.0.60\"", "line 3: out of order"),
    ("\"p50_s\":0.000200704", "\"p50_s\":0.0002", "p50_s is 0.0002"),
    ("\"bytes_to_server\":5210", "\"bytes_to_server\":5211", "edges hold"),
    ("\"packets\":6", "\"packets\":7", "packets are not conserved"),
    ("\"proto\":\"tcp\",\"port\":5432", "\"port\":5432,\"proto\":\"tcp\"", "members out of order"),
  ])
  func whatNoReaderWouldMindIsFound(right: String, wrong: String, problem: String) throws {
    let plain = String(decoding: try Repository.fixtureBytes("golden-plain.edges.ndjson"), as: UTF8.self)
    #expect(plain.contains(right))
    let lines = plain.replacing(right, with: wrong, maxReplacements: 1).split(separator: "\n").dropLast().map(String.init)
    let found = try Schemas.problems(Array((lines.joined(separator: "\n") + "\n").utf8), kind: "edges")
    #expect(found.contains(problem), "\(found)")
  }

  @Test func aWrongDigestAndAWrongCountAreFound() throws {
    let plain = String(decoding: try Repository.fixtureBytes("golden-plain.edges.ndjson"), as: UTF8.self)
    #expect(try Schemas.problems(Array(plain.replacing("postgresql", with: "postgresqk").utf8), kind: "edges").contains("digest"))
    #expect(
      try Schemas.problems(Array(plain.replacing("\"records\":4", with: "\"records\":5").utf8), kind: "edges").contains(
        "5 records stated, 4"))
    #expect(try Schemas.problems(Array(plain.dropLast().utf8), kind: "edges").contains("no newline"))
  }
}

import ContentDigests
import Interchange
import TestSupport
import Testing

@Suite struct ContentDigestTests {
  @Test(arguments: [
    // FIPS 180-2, appendix B.
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
  ])
  func digestsAreThoseOfTheStandard(text: String, digest: String) { #expect(ContentDigest.of(Array(text.utf8)) == "sha256:" + digest) }

  @Test func whiteSpaceDoesNotMatter() throws {
    let value = try JSONValue(parsing: Array("{\"a\" : [1, 2.50], \"b\":\"\\u0041\"}".utf8))
    #expect(ContentDigest.of(value) == ContentDigest.of(Array("{\"a\":[1,2.50],\"b\":\"A\"}".utf8)))
    #expect(ContentDigest.of(value) == ContentDigest.of(try JSONValue(parsing: value.prettyBytes)))
  }
}

@Suite struct SealedTopologyTests {
  private func topology() -> Topology {
    let time = Timestamp(nanoseconds: 1_795_232_700_000_000_000)
    let criterion = TopologyEdge.Criterion(value: 0.5, figures: [.init("bytes", .integer(23554))], reason: "23,554 bytes")
    return Topology(
      nodes: [
        TopologyNode(id: "app1", label: "app1", kind: .vm, tenant: "bank", addresses: ["10.0.0.11", "2001:db8::11"]),
        TopologyNode(id: "db1", label: "db1 «prod»", kind: .host),
        TopologyNode(
          id: "db1:tcp:5432", label: "postgresql", kind: .service, node: "db1", proto: "tcp", port: 5432,
          service: Service(app: "postgresql", nature: .database, basis: .payload)),
      ],
      edges: [
        TopologyEdge(
          source: "app1", target: "db1:tcp:5432", relation: .dependsOn, score: 0.8125, weak: false, certain: true, volume: criterion,
          frequency: criterion, duration: criterion, nature: criterion, bytesToServer: 5210, bytesToClient: 18344, answered: true,
          windows: [time], evidence: ["handshake"], first: time, last: Timestamp(nanoseconds: time.nanoseconds + 1))
      ],
      metadata: TopologyMetadata(
        threshold: 0.25, windowSeconds: 300, oldestWindow: time, newestWindow: time, sources: [SourceRecord(name: "a.pcap", kind: "pcap")],
        coverage: [.init(kind: "one_way", subject: "app1", detail: "only one direction was seen")]))
  }

  @Test func sealedTopologiesAreAccepted() throws {
    let sealed = topology().sealedJSON
    #expect(try Topology(sealed: sealed.prettyBytes) == topology())
    #expect(try Topology(sealed: sealed.compactBytes + [0x0A]) == topology())
  }

  @Test func anyOtherDigitOrLetterIsRefused() {
    let sealed = topology().sealedJSON.compactBytes + [0x0A]
    for place in sealed.indices {
      let byte = sealed[place]
      let other: UInt8
      switch byte {
      case 0x30...0x39: other = 0x30 + (byte - 0x30 + 1) % 10
      case 0x41...0x5A, 0x61...0x7A: other = byte ^ 0x20
      default: continue
      }
      var bytes = sealed
      bytes[place] = other
      let around = String(decoding: sealed[max(0, place - 20)..<min(sealed.count, place + 20)], as: UTF8.self)
      #expect(throws: DocumentError.self, "byte \(place), …\(around)…") { try Topology(sealed: bytes) }
    }
  }

  @Test func whatIsAddedIsRefusedToo() throws {
    let text = String(decoding: topology().sealedJSON.compactBytes, as: UTF8.self)
    for (old, new) in [
      ("\"directed\":true", "\"directed\":true,\"more\":1"), ("\"weak\":false", "\"weak\":false,\"weak\":false"),
      ("{\"graph\"", "{\"more\":1,\"graph\""),
    ] {
      #expect(text.contains(old))
      #expect(throws: DocumentError.self) { try Topology(sealed: Array((text.replacing(old, with: new) + "\n").utf8)) }
    }
  }

  @Test func aTopologyWithoutDigestIsRefused() throws {
    let error = try #require(throws: DocumentError.self) { try Topology(sealed: topology().json.compactBytes + [0x0A]) }
    #expect(error.position == .path("graph.metadata"))
  }
}

import Interchange
import TestSupport
import Testing

@Suite struct EdgeStreamRefusalTests {
  private let plain: [UInt8]
  private let everything: [UInt8]

  init() throws {
    plain = try Repository.fixtureBytes("golden-plain.edges.ndjson")
    everything = try Repository.fixtureBytes("golden-everything.edges.ndjson")
  }

  /// The bytes up to and with each newline, from none to all but the last.
  private func linePrefixes(_ bytes: [UInt8]) -> [[UInt8]] {
    [[]] + bytes.indices.dropLast().filter { bytes[$0] == 0x0A }.map { Array(bytes[...$0]) }
  }

  @Test func aStreamCutAfterAnyLineIsRefused() {
    let prefixes = linePrefixes(everything)
    #expect(prefixes.count == 26)
    for (lines, prefix) in prefixes.enumerated() { #expect(throws: DocumentError.self, "\(lines) lines") { try EdgeStream(prefix) } }
  }

  @Test func aStreamCutInItsLastBytesIsRefused() {
    for length in (everything.count - 200)..<everything.count {
      #expect(throws: DocumentError.self, "\(length) bytes") { try EdgeStream(Array(everything[..<length])) }
    }
  }

  @Test func aFlippedBitAnywhereIsRefused() {
    for position in plain.indices {
      // Bits 0 and 5 turn digits into other digits and letters into their other case: the changes that stay well-formed.
      for bit in Set([position % 8, 0, 5]) {
        var bytes = plain
        bytes[position] ^= 1 << UInt8(bit)
        if let stream = try? EdgeStream(bytes) {
          Issue.record("accepted \(stream.records.count) records with bit \(bit) of byte \(position) flipped")
        }
      }
    }
  }

  @Test func aMissingLineIsRefused() {
    let lines = plain.split(separator: 0x0A)
    for missing in lines.indices {
      let rest = lines.indices.filter { $0 != missing }.flatMap { lines[$0] + [0x0A] }
      #expect(throws: DocumentError.self, "without line \(missing + 1)") { try EdgeStream(rest) }
    }
  }

  @Test(arguments: ["\n", "{}", "{\"record\":\"edge\"}\n", " "]) func moreAfterTheEndIsRefused(more: String) throws {
    let error = try #require(throws: DocumentError.self) { try EdgeStream(plain + Array(more.utf8)) }
    #expect(error.position == .line(6))
    #expect(throws: DocumentError.self) { try EdgeStream(plain + plain) }
  }

  @Test func errorsNameTheLine() throws {
    let text = String(decoding: plain, as: UTF8.self).replacing("10.0.0.53", with: "10.0.0.530")
    let error = try #require(throws: DocumentError.self) { try EdgeStream(Array(text.utf8)) }
    #expect(error.position == .line(3))
    #expect(error.document == "memory")
    #expect(error.found.contains("10.0.0.530"))
  }

  @Test func allowIncompleteTakesWhatIsThere() throws {
    let all = try EdgeStream(everything).records
    for (lines, prefix) in linePrefixes(everything).enumerated().dropFirst() {
      let stream = try EdgeStream(prefix, allowIncomplete: true)
      #expect(stream.records == Array(all.prefix(lines - 1)))
      #expect(stream.isIncomplete)
      // Half of the next line is not taken for a record.
      let half = try EdgeStream(Array(everything[..<(prefix.count + 20)]), allowIncomplete: true)
      #expect(half.records == stream.records)
      #expect(half.isIncomplete)
    }
    #expect(try !EdgeStream(everything, allowIncomplete: true).isIncomplete)
  }

  @Test func allowIncompleteStillNeedsAHeader() {
    #expect(throws: DocumentError.self) { try EdgeStream([], allowIncomplete: true) }
    #expect(throws: DocumentError.self) { try EdgeStream(Array(everything[..<40]), allowIncomplete: true) }
  }

  @Test func unknownRecordsAndMembersAreSkipped() throws {
    var lines = String(decoding: plain, as: UTF8.self).split(separator: "\n").dropLast().map(String.init)
    lines = lines.map { String($0.dropLast()) + ",\"later\":{\"a\":[1,{\"b\":null}],\"c\":\"}\"}}" }
    lines[1] = lines[1].replacing("\"volume\":{", with: "\"volume\":{\"later\":-1.5e3,").replacing(
      "\"outcome\":{", with: "\"outcome\":{\"later\":[true],")
    lines.insert("{\"record\":\"later\",\"edge\":[[]]}", at: 2)
    let stream = try EdgeStream(try EdgeStream.closed(lines))
    #expect(stream.records == (try EdgeStream(plain).records))
    #expect(!stream.isIncomplete)
  }

  @Test(arguments: [
    "{\"record\":\"header\",\"schema\":\"holdfast.edges/2\",\"window_s\":300}", "{\"record\":\"header\",\"schema\":\"holdfast.edges/1\"}",
    "{\"record\":\"header\",\"schema\":\"holdfast.edges/1\",\"window_s\":0}", "{\"record\":\"end\",\"records\":0,\"digest\":\"\"}",
    "{\"schema\":\"holdfast.edges/1\",\"record\":\"header\",\"window_s\":300}", "[]", "", "\u{FEFF}{\"record\":\"header\"}",
  ])
  func anotherBeginningIsRefused(line: String) {
    #expect(throws: DocumentError.self) { try EdgeStream(Array((line + "\n").utf8)) }
    #expect(throws: DocumentError.self) { try EdgeStream(Array((line + "\n").utf8), allowIncomplete: true) }
  }

  @Test func aSecondHeaderIsRefused() throws {
    let lines = String(decoding: plain, as: UTF8.self).split(separator: "\n").dropLast().map(String.init)
    #expect(throws: DocumentError.self) { try EdgeStream(try EdgeStream.closed([lines[0]] + lines)) }
  }

  @Test func aLineWithoutEndIsRefusedWithoutKeepingItAll() throws {
    let line = Array("{\"record\":\"".utf8) + [UInt8](repeating: 0x61, count: 17 << 20)
    let error = try #require(throws: DocumentError.self) { try EdgeStream(Array(plain.prefix { $0 != 0x0A }) + [0x0A] + line) }
    #expect(error.position == .line(2))
    #expect(error.found.contains("16777216"))
  }

  @Test(arguments: [
    ("\"proto\":\"tcp\"", "\"proto\":\"tcpp\""), ("\"proto\":\"tcp\"", "\"proto\":256"), ("\"port\":5432", "\"port\":65536"),
    ("\"port\":5432", "\"port\":05432"), ("\"flows\":3", "\"flows\":-3"), ("\"flows\":3", "\"flows\":3.0"),
    ("\"flows\":3", "\"flows\":\"3\""),
    ("\"nature\":\"database\"", "\"nature\":\"data\""), ("\"basis\":\"handshake\"", "\"basis\":\"guess\""),
    ("\"duration_s\":112.25", "\"duration_s\":112.2500000001"), ("\"duration_s\":112.25", "\"duration_s\":1e2"), ("[229,1]", "[976,1]"),
    ("[229,1]", "[232,1]"), ("[229,1]", "[229,2]"), ("[229,1]", "[229]"), ("[229,1]", "[229,0],[230,1]"),
    ("\"window\":\"2026-11-21", "\"window\":\"2026-11-31"),
    ("\"client\":\"10.0.0.11\",", ""),
  ])
  func aWrongValueIsRefusedThoughTheDigestIsRight(right: String, wrong: String) throws {
    var lines = String(decoding: plain, as: UTF8.self).split(separator: "\n").dropLast().map(String.init)
    #expect(lines[1].contains(right))
    lines[1] = lines[1].replacing(right, with: wrong, maxReplacements: 1)
    let error = try #require(throws: DocumentError.self) { try EdgeStream(try EdgeStream.closed(lines)) }
    #expect(error.position == .line(2))
  }
}

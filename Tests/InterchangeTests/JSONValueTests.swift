import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct JSONValueTests {
  private static let texts = [
    "", "a", "\"", "\\", "/", "\0", "\u{1F}", "\n\r\t\u{08}\u{0C}", "\u{7F}\u{80}\u{9F}", "é", "e\u{301}", "日本", "😀", "\u{202E}",
    "\u{FFFF}", "\u{10FFFF}",
    "</script>", "a b",
  ]
  private static let numbers = ["0", "-0", "1", "-1", "1.50", "1e5", "-2.5E-10", "18446744073709551615", "3.0"]

  private func random(_ random: inout SeededRandom, depth: Int) -> JSONValue {
    switch UInt64.random(in: 0..<(depth == 0 ? 4 : 6), using: &random) {
    case 0: .null
    case 1: .bool(Bool.random(using: &random))
    case 2: .number(Self.numbers.randomElement(using: &random) ?? "0")
    case 3: .string((0..<Int.random(in: 0..<4, using: &random)).map { _ in Self.texts.randomElement(using: &random) ?? "" }.joined())
    case 4: .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in self.random(&random, depth: depth - 1) })
    default:
      .object(
        (0..<Int.random(in: 0..<5, using: &random)).map { place in
          .init("\(place)" + (Self.texts.randomElement(using: &random) ?? ""), self.random(&random, depth: depth - 1))
        })
    }
  }

  @Test(arguments: 1...200) func whatIsWrittenIsReadAsTheSame(seed: UInt64) throws {
    var generator = SeededRandom(seed: seed)
    let value = random(&generator, depth: 5)
    #expect(try JSONValue(parsing: value.compactBytes) == value)
    #expect(try JSONValue(parsing: value.prettyBytes) == value)
    #expect(try JSONValue(parsing: value.prettyBytes).compactBytes == value.compactBytes)
    // Another reader of RFC 8259 takes it too.
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(value.compactBytes), options: .fragmentsAllowed) }
  }

  @Test func documentsForPeopleAreIndented() throws {
    let value = try JSONValue(parsing: Array("{\"a\":[1,{}],\"b\":[]}".utf8))
    #expect(String(decoding: value.prettyBytes, as: UTF8.self) == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}\n")
    #expect(String(decoding: value.compactBytes, as: UTF8.self) == "{\"a\":[1,{}],\"b\":[]}")
  }

  @Test(
    arguments: [
      (0, 4, "0.0000"), (1, 4, "1.0000"), (0.5, 0, "0"), (1.5, 0, "2"), (2.5, 0, "2"), (-1.5, 0, "-2"), (0.125, 2, "0.12"),
      (0.375, 2, "0.38"),
      (0.99999, 4, "1.0000"), (-0.00001, 4, "0.0000"), (-0.0, 2, "0.00"), (-0.25, 2, "-0.25"), (1234.5678, 3, "1234.568"), (0.25, 1, "0.2"),
      (12, 2, "12.00"), (9.007e15, 1, "9007000000000000.0"),
    ] as [(Double, Int, String)])
  func decimalsHaveAsManyPlacesAsAskedFor(value: Double, places: Int, text: String) {
    #expect(JSONValue.decimal(value, places: places) == .number(text))
  }

  @Test(arguments: 1...50) func decimalsAreNearTheirValue(seed: UInt64) throws {
    var generator = SeededRandom(seed: seed)
    let value = Double.random(in: -1e6...1e6, using: &generator)
    let places = Int.random(in: 0...6, using: &generator)
    let written = try #require(JSONValue.decimal(value, places: places).double)
    #expect(abs(written - value) <= 0.5000001 * pow(10, -Double(places)), "\(value) with \(places) places")
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e19]) func whatIsNoDecimalIsNull(value: Double) {
    #expect(JSONValue.decimal(value, places: 4) == .null)
  }

  @Test func membersAreFoundAndRemovedByName() throws {
    let value = try JSONValue(parsing: Array("{\"a\":1,\"b\":{\"a\":2}}".utf8))
    #expect(value["b"]?["a"]?.integer == 2)
    #expect(value["c"] == nil)
    #expect(value["a"]?["a"] == nil)
    #expect(String(decoding: value.removing("a").compactBytes, as: UTF8.self) == "{\"b\":{\"a\":2}}")
  }

  @Test func numbersOfAnotherKindAreNil() {
    #expect(JSONValue.number("1.0").integer == nil)
    #expect(JSONValue.number("-1").unsigned == nil)
    #expect(JSONValue.number("9223372036854775808").integer == nil)
    #expect(JSONValue.number("9223372036854775808").unsigned == 1 << 63)
    #expect(JSONValue.number("1e2").double == 100)
    #expect(JSONValue.string("1").integer == nil)
  }
}

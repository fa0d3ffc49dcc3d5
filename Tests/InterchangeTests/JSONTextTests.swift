import Interchange
import Testing

private func parse(_ text: String) throws(DocumentError) -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

@Suite struct JSONTextTests {
  @Test(
    arguments: [
      ("null", .null), (" true\n", .bool(true)), ("\t\r\n false ", .bool(false)), ("0", .number("0")), ("-0", .number("-0")),
      ("-12.5e+3", .number("-12.5e+3")), ("1E400", .number("1E400")), ("0.1", .number("0.1")), ("10e-2", .number("10e-2")),
      ("123456789012345678901234567890", .number("123456789012345678901234567890")), ("\"\"", .string("")), ("[]", .array([])),
      ("{}", .object([])), ("[ ]", .array([])), ("{ }", .object([])), ("[1 , 2]", .array([.number("1"), .number("2")])),
      ("{\"a\" : 1}", .object([.init("a", .number("1"))])), ("{\"\":null}", .object([.init("", .null)])),
      ("{\"b\":1,\"a\":2}", .object([.init("b", .number("1")), .init("a", .number("2"))])),
      ("{\"a\":{\"a\":{\"a\":[]}}}", .object([.init("a", .object([.init("a", .object([.init("a", .array([]))]))]))])),
      ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", .string("\"\\/\u{08}\u{0C}\n\r\t")), ("\"\\u0041\\u00e9\\u4E2d\"", .string("Aé中")),
      ("\"\\u0000\"", .string("\0")), ("\"\\uD83D\\uDE00\"", .string("😀")), ("\"\\udbff\\udfff\"", .string("\u{10FFFF}")),
      ("\"\\uFFFF\\uE000\\uD7FF\"", .string("\u{FFFF}\u{E000}\u{D7FF}")), ("\"\u{7F}\u{80}\u{2028}é😀\"", .string("\u{7F}\u{80}\u{2028}é😀")),
      ("\"a\\u0301\"", .string("a\u{301}")),
    ] as [(String, JSONValue)])
  func wellFormedTextIsRead(text: String, value: JSONValue) throws { #expect(try parse(text) == value) }

  @Test(arguments: [
    "", " ", "nul", "nulll", "True", "TRUE", "undefined", "NaN", "Infinity", "-Infinity", "01", "-01", "-", "+1", ".5", "5.", "1.e2", "1e",
    "1e+",
    "0x10", "1_000", "1 2", "--1", "1-", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1}", "{", "}", "{\"a\"", "{\"a\":",
    "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}", "{\"a\"::1}", "{\"a\":1 \"b\":2}", "{\"a\":1]",
    "[]]", "{}{}",
    "\"", "\"a", "\"\\", "\"\\\"", "\"\\a\"", "\"\\x41\"", "\"\\u\"", "\"\\u004\"", "\"\\u00g0\"", "\"\\u+041\"", "\"\\U0041\"", "'a'",
    "\"a\nb\"", "\"a\tb\"",
    "\"\u{0}\"", "\"\u{1F}\"", "\"\\n\u{1}\"", "\"\\uD800\"", "\"\\uDC00\"", "\"\\uD800\\uD800\"", "\"\\uD800x\"", "\"\\uD800\\n\"",
    "\"\\uDC00\\uD800\"",
    "// a\n1", "/* a */1", "#", "\u{FEFF}1", "\u{A0}1", "1\u{0C}", "1\0", "[\"a\",\n\"b\"\n,]", "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"\\u0061\":2}",
    "[{\"x\":{\"b\":1,\"c\":2,\"b\":3}}]",
  ])
  func illFormedTextIsRefused(text: String) { #expect(throws: DocumentError.self) { try parse(text) } }

  @Test(
    arguments: [
      [0x80], [0xC3], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
      [0xF4, 0x90, 0x80, 0x80],
      [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE], [0xE2, 0x82], [0xE2, 0x28, 0xA1],
    ] as [[UInt8]])
  func illFormedUTF8IsRefused(bytes: [UInt8]) {
    for text in [bytes, [0x5C, 0x6E] + bytes, bytes + [0x5C, 0x6E]] {
      #expect(throws: DocumentError.self) { try JSONValue(parsing: [0x22] + text + [0x22]) }
      #expect(throws: DocumentError.self) { try JSONValue(parsing: [0x7B, 0x22] + text + [0x22, 0x3A, 0x31, 0x7D]) }
    }
    #expect(throws: DocumentError.self) { try JSONValue(parsing: bytes) }
  }

  @Test func sixtyFourLevelsAreReadAndNotOneMore() throws {
    func nested(_ open: String, _ close: String, _ levels: Int) -> String {
      String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)
    }
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      #expect(throws: Never.self) { try parse(nested(open, close, 64)) }
      #expect(throws: DocumentError.self) { try parse(nested(open, close, 65)) }
      // Closing gives the levels back.
      #expect(throws: Never.self) { try parse("[" + Array(repeating: nested(open, close, 63), count: 3).joined(separator: ",") + "]") }
    }
    #expect(throws: DocumentError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
  }

  @Test(arguments: [("[1,x]", 3), ("{\"a\":tru}", 5), ("\"a\\q\"", 3), ("[1", 2), ("1 1", 2)])
  func errorsSayAtWhichByte(text: String, offset: Int) throws {
    let error = try #require(throws: DocumentError.self) { try parse(text) }
    #expect(error.position == .byte(offset))
  }
}

@Suite struct JSONCursorTests {
  private func cursor(_ text: String) -> JSONCursor { JSONCursor(Array(text.utf8)) }

  @Test(arguments: [("0", 0), (" 7 ", 7), ("18446744073709551615", .max), ("10,", 10)] as [(String, UInt64)])
  func unsignedIntegersAreRead(text: String, value: UInt64) throws {
    var cursor = cursor(text)
    #expect(try cursor.unsigned() == value)
  }

  @Test(arguments: [
    "", "-1", "-0", "+1", "01", "00", "1.0", "1e3", "1E3", "18446744073709551616", "99999999999999999999", "\"1\"", "null", "x",
  ])
  func otherNumbersAreNoUnsignedIntegers(text: String) {
    #expect(throws: DocumentError.self) {
      var cursor = cursor(text)
      _ = try cursor.unsigned()
    }
  }

  @Test func integersThatDoNotFitAreRefused() throws {
    var fits = cursor("65535")
    #expect(try fits.unsigned(UInt16.self) == 65535)
    let error = try #require(throws: DocumentError.self) {
      var cursor = cursor("65536")
      _ = try cursor.unsigned(UInt16.self)
    }
    #expect(error.position == .byte(0))
  }

  @Test(
    arguments: [
      ("0", 0), ("1", 1_000_000_000), ("0.000000001", 1), ("0.1", 100_000_000), ("1.50", 1_500_000_000), ("18446744073.709551615", .max),
    ] as [(String, UInt64)])
  func secondsAreReadToTheNanosecond(text: String, nanoseconds: UInt64) throws {
    var cursor = cursor(text)
    #expect(try cursor.secondsAsNanoseconds() == nanoseconds)
  }

  @Test(arguments: ["-1", "-0.5", "0.0000000001", "1e-3", "18446744073.709551616", "99999999999", "00.5", ".5", "\"1\"", "1."])
  func otherSecondsAreRefused(text: String) {
    #expect(throws: DocumentError.self) {
      var cursor = cursor(text)
      _ = try cursor.secondsAsNanoseconds()
      try cursor.finish()
    }
  }

  @Test(arguments: ["{\"a\":[1,{\"b\":\"x\"}],\"c\":null}x", "[tru]", "[\"\\q\"]", "{\"a\":01}"]) func skippingChecksWhatItSkips(
    text: String
  ) {
    #expect(throws: DocumentError.self) {
      var cursor = cursor(text)
      try cursor.skip()
      try cursor.finish()
    }
  }
}

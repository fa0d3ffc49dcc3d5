import Testing
import ToolSupport

@Suite struct PrintableTests {
  @Test(arguments: ["", "db1.bank.example", "münchen 日本 😀 e\u{301}", "\"'<>&\\"]) func ordinaryTextStaysAsItIs(text: String) {
    #expect(printable(text) == text)
  }

  @Test(arguments: [
    ("\u{1B}[2J", "\\u{1b}[2J"), ("a\rb", "a\\u{d}b"), ("a\tb", "a\\u{9}b"), ("\0", "\\u{0}"), ("\u{7F}", "\\u{7f}"),
    ("\u{9B}31m", "\\u{9b}31m"),
    ("\u{202E}txt.exe", "\\u{202e}txt.exe"), ("a\r\nb", "a\\u{d}\\u{a}b"), ("e\u{200D}x", "e\\u{200d}x"),
  ])
  func whatMovesTheCursorOrTurnsTheTextIsWrittenOut(text: String, shown: String) { #expect(printable(text) == shown) }

  @Test func linesAreKeptOnlyWhereAsked() {
    #expect(printable("a\nb") == "a\\u{a}b")
    #expect(printable("a\nb\u{1B}", keepingLines: true) == "a\nb\\u{1b}")
  }

  @Test func noControlOrFormatCharacterComesThrough() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = UnicodeScalar(value) else { continue }
      let isControl = scalar.properties.generalCategory == .control
      let turns = scalar.properties.isBidiControl
      let breaks = scalar.properties.generalCategory == .lineSeparator || scalar.properties.generalCategory == .paragraphSeparator
      guard isControl || turns || breaks else { continue }
      #expect(printable(String(Character(scalar))) == "\\u{" + String(value, radix: 16) + "}")
    }
  }
}

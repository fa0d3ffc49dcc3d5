import Testing
import ToolSupport

@Suite struct PrintableTests {
  @Test(arguments: ["", "db1.bank.example", "münchen 日本 😀 e\u{301}", "a\nb", "\"'<>&\\"]) func ordinaryTextStaysAsItIs(text: String) {
    #expect(printable(text) == text)
  }

  @Test(arguments: [
    ("\u{1B}[2J", "\\u{1b}[2J"), ("a\rb", "a\\u{d}b"), ("a\tb", "a\\u{9}b"), ("\0", "\\u{0}"), ("\u{7F}", "\\u{7f}"),
    ("\u{9B}31m", "\\u{9b}31m"),
    ("\u{202E}txt.exe", "\\u{202e}txt.exe"), ("a\r\nb", "a\\u{d}\nb"), ("e\u{200D}x", "e\\u{200d}x"),
  ])
  func whatMovesTheCursorOrTurnsTheTextIsWrittenOut(text: String, shown: String) { #expect(printable(text) == shown) }

  @Test func noControlOrFormatCharacterComesThrough() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = UnicodeScalar(value), scalar != "\n" else { continue }
      let isControl = scalar.properties.generalCategory == .control
      let turns = scalar.properties.isBidiControl
      let breaks = scalar.properties.generalCategory == .lineSeparator || scalar.properties.generalCategory == .paragraphSeparator
      guard isControl || turns || breaks else { continue }
      #expect(printable(String(Character(scalar))) == "\\u{" + String(value, radix: 16) + "}")
    }
  }
}

/// Messages for people on standard error: the one printer of every tool.
public struct Diagnostics: Sendable {
  /// How messages are written.
  public enum Format: String, Sendable, CaseIterable { case text, json }

  /// How much a message matters.
  public enum Severity: String, Sendable { case note, warning, error }

  /// The tool's name, which stands before every message.
  public let tool: String
  /// How messages are written.
  public let format: Format
  /// Whether notes and warnings are held back.
  public let isQuiet: Bool

  /// The printer of a tool.
  public init(tool: String, format: Format = .text, isQuiet: Bool = false) {
    self.tool = tool
    self.format = format
    self.isQuiet = isQuiet
  }

  /// Says that something went as it should.
  public func note(_ message: String) { say(.note, message) }
  /// Says that something was left out or looks wrong, and that the tool goes on.
  public func warning(_ message: String) { say(.warning, message) }
  /// Says why the tool ends.
  public func error(_ message: String) { say(.error, message) }

  /// Writes a line of a report that was asked for: as it is, or as a message where messages are JSON.
  public func say(_ line: String) {
    switch format {
    case .text: writeToStandardError("\(printable(line))\n")
    case .json: note(line)
    }
  }

  private func say(_ severity: Severity, _ message: String) {
    guard severity == .error || !isQuiet else { return }
    switch format {
    case .text: writeToStandardError("\(tool): \(severity == .note ? "" : severity.rawValue + ": ")\(printable(message))\n")
    case .json:
      writeToStandardError("{\"tool\":\"\(tool)\",\"severity\":\"\(severity.rawValue)\",\"message\":\(jsonText(message))}\n")
    }
  }
}

/// Text that is safe to show on a terminal: control characters and those that change the direction of writing are written as `\u{…}`.
///
/// A newline is one of them, because a name that holds one could forge a line; text of several lines keeps them with `keepingLines`.
public func printable(_ text: String, keepingLines: Bool = false) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x0A where keepingLines: result.unicodeScalars.append(scalar)
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Why a document cannot be used, and where in it.
public struct DocumentError: Error, Sendable, Equatable {
  /// Where in the document the reader stood.
  public enum Position: Sendable, Equatable {
    /// Byte offset from the document's start.
    case byte(Int)
    /// Line, counted from 1.
    case line(Int)
    /// A path of keys, such as `nodes[3].addresses`.
    case path(String)
  }

  /// The document's name as the user gave it; filled in by whoever opened it.
  public var document: String?
  /// Where it went wrong.
  public var position: Position
  /// What was found.
  public var found: String
  /// What was expected there.
  public var expected: String

  /// An error at a position, in the words «found …, expected …».
  public init(document: String? = nil, at position: Position, found: String, expected: String) {
    self.document = document
    self.position = position
    self.found = found
    self.expected = expected
  }

  /// The same error with the document's name, unless it has one.
  public func naming(_ name: String) -> DocumentError {
    var copy = self
    if copy.document == nil { copy.document = name }
    return copy
  }
}

extension DocumentError: CustomStringConvertible {
  /// One line: where, what was found, what was expected.
  public var description: String {
    let place =
      switch position {
      case .byte(let offset): "byte \(offset)"
      case .line(let line): "line \(line)"
      case .path(let path): path
      }
    return "\(document ?? "document"): \(place): found \(found), expected \(expected)"
  }
}

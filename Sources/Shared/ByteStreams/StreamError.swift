/// Why bytes could not be read or written.
public struct StreamError: Error, Sendable, Equatable {
  /// What went wrong, in kinds that lead to different exit codes.
  public enum Kind: Sendable, Equatable {
    /// There is no such file.
    case missing
    /// The system refused: errno.
    case system(Int32)
    /// Compressed data is damaged, or needs more memory than is allowed.
    case damaged
    /// Compressed data ends before its end.
    case cutShort
  }

  /// The file's name as given.
  public var name: String
  /// The kind.
  public var kind: Kind
  /// Byte offset in the file itself (before decompression) up to which it was read.
  public var offset: Int64
  /// What was found, for people.
  public var detail: String

  /// An error of that kind.
  public init(name: String, kind: Kind, offset: Int64, detail: String) {
    self.name = name
    self.kind = kind
    self.offset = offset
    self.detail = detail
  }
}

extension StreamError: CustomStringConvertible {
  /// One line: which file, where, what.
  public var description: String { offset == 0 && !isOfContent ? "\(name): \(detail)" : "\(name): byte \(offset): \(detail)" }

  /// Whether the bytes themselves were at fault, so that their place matters from the first.
  private var isOfContent: Bool { kind == .damaged || kind == .cutShort }
}

/// A capture to be read: where it is, and how far its clock was off.
public struct CaptureInput: Sendable, Equatable {
  /// Path of a file, or `-` for standard input; the name under which the capture is reported.
  public var path: String
  /// What is added to every time of the capture; at most 2^62 ns either way.
  public var clockOffsetNanoseconds: Int64

  /// The capture at that path.
  public init(path: String, clockOffsetNanoseconds: Int64 = 0) {
    self.path = path
    self.clockOffsetNanoseconds = clockOffsetNanoseconds
  }
}

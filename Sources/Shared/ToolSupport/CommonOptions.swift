import ArgumentParser
import ByteStreams
import Glibc
import Interchange

extension Diagnostics.Format: ExpressibleByArgument {}

/// When a progress line is shown.
public enum ProgressMode: String, Sendable, CaseIterable, ExpressibleByArgument { case auto, always, never }

/// The options that every tool has.
public struct CommonOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Write to FILE instead of standard output; a name ending in .zst or .gz is compressed.", valueName: "file"))
  /// Where the data goes: a path, or `-` for standard output.
  public var output: String = "-"

  /// Whether only errors are said.
  @Flag(name: .long, help: "Say nothing but errors.")
  public var quiet = false

  /// When a progress line is shown.
  @Option(name: .long, help: "Show progress on standard error: auto (on a terminal), always, never.")
  public var progress: ProgressMode = .auto

  /// How messages are written.
  @Option(name: .long, help: "Write messages as text or json.")
  public var logFormat: Diagnostics.Format = .text

  /// The defaults.
  public init() {}

  /// The printer that these options ask for.
  public func diagnostics(tool: String) -> Diagnostics { Diagnostics(tool: tool, format: logFormat, isQuiet: quiet) }

  /// Opens the output.
  public func openOutput() throws -> any ByteSink {
    do { return try openSink(path: output) } catch { throw ToolFailure(.cannotWriteOutput, "\(error)") }
  }

  /// Refuses an output that is one of the inputs: it would be replaced by what was made of it.
  ///
  /// Unsafe: the system writes into locals.
  public func refuseOverwriting(_ inputs: [String]) throws {
    var target = stat()
    guard output != "-", unsafe stat(output, &target) == 0, target.st_mode & S_IFMT == S_IFREG else { return }
    for input in inputs where input != "-" {
      var status = stat()
      guard unsafe stat(input, &status) == 0, status.st_dev == target.st_dev, status.st_ino == target.st_ino else { continue }
      throw ToolFailure(.usage, "\(output) is an input and would be overwritten")
    }
  }

  /// Writes a whole document to the output.
  public func write(_ bytes: [UInt8]) throws {
    let sink = try openOutput()
    do {
      try sink.write(bytes)
      try sink.finish()
    } catch { throw OutputError(error) }
  }
}

/// A failure on the way out, kept apart from the same failure on the way in.
public struct OutputError: Error, Sendable {
  /// What the system said.
  public let cause: StreamError
  /// Marks a failure as one of the output.
  public init(_ cause: StreamError) { self.cause = cause }
}

/// The whole content of an input, with gzip and Zstandard looked through; `-` is standard input.
///
/// Refuses more than `byteCountMax` bytes: a document is held in memory.
public func readDocument(path: String, byteCountMax: Int = 1 << 30) throws -> [UInt8] {
  let source = try openSource(path: path)
  var bytes = [UInt8](repeating: 0, count: blockByteCount)
  var count = 0
  while true {
    if count == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
    let got = try source.read(into: &bytes, from: count)
    if got == 0 { break }
    count += got
    guard count <= byteCountMax else {
      throw DocumentError(document: path, at: .byte(count), found: "more than \(byteCountMax) bytes", expected: "a smaller document")
    }
  }
  bytes.removeLast(bytes.count - count)
  return bytes
}

/// The text as a JSON string with its quotes.
func jsonText(_ text: String) -> String {
  var writer = ByteWriter()
  writer.jsonString(text)
  return writer.takeString()
}

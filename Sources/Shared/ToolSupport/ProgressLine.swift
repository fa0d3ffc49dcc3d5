import Glibc

/// A line on standard error that says how far a tool has come; nothing at all where standard error is no terminal (unless `always`).
public final class ProgressLine {
  private let label: String
  private let byteCount: Int64?
  private let isShown: Bool
  private let start: Double
  private var last: Double
  private var hasText = false

  /// A line for an input of that many bytes, if known.
  public init(mode: ProgressMode, label: String, byteCount: Int64?) {
    self.label = label
    self.byteCount = byteCount
    isShown = mode == .always || (mode == .auto && isatty(STDERR_FILENO) == 1)
    start = Self.seconds()
    last = start
  }

  /// Monotonic seconds; unsafe: the system writes into a local.
  private static func seconds() -> Double {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Shows how many bytes were read, their rate and the time left; at most five times a second.
  public func show(bytes: Int64) {
    guard isShown else { return }
    let now = Self.seconds()
    guard now - last >= 0.2 else { return }
    last = now
    let rate = Double(bytes) / max(now - start, 0.001)
    var text = "\(label): \(Self.size(Double(bytes)))"
    if let byteCount, byteCount > 0 {
      text += " of \(Self.size(Double(byteCount))) (\(min(100, bytes * 100 / byteCount)) %)"
      if rate > 0 { text += ", \(Int(max(0, Double(byteCount - bytes) / rate).rounded(.up))) s left" }
    }
    writeToStandardError("\r\u{1B}[K\(text), \(Self.size(rate))/s")
    hasText = true
  }

  /// Takes the line away.
  public func clear() {
    if hasText { writeToStandardError("\r\u{1B}[K") }
    hasText = false
  }

  /// A size with a unit and one decimal.
  static func size(_ bytes: Double) -> String {
    var value = bytes
    var unit = 0
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    let tenths = Int((value * 10).rounded())
    return unit == 0 ? "\(tenths / 10) B" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}

/// How much there is to read.
public enum InputSize {
  /// The sum of the sizes of these files; nil where one of them has none, such as standard input.
  ///
  /// Unsafe: the system writes into a local.
  public static func sum(of paths: [String]) -> Int64? {
    var total: Int64 = 0
    for path in paths {
      var status = stat()
      guard path != "-", unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      total += Int64(status.st_size)
    }
    return total
  }
}

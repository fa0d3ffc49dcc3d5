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
    writeToStandardError("\r\u{1B}[K\(Self.text(label: label, bytes: bytes, of: byteCount, seconds: now - start))")
    hasText = true
  }

  /// The line: a bar and the share where the size is known, the bytes, their rate and the time left; short enough for 80 columns.
  static func text(label: String, bytes: Int64, of byteCount: Int64?, seconds: Double) -> String {
    let rate = Double(bytes) / max(seconds, 0.001)
    guard let byteCount, byteCount > 0 else { return "\(label): \(size(Double(bytes))), \(size(rate))/s" }
    let share = min(1, Double(bytes) / Double(byteCount))
    let filled = Int(share * Double(barWidth))
    let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: barWidth - filled)
    var text = "\(label) [\(bar)] \(Int(share * 100)) %, \(size(Double(bytes))) of \(size(Double(byteCount))), \(size(rate))/s"
    if rate > 0 { text += ", \(Int(max(0, Double(byteCount - bytes) / rate).rounded(.up))) s left" }
    return text
  }

  private static let barWidth = 20

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

import ArgumentParser
import Interchange
import ToolSupport

/// The lengths of windows and time-outs.
struct WindowOptions: ParsableArguments {
  @Option(name: .long, help: "Length of a window: 60s, 5m, 1h; whole seconds, at most 366d. Windows are aligned to the epoch.")
  var window = DurationOption(seconds: 300)

  @Option(name: .long, help: "How long a window stays open for packets that come late.")
  var lateness = DurationOption(seconds: 5)

  @Option(name: .long, help: "After how much silence a TCP flow ends.")
  var idleTCP = DurationOption(seconds: 300)

  @Option(name: .long, help: "After how much silence any other flow ends.")
  var idleOther = DurationOption(seconds: 60)

  func validate() throws {
    guard window.nanoseconds % 1_000_000_000 == 0, (1...31_622_400).contains(window.nanoseconds / 1_000_000_000) else {
      throw ValidationError("--window takes whole seconds from 1s to 366d.")
    }
  }

  /// The header that says so.
  var header: EdgeStreamHeader {
    EdgeStreamHeader(
      windowSeconds: window.nanoseconds / 1_000_000_000, latenessNanoseconds: lateness.nanoseconds, idleTCPNanoseconds: idleTCP.nanoseconds,
      idleOtherNanoseconds: idleOther.nanoseconds)
  }
}

import ArgumentParser
import Glibc
import Metering
import ToolSupport

/// How much of the machine may be used; nothing that is written depends on it, unless memory does not suffice.
struct ResourceOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "How many threads may work; more than three bring nothing. (default: as many as there are processors, at most 3)", valueName: "n"))
  var threads: Int?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "How much memory may be used: 256M, 2G. What has to be given up to stay within it is counted as evicted.", valueName: "size"))
  var memory = ByteSizeOption(byteCount: 4 << 30)

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads takes a number from 1 on.") }
    try memory.require(in: (64 << 20)...(1 << 50), option: "--memory")
  }

  /// Puts these into the meter's options.
  func apply(to options: inout MeterOptions) {
    options.threadCount = min(3, threads ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    options.memoryByteCount = memory.byteCount
  }
}

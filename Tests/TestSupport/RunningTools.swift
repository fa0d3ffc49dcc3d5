import Foundation

/// What a finished process left.
public struct Finished: Sendable {
  /// Its exit code, or 128 + the signal that ended it.
  public var status: Int32
  /// Standard output.
  public var output: [UInt8]
  /// Standard error.
  public var messages: String
  /// Standard output as text.
  public var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs the built tools as their users do: as processes.
public enum Tools {
  /// The folder that holds the built executables, beside the test bundle.
  public static let folder: URL = {
    // The test runner's own binary lies in the build folder; `swift build --show-bin-path` names the same one.
    var url = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") { url = bundle.bundleURL.deletingLastPathComponent() }
    let candidates = [url, Repository.root.appending(path: ".build/debug"), Repository.root.appending(path: ".build/release")]
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0.appending(path: "flowagg").path) } ?? url
  }()

  /// Runs a built tool to its end.
  public static func run(
    _ tool: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:], timeoutSeconds: Double = 300
  ) throws -> Finished {
    try run(
      executable: folder.appending(path: tool).path, arguments, input: input, environment: environment, timeoutSeconds: timeoutSeconds)
  }

  /// Runs a line of bash with the built tools first in PATH.
  public static func shell(_ line: String, timeoutSeconds: Double = 300) throws -> Finished {
    let path = folder.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    return try run(
      executable: "/bin/bash", ["-c", "set -o pipefail; " + line], environment: ["PATH": path], timeoutSeconds: timeoutSeconds)
  }

  /// Runs any executable to its end; one that takes longer is killed.
  public static func run(
    executable: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:], timeoutSeconds: Double = 300
  ) throws -> Finished {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let scratch = try Scratch()
    let inputFile = scratch.path("input"), outputFile = scratch.path("output"), messageFile = scratch.path("messages")
    try Data(input).write(to: URL(fileURLWithPath: inputFile))
    for file in [outputFile, messageFile] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: inputFile))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outputFile))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: messageFile))
    try process.run()
    let watchdog = DispatchWorkItem { [pid = process.processIdentifier] in kill(pid, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + timeoutSeconds, execute: watchdog)
    process.waitUntilExit()
    watchdog.cancel()
    let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Finished(
      status: status, output: Array(try Data(contentsOf: URL(fileURLWithPath: outputFile))),
      messages: String(decoding: try Data(contentsOf: URL(fileURLWithPath: messageFile)), as: UTF8.self))
  }
}

/// A folder of its own for one test, removed with it.
public final class Scratch: Sendable {
  /// The folder.
  public let url: URL

  /// Makes the folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "holdfast-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file in the folder.
  public func path(_ name: String) -> String { url.appending(path: name).path }

  /// Writes a file into the folder and gives its path.
  public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: url.appending(path: name))
    return path(name)
  }
}

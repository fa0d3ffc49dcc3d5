import Foundation

/// A btrfs file system in a file, mounted for one test; unmounted and removed with it.
public final class LoopVolume: @unchecked Sendable {
  /// Why there can be none here; empty where there can.
  public static let missing: String = {
    guard geteuid() == 0 else { return "it needs root" }
    do {
      _ = try LoopVolume()
      return ""
    } catch { return "\(error)" }
  }()

  /// What did not work.
  public struct Failure: Error, CustomStringConvertible {
    /// The command and what it said.
    public let description: String
  }

  /// Where it is mounted.
  public let path: String
  private let scratch: Scratch

  /// Makes and mounts it, with one subvolume in it.
  public init(subvolume: String = "data") throws {
    scratch = try Scratch()
    path = scratch.path("volume")
    let image = scratch.path("volume.img")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Self.shell("truncate -s 256M \(image) && mkfs.btrfs -q \(image) >/dev/null && mount -o loop \(image) \(path)")
    do { try Self.shell("btrfs subvolume create \(path)/\(subvolume)") } catch {
      unmount()
      throw error
    }
  }

  deinit { unmount() }

  private func unmount() { _ = try? Self.shell("umount \(path) || { sleep 1; umount \(path); } || umount -l \(path)") }

  /// Runs a line of shell that must succeed; gives its output.
  @discardableResult public static func shell(_ line: String) throws -> String {
    let result = try Tools.run(executable: "/bin/sh", ["-c", line])
    guard result.status == 0 else { throw Failure(description: "«\(line)» ended with \(result.status): \(result.messages)") }
    return result.text
  }
}

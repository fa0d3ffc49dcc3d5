import Foundation
import TestSupport
import Testing

@testable import Execution

/// What every driver must do, whatever it saves.
struct DriverSuite {
  let driver: any SnapshotDriver
  let volume: String
  /// Gives the volume another content.
  let write: (String) throws -> Void
  /// Its content.
  let read: () throws -> String

  func run() throws {
    let one = SnapshotName(volume: volume, tag: "abc-1"), two = SnapshotName(volume: volume, tag: "abc-2")
    try driver.check(volume)
    let space = try driver.estimate(volume)
    #expect(space.freeByteCount >= space.neededByteCount)
    #expect(try driver.list(volume).isEmpty)
    #expect(throws: DriverError.self) { try driver.verify(one) }
    #expect(throws: DriverError.self) { try driver.restore(one) }
    try driver.delete(one)

    try write("old")
    let old = try read()
    try driver.freeze(volume)
    try driver.create(one)
    try driver.thaw(volume)
    try driver.verify(one)
    #expect(throws: DriverError.self) { try driver.create(one) }
    try write("new")
    #expect(try read() != old)
    try driver.create(two)
    #expect(try driver.list(volume) == ["abc-1", "abc-2"])

    let kept = try driver.restore(one)
    #expect(try read() == old)
    try write("later")
    let later = try read()
    #expect(try driver.restore(one) == kept, "asked again, it does nothing more")
    #expect(try read() == later)
    try driver.verify(one)

    for snapshot in [one, two, one] { try driver.delete(snapshot) }
    #expect(try driver.list(volume).isEmpty)
    #expect(try read() == later)
  }
}

@Suite struct DriverTests {
  @Test func theRecordingDriverIsADriver() throws {
    let driver = RecordingDriver(name: "memory")
    try DriverSuite(driver: driver, volume: "/v", write: { _ in driver.write(to: "/v") }, read: { "\(driver.states["/v"] ?? 0)" }).run()
  }

  @Test(.enabled(if: LoopVolume.missing.isEmpty, "no btrfs on a loop file here: \(LoopVolume.missing)"))
  func btrfsIsADriver() throws {
    let loop = try LoopVolume()
    let file = URL(fileURLWithPath: loop.path + "/data/content")
    try DriverSuite(
      driver: BtrfsDriver(), volume: loop.path + "/data", write: { try Data($0.utf8).write(to: file) },
      read: { String(decoding: try Data(contentsOf: file), as: UTF8.self) }
    ).run()
    #expect(try String(contentsOfFile: loop.path + "/.holdfast-snapshots/failed-abc-1/content", encoding: .utf8) == "new")
  }

  @Test(.enabled(if: LoopVolume.missing.isEmpty, "no btrfs on a loop file here: \(LoopVolume.missing)"))
  func btrfsRefusesWhatItCouldNotPutBack() throws {
    let loop = try LoopVolume()
    let driver = BtrfsDriver()
    try FileManager.default.createDirectory(atPath: loop.path + "/folder", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: loop.path + "/link", withDestinationPath: "data")
    for path in [
      loop.path + "/folder", loop.path + "/link", loop.path + "/absent", loop.path, loop.path + "/data/../data", "data", "/", "/tmp",
    ] {
      #expect(throws: DriverError.self, "\(path)") { try driver.check(path) }
    }
    try driver.check(loop.path + "/data")
    try LoopVolume.shell("btrfs subvolume create \(loop.path)/data/nested")
    #expect(throws: DriverError.self) { try driver.check(loop.path + "/data") }
  }
}

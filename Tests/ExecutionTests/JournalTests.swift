import ContentDigests
import Foundation
import Interchange
import TestSupport
import Testing

@testable import Execution

@MainActor @Suite struct JournalTests {
  private let scratch: Scratch
  private let folder: FolderHandle
  private var path: String { scratch.path("journal.ndjson") }

  init() throws {
    scratch = try Scratch()
    folder = try FolderHandle.open(scratch.url.resolvingSymlinksInPath().path)
  }

  private func record(_ number: Int) -> JournalRecord {
    JournalRecord(
      .begin, "step/\(number)", time: Timestamp(nanoseconds: Int64(number)), detail: "«\"\n»", facts: [.init("n", .integer(number))])
  }

  private func write(_ count: Int) throws -> [UInt8] {
    let journal = try FileJournal(in: folder)
    for number in 0..<count { try journal.append(record(number)) }
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func recordsAreReadBackAndAddedTo() throws {
    _ = try write(3)
    let journal = try FileJournal(in: folder)
    #expect(journal.records == (0..<3).map(record))
    try journal.append(record(3))
    #expect(try FileJournal(in: folder).records == (0..<4).map(record))
  }

  @Test func aTornTailIsDroppedAtEveryLength() throws {
    let bytes = try write(3)
    let lastStart = try #require(bytes.dropLast().lastIndex(of: 0x0A)) + 1
    for end in lastStart..<bytes.count {
      try Data(bytes[..<end]).write(to: URL(fileURLWithPath: path))
      let journal = try FileJournal(in: folder)
      #expect(journal.records == (0..<2).map(record), "cut at \(end)")
      try journal.append(record(2))
      #expect(Array(try Data(contentsOf: URL(fileURLWithPath: path))) == bytes, "cut at \(end)")
    }
  }

  @Test func anyChangedByteBeforeTheLastLineIsRefused() throws {
    let bytes = try write(3)
    let lastStart = try #require(bytes.dropLast().lastIndex(of: 0x0A)) + 1
    for place in 0..<lastStart {
      var damaged = bytes
      damaged[place] ^= 0x01
      #expect(throws: DocumentError.self, "byte \(place)") { try FileJournal.read(damaged, name: "journal") }
    }
  }

  @Test func aLineThatIsMissingOrMovedIsRefused() throws {
    let lines = try write(3).split(separator: 0x0A).map { Array($0) + [0x0A] }
    #expect(throws: DocumentError.self) { try FileJournal.read(lines[0] + lines[2], name: "journal") }
    #expect(throws: DocumentError.self) { try FileJournal.read(lines[1] + lines[0] + lines[2], name: "journal") }
    #expect(throws: DocumentError.self) { try FileJournal.read(lines[1] + lines[2], name: "journal") }
  }

  @Test func theStateFolderMustBePrivate() throws {
    let state = folder.path + "/state"
    _ = try StateFolder(path: state)
    try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: state)
    #expect(throws: StateError.self) { try StateFolder(path: state) }
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: state)
    _ = try StateFolder(path: state)
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: state)
    #expect(throws: SystemFailure.self) { try StateFolder(path: folder.path + "/link") }
    #expect(throws: StateError.self) { try StateFolder(path: "relative") }
  }

  @Test func oneProcessAtATimeWorksOnAManifest() throws {
    let state = try StateFolder(path: folder.path + "/state")
    let manifest = SmallManifest.make()
    let held = try state.enter(manifest)
    #expect(throws: StateError.self) { try state.open(manifest.digits) }
    #expect(try held.manifest().bytes == manifest.bytes)
    #expect(try state.manifest(named: String(manifest.digits.prefix(6))) == manifest.digits)
    #expect(throws: StateError.self) { try state.manifest(named: "g") }
  }

  @Test func aManifestWaitsWhileAnotherOneOverItsVolumeIsWorkedOn() throws {
    let state = try StateFolder(path: folder.path + "/state")
    let other = SmallManifest.make(required: false)
    do {
      let held = try state.enter(SmallManifest.make())
      #expect(throws: StateError.self) { try state.enter(other) }
      _ = try state.enter(SmallManifest.make(driver: "zfs"))
      #expect(try state.manifests().count == 2, "what was refused left nothing")
      withExtendedLifetime(held) {}
    }
    do { _ = try state.enter(other) }
    let held = try state.open(SmallManifest.make().digits)
    #expect(throws: StateError.self) { try state.requireNewest(other) }
    withExtendedLifetime(held) {}
  }

  @Test func aKeptManifestThatWasChangedIsRefused() throws {
    let state = try StateFolder(path: folder.path + "/state")
    let manifest = SmallManifest.make()
    do { _ = try state.enter(manifest) }
    let copy = folder.path + "/state/\(manifest.digits)/manifest.json"
    var bytes = manifest.bytes
    let place = try #require(bytes.firstIndex(of: UInt8(ascii: "v")))
    bytes[place] = UInt8(ascii: "w")
    try Data(bytes).write(to: URL(fileURLWithPath: copy))
    #expect(throws: DocumentError.self) { try state.look(manifest.digits) }
    #expect(throws: DocumentError.self) { try state.open(manifest.digits).manifest() }
  }
}

import ByteStreams
import Foundation
import TestSupport
import Testing

@Suite struct FileSinkTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() }

  private func mode(_ path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber).intValue
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test(arguments: ["out", "out.gz", "out.zst"]) func nothingStandsAtTheDestinationBeforeTheEnd(name: String) throws {
    let path = scratch.path(name)
    let sink = try openSink(path: path)
    try sink.write([UInt8](repeating: 0x41, count: 1 << 20))
    #expect(!FileManager.default.fileExists(atPath: path))
    try sink.finish()
    #expect(try readAll(path) == [UInt8](repeating: 0x41, count: 1 << 20))
    #expect(try files() == [name])
  }

  @Test(arguments: ["out", "out.gz", "out.zst"]) func whatIsNeverFinishedIsRemoved(name: String) throws {
    _ = try scratch.write(name, Array("before".utf8))
    do {
      let sink = try openSink(path: scratch.path(name))
      try sink.write([UInt8](repeating: 0x41, count: 1 << 20))
    }
    #expect(try files() == [name])
    #expect(try text(scratch.path(name)) == "before")
  }

  @Test func anExistingFileIsReplacedAsAWhole() throws {
    let path = try scratch.write("out", Array("before".utf8))
    let reader = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    let sink = try openSink(path: path)
    try sink.write(Array("after".utf8))
    #expect(try text(path) == "before")
    try sink.finish()
    #expect(try text(path) == "after")
    // Who had opened the file before reads what he opened.
    #expect(try reader.readToEnd() == Data("before".utf8))
  }

  @Test(arguments: [0o600, 0o640, 0o666, 0o755]) func anExistingFilesModeIsKept(mode: Int) throws {
    let path = try scratch.write("out", [])
    try FileManager.default.setAttributes([.posixPermissions: NSNumber(value: mode)], ofItemAtPath: path)
    let sink = try openSink(path: path)
    try sink.write([0x41])
    try sink.finish()
    #expect(try self.mode(path) == mode)
  }

  @Test func aLinkIsWrittenThrough() throws {
    let target = try scratch.write("target", Array("before".utf8))
    try FileManager.default.createSymbolicLink(atPath: scratch.path("link"), withDestinationPath: "target")
    let sink = try openSink(path: scratch.path("link"))
    try sink.write(Array("after".utf8))
    try sink.finish()
    #expect(try text(target) == "after")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch.path("link")) == "target")
    #expect(try files() == ["link", "target"])
  }

  @Test func leftoversOfAnotherRunAreNoHindrance() throws {
    _ = try scratch.write("out.\(ProcessInfo.processInfo.processIdentifier).part", [])
    let sink = try openSink(path: scratch.path("out"))
    try sink.write([0x41])
    try sink.finish()
    #expect(try text(scratch.path("out")) == "A")
  }

  @Test func theNullDeviceIsWrittenAsItComes() throws {
    let sink = try openSink(path: "/dev/null")
    try sink.write([UInt8](repeating: 0, count: 100_000))
    try sink.finish()
    #expect(try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType == .typeCharacterSpecial)
  }

  @Test func aFifoIsWrittenAsItComes() throws {
    let path = scratch.path("fifo")
    try #require(unsafe mkfifo(path, 0o600) == 0)
    let reader = Process()
    reader.executableURL = URL(fileURLWithPath: "/bin/cat")
    reader.arguments = [path]
    let pipe = Pipe()
    reader.standardOutput = pipe
    try reader.run()
    let sink = try openSink(path: path)
    try sink.write(Array("first".utf8))
    // It arrives before the sink is finished.
    #expect(try pipe.fileHandleForReading.read(upToCount: 5) == Data("first".utf8))
    try sink.write(Array("second".utf8))
    try sink.finish()
    #expect(try pipe.fileHandleForReading.readToEnd() == Data("second".utf8))
    reader.waitUntilExit()
    #expect(try files() == ["fifo"])
  }

  @Test func whatCannotBeWrittenSaysWhy() throws {
    let missing = try #require(throws: StreamError.self) { try openSink(path: scratch.path("none/out")) }
    #expect(missing.kind == .system(ENOENT))
    let folder = try #require(throws: StreamError.self) { try openSink(path: scratch.url.path) }
    #expect(folder.kind == .system(EISDIR))
    let full = try openSink(path: "/dev/full")
    let error = try #require(throws: StreamError.self) { try full.write([0x41]) }
    #expect(error.kind == .system(ENOSPC))
  }
}

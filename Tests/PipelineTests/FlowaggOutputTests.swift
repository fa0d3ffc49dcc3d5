import ByteStreams
import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct FlowaggOutputTests {
  private let scratch: Scratch
  private let capture: String

  init() throws {
    scratch = try Scratch()
    capture = try scratch.write("capture", pcap(FlowaggCaptures.small))
  }

  private func content(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

  @Test func aFileHoldsWhatStandardOutputWouldAndNothingIsLeftBeside() throws {
    let plain = try Tools.run("flowagg", [capture])
    let out = scratch.path("out")
    let finished = try Tools.run("flowagg", [capture, "-o", out])
    #expect(finished.status == 0 && finished.output.isEmpty && finished.messages.isEmpty)
    #expect(try content(out) == plain.output)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() == ["capture", "out"])
  }

  @Test func aCompressedFileHoldsTheSameStream() throws {
    let plain = try #require(try EdgeStreams.read(Tools.run("flowagg", [capture]).output))
    for suffix in ["zst", "gz"] {
      let out = scratch.path("out." + suffix)
      #expect(try Tools.run("flowagg", [capture, "-o", out]).status == 0)
      #expect(try content(out)[0] != 0x7B)
      #expect(try EdgeStreams.read(content(out))?.edges == plain.edges)
    }
  }

  @Test func aRunThatFailsLeavesNoFileAndTheOldOneAsItWas() throws {
    let out = try scratch.write("out", Array("as it was".utf8))
    #expect(try Tools.run("flowagg", [scratch.path("missing"), "-o", out]).status == 66)
    #expect(try Tools.run("flowagg", [scratch.path("missing"), "-o", scratch.path("new")]).status == 66)
    #expect(try content(out) == Array("as it was".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() == ["capture", "out"])
  }

  @Test func anOutputThatCannotBeWrittenIs73() throws {
    for out in ["/dev/full", scratch.path("no/such/folder/out"), scratch.url.path] {
      let finished = try Tools.run("flowagg", [capture, "-o", out])
      #expect(finished.status == 73, "\(out): \(finished.messages)")
      #expect(!finished.messages.isEmpty)
    }
    #expect(try Tools.shell("flowagg \(capture) > /dev/full").status == 73)
  }

  @Test func aClosedPipeIsNoError() throws {
    let finished = try Tools.shell("flowagg --window 1s \(capture) | head -n 1")
    #expect(finished.status == 0 && finished.messages.isEmpty)
    #expect(finished.text.split(separator: "\n").count == 1)
  }
}

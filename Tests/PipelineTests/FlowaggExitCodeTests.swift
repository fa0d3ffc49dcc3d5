import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct FlowaggExitCodeTests {
  private let scratch: Scratch
  private let good: String
  private let rubbish: String

  init() throws {
    scratch = try Scratch()
    good = try scratch.write("good", pcap(FlowaggCaptures.small))
    rubbish = try scratch.write("rubbish", Array("no capture at all".utf8))
  }

  @Test func aGoodCaptureIs0AndSaysNothing() throws {
    let finished = try Tools.run("flowagg", [good])
    #expect(finished.status == 0 && finished.messages.isEmpty)
  }

  @Test func oneDamagedAmongGoodIs3AndNamesThePlace() throws {
    let cut = try scratch.write("cut", Array(pcap(FlowaggCaptures.small).dropLast(3)))
    for (damaged, count) in [(rubbish, 0), (cut, FlowaggCaptures.small.count - 1)] {
      let finished = try Tools.run("flowagg", [good, damaged])
      #expect(finished.status == 3)
      #expect(finished.messages.contains(damaged) && finished.messages.contains("byte "), "\(finished.messages)")
      let stream = try #require(try EdgeStreams.read(finished.output))
      let packets = Dictionary(uniqueKeysWithValues: stream.sources.map { ($0.name, $0.packets) })
      #expect(packets == [good: UInt64(FlowaggCaptures.small.count), damaged: UInt64(count)])
      #expect(stream.sources.filter(\.complete).map(\.name) == [good])
    }
    #expect(try Tools.run("flowagg", [cut]).status == 3)
    #expect(try Tools.run("flowagg", ["--quiet", cut]).messages.isEmpty)
  }

  @Test func nothingButRubbishIs65() throws {
    for inputs in [[rubbish], [rubbish, rubbish], ["-"]] {
      let finished = try Tools.run("flowagg", inputs)
      #expect(finished.status == 65)
      #expect(finished.output.isEmpty, "a stream that a reader could take for an empty network")
    }
  }

  @Test func nothingButRubbishLeavesTheOutputAsItWas() throws {
    let output = try scratch.write("kept", Array("as it was".utf8))
    #expect(try Tools.run("flowagg", [rubbish, "-o", output]).status == 65)
    #expect(try String(contentsOfFile: output, encoding: .utf8) == "as it was")
    let piped = try Tools.shell("flowagg \(rubbish) | depgraph")
    #expect(piped.status == 65 && piped.output.isEmpty)
  }

  @Test func anInputIsNeverTheOutput() throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: good))
    #expect(try Tools.run("flowagg", [good, "-o", good]).status == 64)
    #expect(try Data(contentsOf: URL(fileURLWithPath: good)) == before)
  }

  @Test func aMissingInputIs66() throws {
    #expect(try Tools.run("flowagg", [good, scratch.path("missing")]).status == 66)
    #expect(try Tools.run("flowagg", ["/dev/null/capture"]).status != 0)
  }

  @Test func aFolderWithoutFilesIs66AndAmongOthersAWarning() throws {
    let folder = scratch.path("empty")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let alone = try Tools.run("flowagg", [folder])
    #expect(alone.status == 66 && alone.output.isEmpty && alone.messages.contains(folder))
    let among = try Tools.run("flowagg", [folder, good])
    #expect(among.status == 0 && among.messages.contains("no files"))
  }

  @Test func aFolderOfOtherThingsIs65() throws {
    let folder = scratch.path("other")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    _ = try scratch.write("other/notes.txt", Array("notes\n".utf8))
    #expect(try Tools.run("flowagg", [folder]).status == 65)
  }

  @Test func whatTheSystemCannotReadIs74() throws {
    // Reading this file fails for everybody, root as well.
    let finished = try Tools.run("flowagg", ["/proc/self/mem"])
    #expect(finished.status == 74 && finished.messages.contains("/proc/self/mem"), "\(finished.messages)")
  }

  @Test(arguments: [
    ["--window", "0"], ["--window", "0s"], ["--window", "1.5s"], ["--window", "367d"], ["--window", "5"], ["--window", "-1s"],
    ["--window", "x"],
    ["--window", "18446744073.9s"], ["--lateness", "99999999999999999999s"], ["-", "-"], ["--no-such-option"], ["--progress", "sometimes"],
  ]) func optionsThatMakeNoSenseAre64(_ arguments: [String]) throws {
    let finished = try Tools.run("flowagg", arguments)
    #expect(finished.status == 64, "\(arguments): \(finished.status)")
    #expect(finished.output.isEmpty && !finished.messages.isEmpty)
  }

  @Test func optionsAtTheirLimitsAreTaken() throws {
    for arguments in [
      ["--window", "366d"], ["--window", "1s"], ["--lateness", "0s"], ["--lateness", "100000d"],
      ["--idle-tcp", "106751d", "--idle-other", "0s"],
    ] {
      let finished = try Tools.run("flowagg", arguments + [good])
      #expect(finished.status == 0, "\(arguments): \(finished.messages)")
      #expect(try EdgeStreams.read(finished.output) != nil)
    }
  }
}

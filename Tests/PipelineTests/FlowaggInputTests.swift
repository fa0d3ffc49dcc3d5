import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct FlowaggInputTests {
  private let scratch: Scratch
  private let bytes = pcap(FlowaggCaptures.small)

  init() throws { scratch = try Scratch() }

  @Test func standardInputIsReadAsAFileIs() throws {
    let file = try Tools.run("flowagg", [try scratch.write("capture", bytes)])
    #expect(file.status == 0 && file.edgeLines.count > 50)
    for arguments in [["-"], []] as [[String]] {
      let piped = try Tools.run("flowagg", arguments, input: bytes)
      #expect(piped.status == 0)
      #expect(piped.edgeLines == file.edgeLines)
      let renamed = piped.sourceLines.map { $0.replacing("\"name\":\"-\"", with: "\"name\":\"\(scratch.path("capture"))\"") }
      #expect(renamed == file.sourceLines)
    }
  }

  @Test func compressionIsToldFromTheContentWhereverItComesFrom() throws {
    let plain = try Tools.run("flowagg", ["-"], input: bytes)
    for wrapped in Wrapped.available {
      let compressed = try wrapped.wrap(bytes)
      #expect(try Tools.run("flowagg", ["-"], input: compressed).output == plain.output)
      // Under a name that says otherwise, and in a folder.
      let path = try scratch.write("\(wrapped).pcap", compressed)
      #expect(try Tools.run("flowagg", [path]).edgeLines == plain.edgeLines)
    }
    let folder = try Tools.run("flowagg", [scratch.url.path])
    #expect(folder.status == 0 && folder.sourceLines.count == Wrapped.available.count)
  }

  @Test func aSlowPipeGivesTheSameBytes() throws {
    let path = try scratch.write("capture", bytes)
    let whole = try Tools.shell("flowagg - < \(path)")
    // 37 bytes at a time: no record comes whole.
    let dribbled = try Tools.shell("head -c 60000 \(path) > \(path).head; dd if=\(path).head bs=37 status=none | flowagg -; true")
    let cut = try Tools.shell("flowagg - < \(path).head; true")
    #expect(dribbled.output == cut.output && !cut.output.isEmpty)
    #expect(try Tools.shell("(head -c 1000 \(path); sleep 0.3; tail -c +1001 \(path)) | flowagg -").output == whole.output)
  }

  @Test func tenRunsGiveTheSameBytes() throws {
    let path = try scratch.write("capture", bytes)
    let first = try Tools.run("flowagg", [path])
    for _ in 0..<9 { #expect(try Tools.run("flowagg", [path]).output == first.output) }
  }

  @Test func severalFilesAreOneMergedFile() throws {
    // Cut in pieces that overlap in time: two taps, and a rotation.
    let all = FlowaggCaptures.small
    let whole = try Tools.run("flowagg", ["-"], input: bytes)
    let rotated = stride(from: 0, to: all.count, by: 300).map { Array(all[$0..<min($0 + 300, all.count)]) }
    let taps = (0..<3).map { tap in all.enumerated().filter { $0.offset % 7 % 3 == tap }.map(\.element) }
    for (name, pieces) in [("rotated", rotated), ("taps", taps)] {
      let paths = try pieces.enumerated().map {
        try scratch.write("\(name)\($0.offset)", pcap($0.element, variant: $0.offset % 2 == 0 ? .nanoseconds : .nanosecondsSwapped))
      }
      let forwards = try Tools.run("flowagg", paths), backwards = try Tools.run("flowagg", paths.reversed())
      #expect(forwards.edgeLines == whole.edgeLines, "\(name)")
      #expect(backwards.edgeLines == whole.edgeLines, "\(name) in another order")
      #expect(forwards.sourceLines == backwards.sourceLines)
      #expect(forwards.sourceLines.count == pieces.count)
    }
  }

  @Test func flowsGoOnAcrossFiles() throws {
    let syn = Frames.ethernet(Frames.ipv4("10.0.0.1", "10.0.0.2", 6, Frames.tcp(50_000, 61_000, flags: 2)))
    let data = Frames.ethernet(Frames.ipv4("10.0.0.2", "10.0.0.1", 6, Frames.tcp(61_000, 50_000, flags: 0x10)))
    let first = try scratch.write("first", pcap([CapturedPacket(at: FlowaggCaptures.start, syn)]))
    let second = try scratch.write("second", pcap([CapturedPacket(at: FlowaggCaptures.start + 1, data)]))
    let stream = try #require(try EdgeStreams.read(Tools.run("flowagg", [second, first]).output))
    #expect(stream.edges.count == 1)
    #expect(stream.edges.first?.flows == 1 && stream.edges.first?.direction == .handshake && stream.edges.first?.outcome.answered == 1)
  }

  @Test func aFifoThatClosesEndsTheRun() throws {
    let path = try scratch.write("capture", bytes)
    let finished = try Tools.shell(
      "mkfifo \(scratch.path("fifo")); cat \(path) > \(scratch.path("fifo")) & flowagg \(scratch.path("fifo"))", timeoutSeconds: 20)
    #expect(finished.status == 0)
    #expect(try Tools.run("flowagg", [path]).edgeLines == finished.edgeLines)
    let empty = try Tools.shell(
      "mkfifo \(scratch.path("empty")); : > \(scratch.path("empty")) & flowagg \(scratch.path("empty"))", timeoutSeconds: 20)
    #expect(empty.status == 65)
  }

  @Test func filesOfAFewBytesAreRubbishAndNoMore() throws {
    for length in 0..<24 {
      let finished = try Tools.run("flowagg", ["-"], input: Array(bytes[..<length]), timeoutSeconds: 20)
      #expect(finished.status == 65, "\(length) bytes")
      #expect(finished.messages.contains("nothing of it was used"), "\(finished.messages)")
    }
    #expect(try Tools.run("flowagg", ["-"], input: Array(bytes[..<24])).status == 0)
  }

  @Test func foldersThatLeadInCirclesAreReadOnce() throws {
    let folder = scratch.path("circle")
    try FileManager.default.createDirectory(atPath: folder + "/deep", withIntermediateDirectories: true)
    _ = try scratch.write("circle/deep/capture", bytes)
    for name in ["a", "b", "deep/c", "deep/d"] {
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: folder)
    }
    let finished = try Tools.run("flowagg", [folder], timeoutSeconds: 20)
    #expect(finished.status == 0)
    #expect(finished.sourceLines.count == 1)
  }

  @Test func aNameThatIsNotUTF8IsSaidAndNotPassedOver() throws {
    let folder = scratch.path("names")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let finished = try Tools.shell("cp /dev/null \(folder)/$'\\xff.pcap' && flowagg \(folder)")
    #expect(finished.status == 74 && finished.messages.contains(folder), "\(finished.messages)")
  }

  @Test func whatAPcapngSaysOfNamesAndLossesReachesTheGraph() throws {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface(resolution: 9)
    for packet in FlowaggCaptures.small { builder.packet(units: UInt64(packet.timeNanoseconds), packet.frame) }
    builder.block(4) { body in
      for (address, name) in [([10, 0, 1, 1], "db<1>"), ([10, 0, 1, 2], "files")] as [([UInt8], String)] {
        let value = address + Array(name.utf8) + [0]
        body.number(UInt16(1))
        body.number(UInt16(value.count))
        body.raw(value)
        body.pad()
      }
      body.number(UInt32(0))
    }
    // A packet of an interface that was never described.
    builder.packet(units: 0, [0], interface: 7)
    builder.block(5) { body in
      for _ in 0..<3 { body.number(UInt32(0)) }
      for (code, value) in [(4, 2500), (5, 500)] as [(UInt16, UInt64)] {
        body.number(code)
        body.number(UInt16(8))
        body.number(value)
      }
      body.number(UInt32(0))
    }
    let path = try scratch.write("capture.pcapng", builder.bytes)
    let finished = try Tools.run("flowagg", [path])
    #expect(finished.status == 3)
    #expect(
      finished.messages.contains("interface 7") && finished.messages.contains("\(FlowaggCaptures.small.count) packets that are whole"),
      "\(finished.messages)")
    #expect(try Schemas.problems(finished.output, kind: "edges") == "")
    let stream = try #require(try EdgeStreams.read(finished.output))
    #expect(stream.names.map(\.names) == [["db<1>"], ["files"]])
    let source = try #require(stream.sources.first)
    #expect(source.packets == UInt64(FlowaggCaptures.small.count) && !source.complete)
    #expect((source.received, source.dropped, source.skippedBlocks) == (2500, 500, 1))
    let plain = try Tools.run("flowagg", ["-"], input: bytes)
    #expect(finished.edgeLines == plain.edgeLines)
    let graph = try Tools.shell("flowagg \(path) -o \(path).edges; depgraph \(path).edges")
    #expect(graph.text.contains("\"label\": \"db<1>\"") && graph.text.contains("\"names_from\": \"capture\""), "\(graph.text.prefix(2000))")
    #expect(graph.text.contains("The capture lost 500 of 2500 packets"))
    #expect(try Schemas.problems(graph.output, kind: "topology") == "")
    let drawn = try Tools.shell("depgraph --threshold 0 --format dot \(path).edges")
    #expect(drawn.text.contains(#"db&lt;1&gt;\n10.0.1.1"#), "\(drawn.text.prefix(1000))")
  }

  @Test func theOrderOfInputsDoesNotMatterAndOneThatFailsLosesNoOther() throws {
    let halves = (0..<2).map { half in FlowaggCaptures.small.enumerated().filter { $0.offset % 2 == half }.map(\.element) }
    let paths = try halves.enumerated().map { try scratch.write("half\($0.offset).pcap", pcap($0.element)) }
    let one = try Tools.run("flowagg", paths), other = try Tools.run("flowagg", paths.reversed())
    #expect(one.output == other.output)
    #expect(one.edgeLines == (try Tools.run("flowagg", ["-"], input: bytes)).edgeLines)
    // The memory of a process is a regular file that cannot be read at 0.
    let failing = try Tools.run("flowagg", ["/proc/self/mem"] + paths)
    #expect(failing.status == 3)
    #expect(failing.edgeLines == one.edgeLines)
    #expect(failing.messages.contains("Input/output error"))
    #expect(failing.sourceLines.count == 3)
    #expect(try Tools.run("flowagg", [scratch.path("none")] + paths).status == 66)
    // In a folder too: what cannot be read is not passed over as no capture.
    let folder = try Scratch()
    _ = try folder.write("good", bytes)
    _ = try folder.write("notes.txt", Array("no capture".utf8))
    try FileManager.default.createSymbolicLink(atPath: folder.path("bad"), withDestinationPath: "/proc/self/mem")
    let found = try Tools.run("flowagg", [folder.url.path])
    #expect(found.status == 3 && found.sourceLines.count == 2)
    #expect(found.sourceLines.contains { $0.contains("/bad") && $0.contains("Input/output error") })
  }
}

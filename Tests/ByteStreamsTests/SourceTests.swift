import Foundation
import TestSupport
import Testing

@testable import ByteStreams

@Suite struct SourceTests {
  @Test func wrappingIsToldByContentNotByName() throws {
    let content = content(10_000, seed: 1)
    let scratch = try Scratch()
    for suffix in [".gz", ".zst"] {
      let wrapped = try written(content, suffix: suffix)
      for name in ["file", "file.gz", "file.zst", "file.pcap"] {
        #expect(try readAll(try scratch.write(name, wrapped)) == content, "\(suffix) as \(name)")
      }
      #expect(try readAll(try scratch.write("plain" + suffix, content)) == content)
    }
  }

  @Test(
    arguments: [
      [], [0x1F], [0x1F, 0x8B], [0x28], [0x28, 0xB5, 0x2F], [0x41, 0x42, 0x43], [0x1F, 0x8B, 0x07, 0], [0x28, 0xB5, 0x2F, 0xFE],
      [0x60, 0x2A, 0x4D, 0x18],
      [0x50, 0x2A, 0x4D, 0x19],
    ] as [[UInt8]])
  func whatIsNotWrappedIsReadAsItIs(bytes: [UInt8]) throws {
    #expect(try readAll(bytes) == bytes)
    if !bytes.isEmpty { #expect(try readAll(bytes, bufferByteCount: 1) == bytes) }
  }

  @Test func aFileOfThreeBytesThatBeginsLikeGzipIsCutShort() throws {
    let error = try #require(throws: StreamError.self) { try readAll([0x1F, 0x8B, 0x08]) }
    #expect(error.kind == .cutShort)
  }

  @Test func aPrefixIsGivenBackBeforeTheRest() throws {
    let content = content(1000, seed: 2)
    let scratch = try Scratch()
    let path = try scratch.write("file", content)
    for bufferByteCount in [1, 3, 4, 5, 999, 2000] {
      let source = PrefixedSource(try DescriptorSource(path: path), isFile: true)
      #expect(source.fileOffset == 0)
      #expect(source.fileSize == 1000)
      #expect(source.name == path)
      var buffer = [UInt8](repeating: 0, count: bufferByteCount)
      var got: [UInt8] = []
      while true {
        let count = try source.read(into: &buffer, from: 0)
        if count == 0 { break }
        got += buffer[..<count]
        #expect(source.fileOffset == Int64(got.count))
      }
      #expect(got == content)
    }
  }

  @Test(arguments: ["", ".gz", ".zst"]) func readingBeginsWhereAsked(suffix: String) throws {
    let content = content(5000, seed: 3)
    let scratch = try Scratch()
    let source = try openSource(path: try scratch.write("file", try written(content, suffix: suffix)))
    var buffer = [UInt8](repeating: 0xEE, count: 6000)
    var end = 500
    while true {
      let got = try source.read(into: &buffer, from: end)
      if got == 0 { break }
      end += got
    }
    #expect(end == 5500)
    #expect(Array(buffer[500..<5500]) == content)
    #expect(buffer[..<500].allSatisfy { $0 == 0xEE })
    #expect(buffer[5500...].allSatisfy { $0 == 0xEE })
    #expect(try source.read(into: &buffer, from: 6000) == 0)
  }

  @Test func offsetsCountBytesOfTheFileItself() throws {
    let scratch = try Scratch()
    for suffix in ["", ".gz", ".zst"] {
      let file = try written(content(300_000, seed: 4), suffix: suffix)
      let source = try openSource(path: try scratch.write("file", file))
      #expect(source.fileSize == Int64(file.count))
      var buffer = [UInt8](repeating: 0, count: 4096)
      var last: Int64 = 0
      while try source.read(into: &buffer, from: 0) > 0 {
        #expect(source.fileOffset >= last)
        last = source.fileOffset
      }
      #expect(source.fileOffset == Int64(file.count))
    }
  }

  @Test func whatCannotBeOpenedSaysWhy() throws {
    let scratch = try Scratch()
    let missing = try #require(throws: StreamError.self) { try openSource(path: scratch.path("none")) }
    #expect(missing.kind == .missing)
    #expect(missing.description.contains(scratch.path("none")))
    let folder = try #require(throws: StreamError.self) { try openSource(path: scratch.url.path) }
    #expect(folder.kind == .system(EISDIR))
  }
}
